"""A plan's tiles through the engine and the blender; and again with smaller tiles where memory does not suffice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np

from amirnet.errors import OutOfMemoryError
from amirnet.runtime.arrays import Floats, Pixels
from amirnet.runtime.blender import Band, Blender, Put
from amirnet.runtime.engine import Engine, check_restored
from amirnet.runtime.input_window import InputWindow
from amirnet.runtime.light_curve import LightCurve
from amirnet.runtime.padding import to_tensor
from amirnet.runtime.photo_rows import PhotoRows
from amirnet.runtime.strength import WHOLE, mixed
from amirnet.runtime.tile_plan import Tile, TilePlan

Progress: TypeAlias = Callable[[int, int], object]
"""Called with (tiles done, tiles in all), first with 0 done."""

Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class Treatment:
    """What is done to a photo: the restorer's `code`, float32 (K,); how it is brightened first, if at all; and how many
    parts of the result, 0..256, are taken (CONTRACT R6)."""

    code: Floats
    light: LightCurve | None = None
    parts: int = WHOLE


def run_tiles(
    engine: Engine, plan: TilePlan, code: Floats, where: str, input_of: Callable[[Tile], Pixels]
) -> Iterator[tuple[Tile, Floats]]:
    """Each tile of the plan with the network's answer for its core, float32 HWC, not clipped (CONTRACT R2).

    Raises EngineError for an answer of another shape than the tile, as a stale one of another size would be.
    """
    tile_code = np.ascontiguousarray(code, dtype=np.float32).reshape(1, -1, 1, 1)
    halo = plan.halo
    for tile in plan:
        tensor = to_tensor(input_of(tile))[None]
        restored = engine.restore(tensor, tile_code)
        check_restored(where, restored, tensor)
        core = restored[0, :, halo : halo + tile.height, halo : halo + tile.width]
        yield tile, core.transpose(1, 2, 0)


def blended(
    plan: TilePlan, cores: Iterable[tuple[Tile, Floats]], progress: Progress | None, put: Put | None = None
) -> Iterator[Band]:
    """The cores of a plan as row bands, each given out as soon as no later tile touches it (CONTRACT M5); with `put`,
    what is finished goes there instead, as Blender says."""
    blender, total = Blender(plan, put), len(plan)
    if progress is not None:
        progress(0, total)
    for tile, core in cores:
        band = blender.add(tile, core)
        if progress is not None:
            progress(tile.index + 1, total)
        if band is not None:
            yield band


def restore_in_place(
    engine: Engine, plan: TilePlan, treatment: Treatment, where: str, photo: PhotoRows, progress: Progress | None
) -> None:
    """Restore a photo into its own rows (CONTRACT S3). After an error it is part old and part new: open it again.

    The window holds the photo's own levels: the change is told by them, and they are looked up as a tile is cut.
    """
    window, light = InputWindow(plan, photo.seen), treatment.light

    def input_of(tile: Tile) -> Pixels:
        if tile.column == 0:
            window.step(tile.row)
        found = window.crop(tile)
        return found if light is None else light.applied(found)

    def put(top: int, left: int, levels: Pixels) -> None:
        seen = window.block(top, left, *levels.shape[:2])
        photo.put(top, left, seen, mixed(seen, levels, treatment.parts))

    for _ in blended(plan, run_tiles(engine, plan, treatment.code, where, input_of), progress, put):
        pass  # no bands: all is in its place


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
