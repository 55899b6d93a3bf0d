"""A plan's tiles through the engine and the blender; and again with smaller tiles where memory does not suffice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Generic, TypeAlias, TypeVar

import numpy as np

from amirnet.errors import OutOfMemoryError
from amirnet.runtime.arrays import Floats, Pixels
from amirnet.runtime.blender import Blender
from amirnet.runtime.engine import Answer, Engine, check_restored
from amirnet.runtime.input_window import InputWindow
from amirnet.runtime.light_curve import LightCurve
from amirnet.runtime.photo_rows import PhotoRows
from amirnet.runtime.strength import WHOLE, mixed
from amirnet.runtime.tile_plan import Tile, TilePlan, tile_sizes

Progress: TypeAlias = Callable[[int, int], object]
"""Called with (tiles done, tiles in all), first with 0 done."""

Result = TypeVar("Result")
Rows = TypeVar("Rows", bound=PhotoRows)


@dataclass(frozen=True, eq=False)
class Treatment:
    """What is done to a photo."""

    code: Floats
    """The restorer's, float32 (K,)."""
    light: LightCurve | None = None
    """How it is brightened first, if at all."""
    parts: int = WHOLE
    """How many parts of the result, 0..256, are taken (CONTRACT R6)."""


@dataclass(frozen=True, eq=False)
class RestoredRows(Generic[Rows]):
    """A result, and what it took."""

    rows: Rows
    """Hold the result."""
    tile: int
    """Pixels a side of the tiles' inputs."""
    tiles: int
    """How many there were."""


def restore_rows(
    engine: Engine,
    plan: TilePlan,
    treatment: Treatment,
    rows: Rows,
    where: str,
    sizes: Sequence[int] | None = None,
    progress: Progress | None = None,
) -> RestoredRows[Rows]:
    """Restore a photo into its own rows: the one way there is, whatever they are (CONTRACT R1, S1-S6).

    Args:
        rows: used up. After an error they are part old and part new.
        where: names the model in messages.
        sizes: tile sizes to try where memory is short, in this order; None: the plan's and, if they may differ, smaller
            ones.
        progress: what it raises ends the restoring between two tiles (CONTRACT R8).

    Raises:
        EngineError: the engine fails, or answers with another shape than the tile's.
        TileError: a NaN from the model.
        OutOfMemoryError: no size fits.
    """
    fresh = [rows]

    def attempt(size: int) -> RestoredRows[Rows]:
        # Where an earlier attempt ended for lack of memory, part of its photo was overwritten.
        photo = fresh.pop() if fresh else rows.reopened()
        smaller = replace(plan, size=size)
        _restore_once(engine, smaller, treatment, photo, where, progress)
        return RestoredRows(photo, size, len(smaller))

    if sizes is None:
        sizes = tile_sizes(plan.size, plan.halo, plan.alignment, plan.flexible)
    return first_that_fits(sizes, attempt)


def run_tiles(
    engine: Engine, plan: TilePlan, code: Floats, where: str, input_of: Callable[[Tile], Pixels]
) -> Iterator[tuple[Tile, Answer]]:
    """Each tile of the plan with the network's answer for its core, HWC, not clipped (CONTRACT R2).

    Raises EngineError for an answer of another shape than the tile, as a stale one of another size would be.
    """
    halo = plan.halo
    for tile in plan:
        pixels = input_of(tile)
        restored = engine.restore(pixels, code)
        check_restored(where, restored, pixels)
        yield tile, restored[halo : halo + tile.height, halo : halo + tile.width]


def _restore_once(
    engine: Engine, plan: TilePlan, treatment: Treatment, photo: PhotoRows, where: str, progress: Progress | None
) -> None:
    """The window holds the photo's own levels: the change is told by them, and they are looked up as a tile is cut."""
    window = InputWindow(plan, photo.read)
    lit = None if treatment.light is None or treatment.light.is_identity else _LitTiles(plan, treatment.light)

    def input_of(tile: Tile) -> Pixels:
        if tile.column == 0:
            window.step(tile.row)
        found = window.crop(tile)
        return found if lit is None else lit.of(tile, found)

    def put(top: int, left: int, levels: Pixels) -> None:
        seen = window.block(top, left, *levels.shape[:2])
        photo.write(top, left, seen, mixed(seen, levels, treatment.parts))

    blender, total = Blender(plan, put), len(plan)
    if progress is not None:
        progress(0, total)
    for tile, core in run_tiles(engine, plan, treatment.code, where, input_of):
        blender.add(tile, core)
        if progress is not None:
            progress(tile.index + 1, total)


class _LitTiles:
    """Tiles under a tone curve, each row of them from left to right: the columns that a tile has in common with the one
    before it, halos included, are looked up once."""

    def __init__(self, plan: TilePlan, light: LightCurve) -> None:
        self._light = light
        at, side = plan.horizontal.positions, plan.horizontal.core + 2 * plan.halo
        self._common = [0, *(max(0, side - (x - before)) for before, x in pairwise(at))]
        self._before: Pixels = np.empty((0, 0, 3), dtype=np.uint8)

    def of(self, tile: Tile, pixels: Pixels) -> Pixels:
        """A tile's input, uint8 HWC, as its curve makes it. To be read only."""
        common = self._common[tile.column]
        lit = np.empty_like(pixels, order="C")
        if common:
            lit[:, :common] = self._before[:, -common:]
        self._light.apply(pixels[:, common:], lit[:, common:])
        self._before = lit
        return lit


def first_that_fits(sizes: Sequence[int], attempt: Callable[[int], Result]) -> Result:
    """What `attempt` gives for the first of the tile sizes for which memory suffices. Each attempt begins anew: nothing
    of an earlier one is used (CONTRACT S6). Raises OutOfMemoryError when all fail."""
    reason = ""
    for size in sizes:
        try:
            return attempt(size)
        except (MemoryError, OutOfMemoryError) as error:
            reason = " ".join(str(error).split()) or "no memory"
    raise OutOfMemoryError(f"tile {sizes[-1]}: not enough memory ({reason}); close other programs, or cut the photo")
