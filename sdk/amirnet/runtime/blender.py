"""Tiles back to a photo: integer weights, integer sums, one rounding, rectangles as they finish (CONTRACT M1-M7).

The integers are held as float64: all are below 2^53, so each is exact, and their arithmetic is several times as fast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np

from amirnet.errors import TileError
from amirnet.runtime.arrays import Doubles, Pixels
from amirnet.runtime.engine import Answer
from amirnet.runtime.tile_plan import Axis, Tile, TilePlan

LEVEL = 256
"""Steps of the fixed-point value per 8-bit level."""
ONE = 255 * LEVEL
"""The fixed-point value of 1.0."""
_SLICE = 32
"""Rows computed at a time, so that what is in between stays small."""


Put: TypeAlias = Callable[[int, int, Pixels], object]
"""Takes a finished rectangle: its top, its left, its levels, uint8 HWC."""


def fixed_point(core: Answer) -> Doubles:
    """floor(clamp(y, 0, 1) * 65280 + 0.5) in float64 (CONTRACT M1); of levels, 256 times as much. Numbers must not be
    NaN."""
    if core.dtype == np.uint8:
        return np.multiply(core, float(LEVEL), dtype=np.float64)
    result: Doubles = np.clip(core, 0.0, 1.0).astype(np.float64)
    result *= ONE
    result += 0.5
    return np.floor(result, out=result)


def lone_levels(core: Answer, into: Pixels) -> None:
    """The levels of pixels that one core alone holds, into a place of the same shape: M1 and M4 in one step.

    With one weight, floor((q + 128) / 256) remains of M4, and as nested floors are one, floor(255 y + 257 / 512) of it
    and M1. In float64 nothing in this is rounded but by the floor, as in M1.
    """
    for channel in range(core.shape[2]):  # a copy with an inner axis of three is several times as slow
        if core.dtype == np.uint8:
            into[..., channel] = core[..., channel]
            continue
        for top in range(0, len(core), _SLICE):
            rows = slice(top, top + _SLICE)
            numbers = np.multiply(np.clip(core[rows, :, channel], 0.0, 1.0), 255.0, dtype=np.float64)
            numbers += 257 / 512
            into[rows, :, channel] = numbers  # which cuts off what is behind the point


def axis_weights(axis: Axis, position: int, overlap: int) -> Doubles:
    """Weights of a core's pixels along one axis, of shape (core,), each in 1 .. overlap + 1 (CONTRACT M2).

    They ramp up from every edge that has a neighbour, and stay full at the photo's own edges.
    """
    distance = np.arange(axis.core, dtype=np.float64)
    weights = np.full(axis.core, overlap + 1, dtype=np.float64)
    if position > 0:
        weights = np.minimum(weights, 1 + distance)
    if position + axis.core < axis.padded:
        weights = np.minimum(weights, 1 + distance[::-1])
    return weights


def rounded(total: Doubles, weight: Doubles) -> Pixels:
    """8-bit levels of weighted sums of fixed-point values, halves up (CONTRACT M4). Weights are at least 1.

    (acc + 128 wsum) / (256 wsum): the floor of the float64 quotient is that of the exact one, which lacks at least a
    part in 256 wsum n below a whole number n, as wsum stays below 2^35.
    """
    scaled = LEVEL * weight
    levels = total + scaled * 0.5
    levels /= scaled
    return levels.astype(np.uint8)  # which cuts off what is behind the point


class Blender:
    """Blends the cores of one plan, keeping sums only where tiles overlap: one band, whatever the photo's height.

    Feed every tile once, in plan order. Each rectangle that no later tile touches goes to `put` at once; together they
    are the photo, each pixel once. What one tile alone holds is copied; weights and sums are for the strips that it
    shares. A core is read before `add` returns, so an engine may use its memory again.
    """

    def __init__(self, plan: TilePlan, put: Put) -> None:
        self.plan = plan
        self._put = put
        # Rows of numbers, three a pixel: with an inner axis of three all below is several times as slow.
        self._across = np.repeat(_total_weights(plan.horizontal, plan.shared)[: plan.width], 3)
        self._weights_down = [axis_weights(plan.vertical, y, plan.shared) for y in plan.vertical.positions]
        self._weights_across = [
            np.repeat(axis_weights(plan.horizontal, x, plan.shared), 3) for x in plan.horizontal.positions
        ]
        self._down = _total_weights(plan.vertical, plan.shared)[: plan.height]
        starts = [*plan.vertical.positions, plan.height]
        shared = max(min(y + plan.vertical.core, plan.height) - following for y, following in pairwise(starts))
        self._carried = np.zeros((shared, 3 * plan.width), dtype=np.float64)
        self._pending: Doubles = np.zeros((0, 0), dtype=np.float64)
        self._next = 0

    def add(self, tile: Tile, core: Answer) -> None:
        """Add the core of one tile, HWC of shape (tile.height, tile.width, 3): levels, or float32 of any range (it is
        clamped). Raises TileError for a tile out of order, a wrong shape, or a NaN."""
        if tile.index != self._next:
            raise TileError(f"tile {tile.index}: tile {self._next} comes next; add tiles in plan order, each once")
        if core.shape != (tile.height, tile.width, 3):
            raise TileError(f"tile {tile.index}: shape {core.shape}, but the plan wants {(tile.height, tile.width, 3)}")
        if core.dtype != np.uint8 and np.isnan(core.min()):  # a minimum with a NaN in it is one
            where = f"tile {tile.index} at ({tile.x}, {tile.y})"
            raise TileError(f"{where}: the model returned NaN; export the bundle again")
        self._next += 1
        rows, columns = _Span.of(self.plan.vertical, tile.row), _Span.of(self.plan.horizontal, tile.column)
        # The core may reach beyond the photo (its size is a multiple of the alignment): those pixels are dropped.
        rows, columns = rows.within(self.plan.height - tile.y), columns.within(self.plan.width - tile.x)
        levels = np.empty((rows.done, columns.done, 3), dtype=np.uint8)
        pending = np.empty((rows.length, 3 * (columns.length - columns.done)), dtype=np.float64)
        if rows.shared < rows.done and columns.shared < columns.done:
            alone = slice(rows.shared, rows.done), slice(columns.shared, columns.done)
            lone_levels(core[alone], levels[alone])
            middle = (rows.shared, rows.done)
            parts = [
                ((0, rows.shared), (0, columns.length)),
                (middle, (0, columns.shared)),
                (middle, (columns.done, columns.length)),
                ((rows.done, rows.length), (0, columns.length)),
            ]
        else:
            parts = [((0, rows.length), (0, columns.length))]
        for (top, bottom), (left, right) in parts:
            if top < bottom and left < right:
                part = core[top:bottom, left:right]
                self._blend(tile, part, _Place(top, left, rows, columns), levels, pending)
        self._carried[rows.length - rows.done :, 3 * tile.x : 3 * (tile.x + columns.done)] = 0
        self._pending = pending
        if levels.size:
            self._put(tile.y, tile.x, levels)

    def _blend(self, tile: Tile, part: Answer, at: _Place, levels: Pixels, pending: Doubles) -> None:
        """A part of a core that other tiles may share: what is finished into `levels`, what the next tile of this row
        shares into `pending`, what the next row shares to the carried sums."""
        height, width = part.shape[:2]
        top, left, done_rows, done = at.top, at.left, at.rows.done, at.columns.done
        sums = fixed_point(part).reshape(height, 3 * width)
        sums *= self._weights_down[tile.row][top : top + height, None]
        sums *= self._weights_across[tile.column][3 * left : 3 * (left + width)]
        if tile.column > 0:
            earlier = self._pending[top : top + height, 3 * left : 3 * (left + width)]
            sums[:, : earlier.shape[1]] += earlier
        cut = min(max(done - left, 0), width)
        pending[top : top + height, 3 * (left + cut - done) : 3 * (left + width - done)] = sums[:, 3 * cut :]
        sums, columns = sums[:, : 3 * cut], slice(3 * (tile.x + left), 3 * (tile.x + left + cut))
        above = self._carried[top : min(top + height, at.rows.shared), columns]
        sums[: len(above)] += above
        count = min(max(done_rows - top, 0), height)
        for first in range(0, count, _SLICE):
            last = min(first + _SLICE, count)
            weight = self._down[tile.y + top + first : tile.y + top + last, None] * self._across[columns]
            found = rounded(sums[first:last], weight)
            levels[top + first : top + last, left : left + cut] = found.reshape(last - first, cut, 3)
        self._carried[top + count - done_rows : top + height - done_rows, columns] = sums[count:]


@dataclass(frozen=True)
class _Span:
    """One axis of a core, in pixels from its edge: up to `shared` earlier tiles hold it too, from `done` on later ones
    do; `length` is all of it."""

    shared: int
    done: int
    length: int

    @classmethod
    def of(cls, axis: Axis, place: int) -> _Span:
        at = axis.positions
        following = at[place + 1] if place + 1 < len(at) else axis.padded
        earlier = at[place - 1] + axis.core if place else at[place]
        return cls(earlier - at[place], following - at[place], axis.core)

    def within(self, length: int) -> _Span:
        return _Span(min(self.shared, length), min(self.done, length), min(self.length, length))


class _Place(NamedTuple):
    """Where a part of a core begins, and the core's two axes."""

    top: int
    left: int
    rows: _Span
    columns: _Span


def _total_weights(axis: Axis, overlap: int) -> Doubles:
    """Of every pixel of [0, padded): the weights of all cores that hold it, along one axis. A pixel's wsum (CONTRACT
    M3) is the product of its two: tiles are all pairs of the axes' cores."""
    total = np.zeros(axis.padded, dtype=np.float64)
    for position in axis.positions:
        total[position : position + axis.core] += axis_weights(axis, position, overlap)
    return total
