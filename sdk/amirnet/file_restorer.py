"""One photo file into another: opened, examined, restored band by band in its own memory, written (CONTRACT S1-S6)."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from amirnet.photo.photo_stream import PhotoStream
from amirnet.photo.photo_writer import check_output, write_photo
from amirnet.photo.pixel_cost import pixel_cost
from amirnet.restore_result import Restored
from amirnet.runtime.diagnosis import diagnose
from amirnet.runtime.memory_plan import PixelCost, sizes_within
from amirnet.runtime.restore_options import RestoreOptions
from amirnet.runtime.strength import parts_of
from amirnet.runtime.tile_runner import Progress, Treatment, first_that_fits, restore_in_place

if TYPE_CHECKING:
    from amirnet.restorer import Restorer


@dataclass(frozen=True, eq=False)
class FileResult(Restored):
    """A photo restored into a file; `tile` is the tile size that was used.

    `seconds` holds "decode", "encode", "restore", "save" and "total". `warnings`: what was lost, one line each.
    """

    output: Path
    tile: int
    warnings: tuple[str, ...]


_PLAIN = RestoreOptions()


def restore_file(
    restorer: Restorer,
    photo: str | os.PathLike[str],
    output: str | os.PathLike[str],
    options: RestoreOptions = _PLAIN,
    progress: Progress | None = None,
    quality: int | None = None,
    strip_gps: bool = False,
    overwrite: bool = False,
    memory: int | None = None,
    **changes: Any,
) -> FileResult:
    """Restore a photo file into another: the bytes of `restore(photo).save(output)` in a fraction of its memory.

    `memory`: megabytes (10^6 bytes) that the whole process may use, by the formula of docs/MEMORY.md; it picks the
    tile, never larger than the restorer's. The other options, and `changes`, are as in Restorer.restore and
    PhotoFile.save. Raises ImageError, EngineError, NodeError, OptionError, TileError, OutputError; OutOfMemoryError
    where no tile fits.
    """
    start, source, output = perf_counter(), Path(photo), Path(output)
    options = options.but(**changes)
    first_frame = options.first_frame
    cost = None if memory is None else _check_limit(restorer, source, output, memory, first_frame)
    first = PhotoStream.open(source, first_frame)
    check_output(first.facts, output, quality, overwrite)
    decoded = perf_counter()
    bundle, engine = restorer.bundle, restorer.engine
    diagnosis = diagnose(bundle.spec, engine, first.width, first.height, first.seen, options)
    treatment = Treatment(diagnosis.code, diagnosis.light, parts_of(options.strength))
    encoded = perf_counter()
    plan = restorer.plan_for(first.width, first.height)
    sizes = restorer.sizes(plan)
    if memory is not None and cost is not None:
        sizes = sizes_within(memory, source, plan, sizes, engine, cost)
    fresh = [first]
    del first

    def attempt(size: int) -> tuple[PhotoStream, int]:
        # Where an earlier attempt ended for lack of memory, part of its photo was overwritten: the file is read again.
        stream = fresh.pop() if fresh else PhotoStream.open(source, first_frame)
        smaller = replace(plan, size=size)
        restore_in_place(engine, smaller, treatment, bundle.where, stream, progress)
        return stream, size

    done, tile = first_that_fits(sizes, attempt)
    restored = perf_counter()
    losses = write_photo(done.rows, done.facts, output, quality, strip_gps, overwrite)
    end = perf_counter()
    return FileResult(
        diagnosis=diagnosis,
        options=options,
        output=output,
        tile=tile,
        tiles=len(replace(plan, size=tile)),
        change_psnr=done.change.psnr,
        seconds={
            "decode": decoded - start,
            "encode": encoded - decoded,
            "restore": restored - encoded,
            "save": end - restored,
            "total": end - start,
        },
        warnings=done.facts.warnings + losses,
    )


def _check_limit(restorer: Restorer, photo: Path, output: Path, memory: int, first_frame: bool) -> PixelCost:
    """What a pixel of the photo costs. Raises, before anything is decoded, OutOfMemoryError when no tile size keeps the
    process within the limit, and EngineError when nobody knows what the engine takes."""
    cost, width, height = pixel_cost(photo, output, first_frame)
    plan = restorer.plan_for(min(width, height), max(width, height))  # orientation may turn it: the cheaper way
    sizes_within(memory, photo, plan, restorer.sizes(plan), restorer.engine, cost)
    return cost
