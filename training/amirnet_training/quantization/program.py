"""The phone restorer as a program of named steps: the one description that every precision and format runs.

Float, fake-quantised and exported graphs differ in *how* a step is computed, never in which steps there are: each
hands `restore` its own `Steps`. A step's name is also the name of its result's place on the int8 grid, in the manifest
and in parity reports. Only operations that every phone delegate takes: convolution, ReLU, add, multiply by a constant
per channel, nearest-neighbour upsampling (DESIGN section 3.5).

The photo is as bright as it should be: light is a step before the program. With a code the program is steered by it;
without one (`code` is None) the layers were folded for one node, and the steps that apply the code are gone
(`layers.fold`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Generic, Protocol, TypeVar

from ..network.phone import Blocks

Value = TypeVar("Value")


class Steps(Protocol, Generic[Value]):
    """How a program's steps are computed. Values are NCHW tensors of whatever kind the implementation works on."""

    blocks: Blocks
    """How many blocks there are at each scale."""

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
        """Product with a ``factor`` of (1, C, 1, 1), then the grid."""
        ...

    def upsample(self, value: Value) -> Value:
        """Twice the size, nearest neighbour. Stays on the grid that it is on."""
        ...


def restore(steps: Steps[Value], tile: Value, code: Value | None) -> Value:
    """Runs the restorer: ``tile`` (1, 3, H, W), ``code`` (1, K, 1, 1) or None -> restored (1, 3, H, W), not clipped."""
    tile = steps.input("tile", tile)
    if code is not None:
        code = steps.input("code", code)
    half = _stage(steps, "encode", steps.blocks.half, steps.conv("stem", tile, relu=True), code)
    quarter = steps.conv("down", half)
    if steps.blocks.quarter:
        quarter = _stage(steps, "reduce", steps.blocks.quarter, quarter, code)
        eighth = _middle(steps, steps.conv("descend", quarter), code)
        quarter = steps.add("rejoin", quarter, steps.upsample(steps.conv("ascend", eighth)))
        quarter = _stage(steps, "rebuild", steps.blocks.quarter, quarter, None)
    else:
        quarter = _middle(steps, quarter, code)
    half = steps.add("merge", half, steps.upsample(steps.conv("up", quarter)))
    half = _stage(steps, "decode", steps.blocks.half, half, None)
    wide = steps.upsample(steps.conv("expand", half))
    full = steps.conv("refine", steps.add("full", steps.conv("detail", tile), wide, relu=True), relu=True)
    if code is None:
        residual = steps.conv("residual", full)
    else:
        residual = steps.multiply("residual", steps.conv("head", full), steps.conv("scale", code))
    return steps.add("restored", tile, residual)


def step_names(blocks: Blocks, *, steered: bool) -> tuple[str, ...]:
    """All steps in the order in which they are computed."""
    names = _Names(blocks)
    restore(names, "", "" if steered else None)
    return tuple(names.seen)


def blocks_of(steps: Collection[str]) -> Blocks:
    """How many blocks the program has that has these steps."""
    counted = (sum(f"{stage}{number}/sum" in steps for number in range(99)) for stage in ("encode", "reduce", "middle"))
    return Blocks(*counted)


class _Names:
    """Computes nothing, and writes down which steps there are. A value is an empty text."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
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


def _middle(steps: Steps[Value], value: Value, code: Value | None) -> Value:
    for index in range(steps.blocks.middle):
        value = _block(steps, f"middle{index}", value, code if index < steps.blocks.steered_middle else None)
    return value


def _stage(steps: Steps[Value], name: str, blocks: int, value: Value, code: Value | None) -> Value:
    for index in range(blocks):
        value = _block(steps, f"{name}{index}", value, code)
    return value


def _block(steps: Steps[Value], name: str, value: Value, code: Value | None) -> Value:
    """A block that the code steers, or a plain one without a code."""
    if code is None:
        hidden = steps.conv(f"{name}/hidden", value, relu=True)
        return steps.add(f"{name}/sum", value, steps.conv(f"{name}/change", hidden))
    spatial = steps.multiply(f"{name}/gained", steps.conv(f"{name}/spatial", value), steps.conv(f"{name}/gain", code))
    hidden = steps.add(f"{name}/hidden", spatial, steps.conv(f"{name}/shift", code), relu=True)
    mixed = steps.conv(f"{name}/mix", hidden)
    change = steps.multiply(f"{name}/change", mixed, steps.conv(f"{name}/scale", code))
    return steps.add(f"{name}/sum", value, change)
