"""What the processors' answers differ by, whether that is within the bars, and the table that says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from amirnet.runtime.degradation_tree import DegradationTree
from amirnet.runtime.probe_plan import average

from ..errors import ImageDifferenceError
from ..formats.format import Kind
from ..image_difference import image_difference
from ..parity.report import BARS

ENCODER_BAR = 1e-4
"""The most that a mask or a value may differ by. The same node must be chosen, too."""


class TileRow(NamedTuple):
    """One engine in one precision against one reference, over all tiles."""

    title: str
    """Backend and precision, for people."""
    max_levels: int
    """The largest difference of any tile, in levels of 0 to 255."""
    share_over_1: float
    """Part of the pixels of the worst node's tile."""
    psnr: float
    """In dB, of the worst node's tile."""
    equal: int
    """Tiles that are the same in every pixel."""
    tiles: int
    """How many there are, one a node."""
    worst: int
    """The node with the lowest PSNR."""
    holds: bool
    """Every tile is within the bar."""


class EncoderRow(NamedTuple):
    """One engine's encoder against one reference, over all probes."""

    title: str
    """Backend and precision, for people."""
    mask: float
    """The largest difference of two masks' numbers."""
    value: float
    """The largest difference of two values' numbers."""
    same_nodes: int
    """Probes whose walk ends in the same node."""
    probes: int
    """How many there are."""
    holds: bool
    """Both differences are within `ENCODER_BAR`, and all nodes are the same."""


class Report(NamedTuple):
    """All that was compared."""

    tiles: list[TileRow]
    """A row for every backend in every precision."""
    encoders: list[EncoderRow]
    """A row for every backend."""

    @property
    def holds(self) -> bool:
        """Whether everything is within the bars."""
        return all(row.holds for row in self.tiles) and all(row.holds for row in self.encoders)


def tile_row(title: str, precision: Kind, found: Any, wanted: Any, nodes: tuple[int, ...]) -> TileRow:
    """Compares restored tiles (N, S, S, 3) node by node; ``precision`` is a key of `BARS`.

    Raises ImageDifferenceError where they are not comparable.
    """
    if len(found) != len(nodes) or len(wanted) != len(nodes):
        counts = f"{len(found)} and {len(wanted)} tiles for {len(nodes)} nodes"
        raise ImageDifferenceError(f"{title}: {counts}: run it again")
    apart = [image_difference(one, other, axis=2) for one, other in zip(found, wanted, strict=True)]
    worst = min(range(len(apart)), key=lambda place: apart[place].psnr)
    return TileRow(
        title=title,
        max_levels=max(difference.max_levels for difference in apart),
        share_over_1=max(difference.share_over_1 for difference in apart),
        psnr=apart[worst].psnr,
        equal=sum(difference.max_levels == 0 for difference in apart),
        tiles=len(apart),
        worst=nodes[worst],
        holds=all(BARS[precision].holds(difference) for difference in apart),
    )


def encoder_row(title: str, found: Mapping[str, Any], wanted: Mapping[str, Any], tree: DegradationTree) -> EncoderRow:
    """Compares masks and values (M, K), and where the walk ends for each probe. NaN never holds."""
    mask, value = (float(np.abs(found[name] - wanted[name]).max()) for name in ("mask", "value"))
    ends = [[tree.walk(average(m[None], v[None])[0]).node for m, v in zip(a["mask"], a["value"], strict=True)]
            for a in (found, wanted)]  # fmt: skip
    same = sum(one == other for one, other in zip(*ends, strict=True))
    holds = mask <= ENCODER_BAR and value <= ENCODER_BAR and same == len(ends[0])
    return EncoderRow(title, mask, value, same, len(ends[0]), holds)


def render(report: Report) -> str:
    """Both tables as text."""
    width = max(len(str(row[0])) for row in [*report.tiles, *report.encoders]) + 2
    lines = [f"{'restored tiles':<{width}}{'levels':>7}{'over 1':>9}{'PSNR':>8}{'equal':>8}  worst"]
    for tile in report.tiles:
        numbers = f"{tile.max_levels:>7}{tile.share_over_1:>9.3%}{tile.psnr:>8.1f}{f'{tile.equal}/{tile.tiles}':>8}"
        lines.append(f"{tile.title:<{width}}{numbers}  {f'node {tile.worst}':<9}{_verdict(tile.holds)}")
    lines.append(f"{'encoder':<{width}}{'mask':>9}{'value':>9}{'same node':>14}")
    for row in report.encoders:
        numbers = f"{row.mask:>9.1e}{row.value:>9.1e}{f'{row.same_nodes}/{row.probes}':>14}"
        lines.append(f"{row.title:<{width}}{numbers}  {'':<9}{_verdict(row.holds)}")
    return "\n".join(lines)


def _verdict(holds: bool) -> str:
    return "holds" if holds else "TOO FAR"
