"""The rows of the photo that the tile row at hand, or a later one, reads: all that is kept of the network's input."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from amirnet.runtime.arrays import Integers, Pixels
from amirnet.runtime.padding import picked, source_coordinates
from amirnet.runtime.tile_plan import Tile, TilePlan
from amirnet.runtime.transparency import BLOCK


class InputWindow:
    """Slides down a photo, one step a tile row, and reads each row of it once (CONTRACT S2).

    `read(top, bottom)` gives rows as uint8 HWC; top is a multiple of BLOCK. Before a tile row is restored, all rows
    down to its lowest halo are held here, so the rows that become final with it may be overwritten.
    """

    def __init__(self, plan: TilePlan, read: Callable[[int, int], Pixels]) -> None:
        self._plan, self._read = plan, read
        spans = [row_span(plan, row) for row in range(len(plan.vertical.positions))]
        # Neither end of a span ever moves up, also where the padding below the photo leads back into it.
        self._steps = [(first, min(-(-end // BLOCK) * BLOCK, plan.height)) for first, end in spans]
        self._held = np.empty((max(end - first for first, end in self._steps), plan.width, 3), dtype=np.uint8)
        self._top = self._end = 0
        self._rows = np.empty(0, dtype=np.int64)
        self._columns = [_read_by(x, plan.horizontal.core, plan.halo, plan.width) for x in plan.horizontal.positions]

    def step(self, row: int) -> None:
        """Drop the rows that no tile row from this one on reads, and read what this one lacks."""
        first, end = self._steps[row]
        kept = self._end - first
        if first > self._top and kept > 0:
            self._held[:kept] = self._held[first - self._top : self._end - self._top]
        self._top = first
        while self._end < end:
            bottom = min(self._end + BLOCK, end)
            self._held[self._end - first : bottom - first] = self._read(self._end, bottom)
            self._end = bottom
        plan = self._plan
        self._rows = _read_by(plan.vertical.positions[row], plan.vertical.core, plan.halo, plan.height) - first

    def crop(self, tile: Tile) -> Pixels:
        """The input of a tile of the current row, its core and the halo around it, padded (CONTRACT L5). To be read
        only, and not to be kept beyond the next step."""
        return picked(self._held, self._rows, self._columns[tile.column])

    def block(self, top: int, left: int, height: int, width: int) -> Pixels:
        """A rectangle of the held rows, not to be kept beyond the next step."""
        return self._held[top - self._top : top - self._top + height, left : left + width]


def row_span(plan: TilePlan, row: int) -> tuple[int, int]:
    """The rows [first, end) of the photo that a tile row reads, halo and padding included (CONTRACT S1)."""
    at = _read_by(plan.vertical.positions[row], plan.vertical.core, plan.halo, plan.height)
    return int(at.min()), int(at.max()) + 1


def _read_by(begin: int, core: int, halo: int, length: int) -> Integers:
    """The photo's coordinates along one axis that a tile reads whose core begins there, padding included."""
    return source_coordinates(begin - halo, begin + core + halo, length)
