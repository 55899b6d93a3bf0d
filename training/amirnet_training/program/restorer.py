"""The phone restorer's program: the one description of its steps, which every precision and format runs.

Float, fake-quantized and exported graphs differ in *how* a step is computed, never in which steps there are: each
hands `restore` its own `Steps`. The photo is as bright as it should be: light is a step before the program.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import product
from typing import NamedTuple

from .block import Block
from .blocks import FeatureTransformBlock, PlainBlock
from .folded_steps import FoldedSteps, Term
from .steps import StepNames, Steps, Value

STAGES = ("encode", "reduce", "middle", "rebuild", "decode")
"""Where a restorer has blocks, in the order of the program: at 1/2, 1/4, the deepest, 1/4 and 1/2 resolution."""


class Blocks(NamedTuple):
    """Which residual blocks a phone restorer has, and how many at each scale."""

    half: int
    """At 1/2 resolution, in the encoder half and again in the decoder half."""
    quarter: int
    """At 1/4 resolution, likewise; 0 where the middle lies at 1/4 itself."""
    middle: int
    """In the middle: at 1/8 resolution, or at 1/4 where `quarter` is 0."""
    steered: type[Block] = FeatureTransformBlock
    """The kind in the encoder half and in the middle's first part."""
    plain: type[Block] = PlainBlock
    """The kind in the rest: the paper conditions the encoder half only."""

    @property
    def steered_middle(self) -> int:
        """How many of the middle's blocks are steered; the last third is plain, as the decoder is."""
        return self.middle - self.middle // 3

    @property
    def alignment(self) -> int:
        """What a tile's sides are multiples of, in pixels."""
        return 8 if self.quarter else 4

    def stage(self, name: str) -> list[type[Block]]:
        """The kinds of the blocks of one of the `STAGES`, in order; none where the restorer lacks that stage."""
        match name:
            case "encode" | "reduce":
                return [self.steered] * (self.half if name == "encode" else self.quarter)
            case "decode" | "rebuild":
                return [self.plain] * (self.half if name == "decode" else self.quarter)
        return [self.steered] * self.steered_middle + [self.plain] * (self.middle - self.steered_middle)


def restore(steps: Steps[Value], tile: Value, code: Value | None) -> Value:
    """Runs the restorer: ``tile`` (N, 3, H, W), ``code`` (N, K, 1, 1) or None -> restored (N, 3, H, W), not clipped.

    With a code the program is steered by it; without one the layers were folded for one node (`folding.fold`), and the
    steps that apply the code are gone.
    """
    if code is None:
        return run_folded(FoldedSteps(steps), tile)
    tile, code = steps.input("tile", tile), steps.input("code", code)
    half = _stage(steps, "encode", steps.conv("stem", tile, relu=True), code)
    quarter = steps.conv("down", half)
    if steps.blocks.quarter:
        quarter = _stage(steps, "reduce", quarter, code)
        eighth = _stage(steps, "middle", steps.conv("descend", quarter), code)
        quarter = steps.add("rejoin", quarter, steps.upsample(steps.conv("ascend", eighth)))
        quarter = _stage(steps, "rebuild", quarter, code)
    else:
        quarter = _stage(steps, "middle", quarter, code)
    half = steps.add("merge", half, steps.upsample(steps.conv("up", quarter)))
    half = _stage(steps, "decode", half, code)
    wide = steps.upsample(steps.conv("expand", half))
    full = steps.conv("refine", steps.add("full", steps.conv("detail", tile), wide, relu=True), relu=True)
    return steps.add("restored", tile, steps.multiply("residual", steps.conv("head", full), steps.conv("scale", code)))


def run_folded(steps: FoldedSteps[Value], tile: Value) -> Value:
    """`restore` for one node: what is left of the program without its code."""
    return steps.known("restored", restore(steps, Term(tile), Term(constant="")))


def step_names(blocks: Blocks, *, steered: bool) -> tuple[str, ...]:
    """All steps in the order in which they are computed."""
    names = StepNames(blocks)
    restore(names, "tile", "code" if steered else None)
    return tuple(names.names)


def blocks_of(steps: Collection[str]) -> Blocks:
    """Which blocks the program has that has these steps; steps of no program give those that come nearest."""
    half, quarter, middle = (sum(f"{stage}{n}/sum" in steps for n in range(99)) for stage in STAGES[:3])
    found = Blocks(half, quarter, middle)
    for steered, plain in product([found.steered, *Block.kinds], [found.plain, *Block.kinds]):
        tried = found._replace(steered=steered, plain=plain)
        if _has(tried, set(steps)):
            return tried
    return found


def _has(blocks: Blocks, steps: set[str]) -> bool:
    """Whether the program with these blocks has just these steps, with its code or folded."""
    if set(step_names(blocks, steered=True)) == steps:
        return True
    try:
        return set(step_names(blocks, steered=False)) == steps
    except ValueError:  # a kind that does not fold
        return False


def _stage(steps: Steps[Value], name: str, value: Value, code: Value) -> Value:
    for index, kind in enumerate(steps.blocks.stage(name)):
        value = kind.run(steps, f"{name}{index}", value, code)
    return value
