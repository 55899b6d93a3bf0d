"""The whole job: a photo in, its diagnosis and its restored pixels out (CONTRACT R1-R7)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any, TypeAlias

from PIL import Image

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.engines.onnx import OnnxEngine
from amirnet.engines.registry import make_engine
from amirnet.errors import TileError
from amirnet.file_restorer import restore_file
from amirnet.photo.image_io import check_pixels
from amirnet.photo.photo_file import PhotoFile
from amirnet.photo.pixel_rows import PixelRows
from amirnet.restore_result import FileResult as FileResult
from amirnet.restore_result import Restored
from amirnet.restore_result import RestoreResult as RestoreResult
from amirnet.runtime.arrays import Floats, Pixels
from amirnet.runtime.diagnosis import Diagnosis as Diagnosis
from amirnet.runtime.diagnosis import check_options, diagnose
from amirnet.runtime.engine import Answer, Engine
from amirnet.runtime.light_curve import LightCurve
from amirnet.runtime.memory_plan import preferred_size
from amirnet.runtime.padding import crop
from amirnet.runtime.photo_rows import PhotoRows
from amirnet.runtime.restore_options import RestoreOptions
from amirnet.runtime.strength import parts_of
from amirnet.runtime.tile_plan import Tile, TilePlan, check_sizes, tile_sizes
from amirnet.runtime.tile_runner import Progress as Progress  # callers may take it from here
from amirnet.runtime.tile_runner import Rows, Treatment, restore_rows, run_tiles

Photo: TypeAlias = str | os.PathLike[str] | Image.Image | Pixels
"""A path, a Pillow image, or uint8 RGB of shape (height, width, 3)."""

_PLAIN = RestoreOptions()


class Restorer:
    """Restores photos with one bundle. `tile` is the tile size (pixels, with halo): smaller, less memory; larger, less
    work. None: the one that the model prefers, or a smaller one, by the photo's size (CONTRACT L7).

    An engine that takes tiles of one size only has its way (CONTRACT L1). Raises TileError for a tile that the model
    cannot take; any legal tile gives the same photo within float error. Where memory does not suffice for a tile, the
    next smaller size is tried, for the whole photo (CONTRACT S6).
    """

    def __init__(self, bundle: ModelBundle, engine: Engine | None = None, tile: int | None = None) -> None:
        geometry = bundle.spec.tile
        self.bundle = bundle
        self.engine: Engine = OnnxEngine(bundle) if engine is None else engine
        only = self.engine.fixed_tile if geometry.flexible else geometry.size
        self.flexible = only is None
        if tile is not None:
            check_sizes(tile, geometry.halo, geometry.overlap, geometry.alignment)
            if only not in (None, tile):
                raise TileError(f"tile {tile}: this model takes tiles of {only} only; leave the tile size out")
        self.tile = tile or only
        """The tile size of all photos; None where it follows from the photo's."""

    @classmethod
    def from_bundle(
        cls,
        name_or_path: str | os.PathLike[str] = "mobile",
        tile: int | None = None,
        engine: str = "onnx",
        precision: str | None = None,
    ) -> Restorer:
        """Open and verify a bundle and run it with an engine: "onnx", "tflite" or "coreml" (see `make_engine`).

        `precision`: "int8", or None for float. Raises BundleError, EngineError, TileError.
        """
        bundle = ModelBundle.open(name_or_path)
        return cls(bundle, make_engine(bundle, engine, precision), tile)

    def check(self, options: RestoreOptions) -> None:
        """Raises NodeError and OptionError for options that this model has nothing for."""
        check_options(self.bundle.spec, options)

    def diagnose(self, image: Photo, options: RestoreOptions = _PLAIN, **changes: Any) -> Diagnosis:
        """Where the photo belongs in the tree, and how bright it would be made, without restoring it. `options` and
        `changes` as in `restore`. Raises ImageError, EngineError, NodeError, OptionError."""
        return self._diagnose(PixelRows.of(_opened(image, first_frame=True)), options.but(**changes))

    def restore(
        self, image: Photo, options: RestoreOptions = _PLAIN, progress: Progress | None = None, **changes: Any
    ) -> RestoreResult:
        """Restore one photo. `changes` are fields of RestoreOptions, for short: restore(photo, light="keep").

        Raises ImageError, EngineError, NodeError, OptionError, TileError (a NaN from the model), OutOfMemoryError.
        """
        start, options = perf_counter(), options.but(**changes)
        photo = _opened(image, options.first_frame)
        decoded = perf_counter()
        rows, how = self.restore_rows(PixelRows.of(photo), options, progress=progress)
        seconds = {**how.seconds, "total": perf_counter() - start}
        if isinstance(image, str | os.PathLike):
            seconds = {"decode": decoded - start, **seconds}
        return RestoreResult(**vars(replace(how, seconds=seconds)), image=rows.image, photo=photo)

    restore_file = restore_file  # as a method: restorer.restore_file(photo, output)

    def restore_rows(
        self,
        rows: Rows,
        options: RestoreOptions = _PLAIN,
        sizes: Sequence[int] | None = None,
        progress: Progress | None = None,
    ) -> tuple[Rows, Restored]:
        """Restore a photo of any kind into its own rows, which are used up; where memory was short, the rows that come
        back are others. `restore` and `restore_file` are this.

        Args:
            sizes: tile sizes to try where memory is short, in this order; None: this restorer's, and smaller ones.
            progress: called with (tiles done, tiles in all), first with 0 done. What it raises cancels.

        Raises:
            EngineError, NodeError, OptionError, TileError, OutOfMemoryError.
        """
        start = perf_counter()
        diagnosis = self._diagnose(rows, options)
        encoded = perf_counter()
        treatment = Treatment(diagnosis.code, diagnosis.light, parts_of(options.strength))
        plan = self.plan_for(rows.width, rows.height)
        done = restore_rows(self.engine, plan, treatment, rows, self.bundle.where, sizes, progress)
        end = perf_counter()
        seconds = {"encode": encoded - start, "restore": end - encoded, "total": end - start}
        return done.rows, Restored(diagnosis, options, done.tile, done.tiles, done.rows.change.psnr, seconds)

    def sizes(self, plan: TilePlan) -> tuple[int, ...]:
        """The tile sizes to try for a photo where memory is short: its plan's and, if they may differ, smaller ones."""
        return tile_sizes(plan.size, plan.halo, plan.alignment, plan.flexible)

    def plan(self, pixels: Pixels) -> TilePlan:
        """The tiles of a photo, uint8 HWC."""
        height, width = pixels.shape[:2]
        return self.plan_for(width, height)

    def plan_for(self, width: int, height: int) -> TilePlan:
        """The tiles of a photo of width x height pixels."""
        tile = self.bundle.spec.tile
        largest = self.tile or tile.preferred
        plan = TilePlan(width, height, largest, tile.halo, tile.overlap, tile.alignment, self.flexible)
        if self.tile is not None or tile.preferred == tile.size:
            return plan
        return replace(plan, size=preferred_size(plan, tile.size, self.engine.memory))

    def cores(self, pixels: Pixels, code: Floats, light: LightCurve | None = None) -> Iterator[tuple[Tile, Answer]]:
        """Each tile of the plan with the network's answer for its core, HWC, not clipped (CONTRACT R2): what the blend
        makes a photo of. `light` as in Diagnosis."""
        plan = self.plan(pixels)
        halo = plan.halo

        def input_of(tile: Tile) -> Pixels:
            found = crop(pixels, tile.x - halo, tile.y - halo, tile.width + 2 * halo, tile.height + 2 * halo)
            return found if light is None else light.applied(found)

        return run_tiles(self.engine, plan, code, self.bundle.where, input_of)

    def _diagnose(self, rows: PhotoRows, options: RestoreOptions) -> Diagnosis:
        return diagnose(self.bundle.spec, self.engine, rows, options)


def _opened(image: Photo, first_frame: bool) -> PhotoFile:
    if isinstance(image, str | os.PathLike):
        return PhotoFile.open(image, first_frame)
    if isinstance(image, Image.Image):
        return PhotoFile.of(image)
    return PhotoFile(check_pixels(image))
