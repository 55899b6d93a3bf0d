"""Tiles back to a photo: integer weights, integer sums, one rounding, row bands as they finish (CONTRACT M1-M7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from amirnet.errors import TileError
from amirnet.runtime.arrays import Floats, Integers, Pixels
from amirnet.runtime.tile_plan import Axis, Tile, TilePlan

LEVEL = 256
"""Steps of the fixed-point value per 8-bit level."""
ONE = 255 * LEVEL
"""The fixed-point value of 1.0."""
_SLICE = 32
"""Rows computed at a time, so that what is in between stays small."""


@dataclass(frozen=True)
class Band:
    """Finished rows: pixels is uint8 of shape (rows, photo width, 3), beginning at row `top` of the photo."""

    top: int
    pixels: Pixels


Put: TypeAlias = Callable[[int, int, Pixels], object]
"""Takes a finished rectangle: its top, its left, its levels, uint8 HWC."""


def fixed_point(core: Floats) -> Integers:
    """floor(clamp(y, 0, 1) * 65280 + 0.5), in float64, as int64 (CONTRACT M1). Numbers must not be NaN."""
    result = np.empty(core.shape, dtype=np.int64)
    for top in range(0, len(core), _SLICE):
        rows = slice(top, top + _SLICE)
        clamped = np.clip(core[rows].astype(np.float64), 0.0, 1.0)
        result[rows] = np.floor(clamped * ONE + 0.5)
    return result


def axis_weights(axis: Axis, position: int, overlap: int) -> Integers:
    """Weights of a core's pixels along one axis, int64 of shape (core,), each in 1 .. overlap + 1 (CONTRACT M2).

    They ramp up from every edge that has a neighbour, and stay full at the photo's own edges.
    """
    distance = np.arange(axis.core, dtype=np.int64)
    weights = np.full(axis.core, overlap + 1, dtype=np.int64)
    if position > 0:
        weights = np.minimum(weights, 1 + distance)
    if position + axis.core < axis.padded:
        weights = np.minimum(weights, 1 + distance[::-1])
    return weights


def rounded(total: Integers, weight: Integers) -> Pixels:
    """8-bit levels of weighted sums of fixed-point values, halves up (CONTRACT M4). Weights are at least 1."""
    return ((2 * total + LEVEL * weight) // (2 * LEVEL * weight)).astype(np.uint8)


class Blender:
    """Blends the cores of one plan, keeping sums only where tiles overlap: one band, whatever the photo's height.

    Feed every tile once, in plan order; `add` returns a Band whenever rows are finished. The bands follow each other
    without gap or overlap, and the last `add` returns the last of them. A core is read before `add` returns, so an
    engine may use its memory again. With `put`, each rectangle that no later tile touches goes there at once, and no
    band is made.
    """

    def __init__(self, plan: TilePlan, put: Put | None = None) -> None:
        self.plan = plan
        self._put = put
        self._across = _total_weights(plan.horizontal, plan.shared)[: plan.width]
        self._down = _total_weights(plan.vertical, plan.shared)[: plan.height]
        starts = [*plan.vertical.positions, plan.height]
        shared = max(min(y + plan.vertical.core, plan.height) - following for y, following in pairwise(starts))
        self._carried = np.zeros((shared, plan.width, 3), dtype=np.int64)
        self._pending: Integers = np.zeros((0, 0, 3), dtype=np.int64)
        self._levels: Pixels = np.zeros((0, plan.width, 3), dtype=np.uint8)
        self._next = 0

    def add(self, tile: Tile, core: Floats) -> Band | None:
        """Add the core of one tile, float32 HWC of shape (tile.height, tile.width, 3), any range (it is clamped).

        Raises TileError for a tile out of order, a wrong shape, or a NaN.
        """
        if tile.index != self._next:
            raise TileError(f"tile {tile.index}: tile {self._next} comes next; add tiles in plan order, each once")
        if core.shape != (tile.height, tile.width, 3):
            raise TileError(f"tile {tile.index}: shape {core.shape}, but the plan wants {(tile.height, tile.width, 3)}")
        if np.isnan(core).any():
            where = f"tile {tile.index} at ({tile.x}, {tile.y})"
            raise TileError(f"{where}: the model returned NaN; export the bundle again")
        self._next += 1
        plan = self.plan
        # The core may reach beyond the photo (its size is a multiple of the alignment): those pixels are dropped.
        height, width = min(tile.height, plan.height - tile.y), min(tile.width, plan.width - tile.x)
        down = axis_weights(plan.vertical, tile.y, plan.shared)[:height]
        across = axis_weights(plan.horizontal, tile.x, plan.shared)[:width]
        sums = fixed_point(core[:height, :width])
        sums *= (down[:, None] * across[None, :])[:, :, None]
        bottom, right = _next_position(plan.vertical, tile.row), _next_position(plan.horizontal, tile.column)
        if tile.column > 0:
            sums[:, : self._pending.shape[1]] += self._pending
        done = min(right, plan.width) - tile.x
        self._pending = sums[:, done:].copy()
        levels = self._finished(tile, sums[:, :done], min(bottom, plan.height) - tile.y)
        if self._put is not None:
            if levels.size:
                self._put(tile.y, tile.x, levels)
            return None
        if tile.column == 0:
            self._levels = np.empty((len(levels), plan.width, 3), dtype=np.uint8)
        self._levels[:, tile.x : tile.x + done] = levels
        last = tile.column + 1 == len(plan.horizontal.positions)
        return Band(tile.y, self._levels) if last and len(levels) else None

    def _finished(self, tile: Tile, sums: Integers, count: int) -> Pixels:
        """Of columns, from the tile's left edge on, that no later tile of this tile row touches: the first `count`
        rows, which no later tile row touches either, as levels; the others are carried to it."""
        columns = slice(tile.x, tile.x + sums.shape[1])
        carried = self._carried[: len(sums), columns] if tile.row else self._carried[:0, columns]
        sums[: len(carried)] += carried
        levels = np.empty((count, sums.shape[1], 3), dtype=np.uint8)
        for top in range(0, count, _SLICE):
            rows = slice(top, min(top + _SLICE, count))
            weight = self._down[tile.y + rows.start : tile.y + rows.stop, None] * self._across[None, columns]
            levels[rows] = rounded(sums[rows], weight[:, :, None])
        self._carried[: len(sums) - count, columns] = sums[count:]
        self._carried[len(sums) - count :, columns] = 0
        return levels


def _next_position(axis: Axis, place: int) -> int:
    return axis.positions[place + 1] if place + 1 < len(axis.positions) else axis.padded


def _total_weights(axis: Axis, overlap: int) -> Integers:
    """Of every pixel of [0, padded): the weights of all cores that hold it, along one axis. A pixel's wsum (CONTRACT
    M3) is the product of its two: tiles are all pairs of the axes' cores."""
    total = np.zeros(axis.padded, dtype=np.int64)
    for position in axis.positions:
        total[position : position + axis.core] += axis_weights(axis, position, overlap)
    return total
