"""Tiles back to a photo: integer weights, integer sums, one rounding, row bands as they finish (CONTRACT M1-M7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from amirnet.arrays import Floats, Integers, Pixels
from amirnet.errors import TileError
from amirnet.tile_plan import Axis, Tile, TilePlan

LEVEL = 256
"""Steps of the fixed-point value per 8-bit level."""
ONE = 255 * LEVEL
"""The fixed-point value of 1.0."""


@dataclass(frozen=True)
class Band:
    """Finished rows: pixels is uint8 of shape (rows, photo width, 3), beginning at row `top` of the photo."""

    top: int
    pixels: Pixels


def fixed_point(core: Floats) -> Integers:
    """floor(clamp(y, 0, 1) * 65280 + 0.5), in float64, as int64 (CONTRACT M1). Numbers must not be NaN."""
    clamped = np.clip(core.astype(np.float64), 0.0, 1.0)
    return np.floor(clamped * ONE + 0.5).astype(np.int64)


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
    """Blends the cores of one plan. Memory is the photo's width times one core's height, whatever the photo's height.

    Feed every tile once, in plan order; `add` returns a Band whenever rows are finished. The bands follow each other
    without gap or overlap, and the last `add` returns the last of them.
    """

    def __init__(self, plan: TilePlan) -> None:
        self.plan = plan
        rows = min(plan.vertical.core, plan.height)
        self._sum = np.zeros((rows, plan.width, 3), dtype=np.int64)
        self._weight = np.zeros((rows, plan.width), dtype=np.int64)
        self._top = 0
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
        weight = down[:, None] * across[None, :]
        rows = slice(tile.y - self._top, tile.y - self._top + height)
        columns = slice(tile.x, tile.x + width)
        self._sum[rows, columns] += fixed_point(core[:height, :width]) * weight[:, :, None]
        self._weight[rows, columns] += weight
        return self._finish(tile.row) if tile.column == len(plan.horizontal.positions) - 1 else None

    def _finish(self, row: int) -> Band | None:
        """After the last tile of a tile row: give out the rows that no later tile touches, and move the buffer down."""
        positions = self.plan.vertical.positions
        end = positions[row + 1] if row + 1 < len(positions) else self.plan.height
        count = end - self._top
        if count == 0:
            return None
        band = Band(self._top, rounded(self._sum[:count], self._weight[:count, :, None]))
        for buffer in (self._sum, self._weight):
            kept = len(buffer) - count
            buffer[:kept] = buffer[count:].copy()
            buffer[kept:] = 0
        self._top = end
        return band
