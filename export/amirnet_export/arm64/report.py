"""What the processors' answers differ by, whether that is within the bars, and the table that says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from amirnet.degradation_tree import DegradationTree
from amirnet.probe_plan import average

from ..errors import LevelsError
from ..levels import compare_levels
from .followed import StepDifference

BARS = {"float32": (1, 0.0), "int8": (2, 0.005)}
"""Precision -> the most levels that a pixel of a node's tile may differ by, and the share that may by more than one."""
STEP_BAR = (1, 0.001)
"""The most integers that any value of an int8 step may be off by, given the engine's own values before it, and the
share of all values that may be off at all."""
ENCODER_BAR = 1e-4
"""The most that a mask or a value may differ by. The same node must be chosen, too."""


class TileRow(NamedTuple):
    """One engine in one precision against one reference, over all tiles."""

    title: str
    max_levels: int
    share_over_1: float
    """Part of the pixels of the worst node's tile."""
    psnr: float
    """In dB, of the worst node's tile."""
    equal: int
    """Tiles that are the same in every pixel."""
    tiles: int
    worst: int
    """The node with the lowest PSNR."""
    holds: bool
    judged: bool = True
    """Whether it counts that it does not hold."""


class EncoderRow(NamedTuple):
    """One engine's encoder against one reference, over all probes."""

    title: str
    mask: float
    value: float
    same_nodes: int
    probes: int
    holds: bool


class StepRow(NamedTuple):
    """One engine's int8 steps against exact ones, each from the engine's own values before it."""

    title: str
    largest: int
    """Integers of the step's grid."""
    off: float
    """Part of all values, of all steps."""
    steps: int
    worst: str
    """The step with the largest part."""
    holds: bool
    judged: bool = True


class Report(NamedTuple):
    """All that was compared."""

    tiles: list[TileRow]
    steps: list[StepRow]
    encoders: list[EncoderRow]

    @property
    def holds(self) -> bool:
        """Whether everything that is judged is within the bars."""
        tiles = all(row.holds or not row.judged for row in self.tiles)
        steps = all(row.holds or not row.judged for row in self.steps)
        return tiles and steps and all(row.holds for row in self.encoders)


def tile_row(title: str, precision: str, found: Any, wanted: Any, nodes: tuple[int, ...]) -> TileRow:
    """Compares restored tiles (N, 3, S, S) node by node. Raises LevelsError where they are not comparable."""
    if len(found) != len(nodes) or len(wanted) != len(nodes):
        raise LevelsError(f"{title}: {len(found)} and {len(wanted)} tiles for {len(nodes)} nodes: run it again")
    apart = [compare_levels(one, other, axis=0) for one, other in zip(found, wanted, strict=True)]
    levels, share = max(d.max_levels for d in apart), max(d.share_over_1 for d in apart)
    worst = min(range(len(apart)), key=lambda place: apart[place].psnr)
    equal = sum(d.max_levels == 0 for d in apart)
    most, over = BARS[precision]
    holds = levels <= most and share <= over
    return TileRow(title, levels, share, apart[worst].psnr, equal, len(apart), nodes[worst], holds)


def step_row(title: str, apart: list[StepDifference]) -> StepRow:
    """Sums up what `followed.follow` found."""
    largest = max(step.largest for step in apart)
    off = sum(step.off for step in apart) / sum(step.values for step in apart)
    worst = max(apart, key=lambda step: step.off / step.values).step
    return StepRow(title, largest, off, len(apart), worst, largest <= STEP_BAR[0] and off <= STEP_BAR[1])


def encoder_row(title: str, found: Mapping[str, Any], wanted: Mapping[str, Any], tree: DegradationTree) -> EncoderRow:
    """Compares masks and values (M, K), and where the walk ends for each probe. NaN never holds."""
    mask, value = (float(np.abs(found[name] - wanted[name]).max()) for name in ("mask", "value"))
    ends = [[tree.walk(average(m[None], v[None])[0]).node for m, v in zip(a["mask"], a["value"], strict=True)]
            for a in (found, wanted)]  # fmt: skip
    same = sum(one == other for one, other in zip(*ends, strict=True))
    holds = mask <= ENCODER_BAR and value <= ENCODER_BAR and same == len(ends[0])
    return EncoderRow(title, mask, value, same, len(ends[0]), holds)


def render(report: Report) -> str:
    """All tables as text."""
    rows = [*report.tiles, *report.steps, *report.encoders]
    width = max(len(str(row[0])) for row in rows) + 2
    lines = [f"{'restored tiles':<{width}}{'levels':>7}{'over 1':>10}{'PSNR':>8}{'equal':>8}  worst"]
    for tile in report.tiles:
        numbers = f"{tile.max_levels:>7}{tile.share_over_1:>10.3%}{tile.psnr:>8.1f}{f'{tile.equal}/{tile.tiles}':>8}"
        verdict = _verdict(tile.holds, tile.judged)
        lines.append(f"{tile.title:<{width}}{numbers}  {f'node {tile.worst}':<16}{verdict}")
    lines.append(f"{'step by step':<{width}}{'ints':>7}{'off':>10}{'':>8}{'steps':>8}  worst")
    for step in report.steps:
        numbers = f"{step.largest:>7}{step.off:>10.4%}{'':>8}{step.steps:>8}"
        lines.append(f"{step.title:<{width}}{numbers}  {step.worst:<16}{_verdict(step.holds, step.judged)}")
    lines.append(f"{'encoder':<{width}}{'mask':>9}{'value':>9}{'same node':>15}")
    for row in report.encoders:
        numbers = f"{row.mask:>9.1e}{row.value:>9.1e}{f'{row.same_nodes}/{row.probes}':>15}"
        lines.append(f"{row.title:<{width}}{numbers}  {'':<16}{_verdict(row.holds)}")
    return "\n".join(lines)


def _verdict(holds: bool, judged: bool = True) -> str:
    return ("holds" if holds else "TOO FAR") if judged else "not judged"
