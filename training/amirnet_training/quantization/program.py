"""The phone restorer as a program of named steps: the one description that every precision and format runs.

Float, fake-quantised and exported graphs differ in *how* a step is computed, never in which steps there are: each
hands `restore` its own `Steps`. A step's name is also the name of its result's place on the int8 grid, in the manifest
and in parity reports. Only operations that every phone delegate takes: convolution, ReLU, add, multiply by a constant
per channel, nearest-neighbour upsampling (DESIGN section 3.5).

With a code the program is steered by it; without one (`code` is None) the layers were folded for one node, and the
steps that apply the code are gone (`layers.fold`).
"""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

Value = TypeVar("Value")


class Steps(Protocol, Generic[Value]):
    """How a program's steps are computed. Values are NCHW tensors of whatever kind the implementation works on."""

    half_blocks: int
    """Blocks at half resolution, in the encoder half and again in the decoder half."""
    quarter_blocks: int
    """Blocks at quarter resolution."""

    def input(self, name: str, value: Value) -> Value:
        """Takes an input on to the grid: ``tile`` (1, 3, H, W) in [0, 1] or ``code`` (1, K, 1, 1)."""
        ...

    def conv(self, name: str, value: Value, *, relu: bool = False) -> Value:
        """Convolution with layer ``name`` and its bias, then ReLU if asked, then the grid."""
        ...

    def add(self, name: str, left: Value, right: Value, *, relu: bool = False) -> Value:
        """Sum, (1, C, 1, 1) broadcast, then ReLU if asked, then the grid."""
        ...

    def multiply(self, name: str, value: Value, factor: Value) -> Value:
        """Product with a ``factor`` of (1, C, 1, 1) or (1, 1, 1, 1), then the grid."""
        ...

    def upsample(self, value: Value) -> Value:
        """Twice the size, nearest neighbour. Stays on the grid that it is on."""
        ...


def conditioned_blocks(quarter_blocks: int) -> int:
    """How many of the quarter-resolution blocks the code steers: the others are plain, as the decoder is."""
    return quarter_blocks - quarter_blocks // 3


def restore(steps: Steps[Value], tile: Value, code: Value | None) -> Value:
    """Runs the restorer: ``tile`` (1, 3, H, W), ``code`` (1, K, 1, 1) or None -> restored (1, 3, H, W), not clipped."""
    tile = steps.input("tile", tile)
    if code is None:
        # Folded: one number for the whole photo, kept as a convolution so that it needs no operation of its own.
        bright = steps.add("bright", tile, steps.conv("lift", tile))
    else:
        code = steps.input("code", code)
        bright = steps.add("bright", tile, steps.multiply("lift", tile, steps.conv("brighten", code, relu=True)))
    half = steps.conv("stem", bright, relu=True)
    for index in range(steps.half_blocks):
        half = _steered(steps, f"encode{index}", half, code)
    quarter = steps.conv("down", half)
    for index in range(steps.quarter_blocks):
        block = _steered if index < conditioned_blocks(steps.quarter_blocks) else _plain
        quarter = block(steps, f"middle{index}", quarter, code)
    half = steps.add("merge", half, steps.upsample(steps.conv("up", quarter)))
    for index in range(steps.half_blocks):
        half = _plain(steps, f"decode{index}", half, code)
    wide = steps.upsample(steps.conv("expand", half))
    full = steps.conv("refine", steps.add("full", steps.conv("detail", bright), wide, relu=True), relu=True)
    if code is None:
        residual = steps.conv("residual", full)
    else:
        residual = steps.multiply("residual", steps.conv("head", full), steps.conv("scale", code))
    return steps.add("restored", bright, residual)


def step_names(half_blocks: int, quarter_blocks: int, *, steered: bool) -> tuple[str, ...]:
    """All steps in the order in which they are computed."""
    names = _Names(half_blocks, quarter_blocks)
    restore(names, "", "" if steered else None)
    return tuple(names.seen)


class _Names:
    """Computes nothing, and writes down which steps there are. A value is an empty text."""

    def __init__(self, half_blocks: int, quarter_blocks: int) -> None:
        self.half_blocks, self.quarter_blocks = half_blocks, quarter_blocks
        self.seen: list[str] = []

    def input(self, name: str, value: str) -> str:
        return self._done(name)

    def conv(self, name: str, value: str, *, relu: bool = False) -> str:
        return self._done(name)

    def add(self, name: str, left: str, right: str, *, relu: bool = False) -> str:
        return self._done(name)

    def multiply(self, name: str, value: str, factor: str) -> str:
        return self._done(name)

    def upsample(self, value: str) -> str:
        return value

    def _done(self, name: str) -> str:
        self.seen.append(name)
        return ""


def _plain(steps: Steps[Value], name: str, value: Value, code: Value | None) -> Value:
    hidden = steps.conv(f"{name}/hidden", value, relu=True)
    return steps.add(f"{name}/sum", value, steps.conv(f"{name}/change", hidden))


def _steered(steps: Steps[Value], name: str, value: Value, code: Value | None) -> Value:
    if code is None:
        return _plain(steps, name, value, None)
    spatial = steps.multiply(f"{name}/gained", steps.conv(f"{name}/spatial", value), steps.conv(f"{name}/gain", code))
    hidden = steps.add(f"{name}/hidden", spatial, steps.conv(f"{name}/shift", code), relu=True)
    mixed = steps.conv(f"{name}/mix", hidden)
    change = steps.multiply(f"{name}/change", mixed, steps.conv(f"{name}/scale", code))
    return steps.add(f"{name}/sum", value, change)
