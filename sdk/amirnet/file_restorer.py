"""One photo file into another: opened, diagnosed, restored in its own memory, written (CONTRACT S1-S6)."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from amirnet.photo.photo_stream import PhotoStream
from amirnet.photo.photo_writer import check_output, write_photo
from amirnet.photo.pixel_cost import pixel_cost
from amirnet.photo.save_options import PLAIN_SAVE, SaveOptions
from amirnet.restore_result import FileResult
from amirnet.runtime.memory_plan import PixelCost, sizes_within
from amirnet.runtime.restore_options import RestoreOptions
from amirnet.runtime.tile_runner import Progress

if TYPE_CHECKING:
    from amirnet.restorer import Restorer

_PLAIN = RestoreOptions()
_OF_SAVING = frozenset(each.name for each in fields(SaveOptions))


def restore_file(
    restorer: Restorer,
    photo: str | os.PathLike[str],
    output: str | os.PathLike[str],
    options: RestoreOptions = _PLAIN,
    saving: SaveOptions = PLAIN_SAVE,
    progress: Progress | None = None,
    memory: int | None = None,
    **changes: Any,
) -> FileResult:
    """Restore a photo file into another: the bytes of `restore(photo).save(output)` in a fraction of its memory.

    Args:
        memory: megabytes (10^6 bytes) that the whole process may use, by the formula of docs/MEMORY.md; it picks the
            tile, never larger than the photo's would be without.
        changes: fields of RestoreOptions and of SaveOptions, for short: restore_file(a, b, light="keep", quality=80).

    Raises:
        ImageError, EngineError, NodeError, OptionError, TileError, OutputError; OutOfMemoryError where no tile fits.
    """
    start, source, output = perf_counter(), Path(photo), Path(output)
    saving = saving.but(**{name: changes.pop(name) for name in _OF_SAVING & changes.keys()})
    options = options.but(**changes)
    cost = None if memory is None else _check_limit(restorer, source, output, memory, options.first_frame)
    stream = PhotoStream.open(source, options.first_frame)
    check_output(stream.facts, output, saving)
    decoded = perf_counter()
    sizes = None
    if memory is not None and cost is not None:
        plan = restorer.plan_for(stream.width, stream.height)
        sizes = sizes_within(memory, source, plan, restorer.sizes(plan), restorer.engine, cost)
    done, how = restorer.restore_rows(stream, options, sizes, progress)
    restored = perf_counter()
    losses = write_photo(done.rows, done.facts, output, saving)
    end = perf_counter()
    seconds = {
        "decode": decoded - start,
        "encode": how.seconds["encode"],
        "restore": how.seconds["restore"],
        "save": end - restored,
        "total": end - start,
    }
    warnings = done.facts.warnings + losses
    return FileResult(**vars(replace(how, seconds=seconds)), output=output, warnings=warnings)


def _check_limit(restorer: Restorer, photo: Path, output: Path, memory: int, first_frame: bool) -> PixelCost:
    """What a pixel of the photo costs. Raises, before anything is decoded, OutOfMemoryError when no tile size keeps the
    process within the limit, and EngineError when nobody knows what the engine takes."""
    cost, width, height = pixel_cost(photo, output, first_frame)
    plan = restorer.plan_for(min(width, height), max(width, height))  # orientation may turn it: the cheaper way
    sizes_within(memory, photo, plan, restorer.sizes(plan), restorer.engine, cost)
    return cost
