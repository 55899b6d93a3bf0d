"""The whole job: a photo in, its diagnosis and its restored pixels out (CONTRACT R1-R7)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter
from typing import Any, TypeAlias

import numpy as np
from PIL import Image

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.engines.onnx import OnnxEngine
from amirnet.engines.registry import make_engine
from amirnet.errors import TileError
from amirnet.file_restorer import restore_file
from amirnet.photo.image_io import check_pixels
from amirnet.photo.photo_file import PhotoFile
from amirnet.restore_result import RestoreResult as RestoreResult
from amirnet.runtime.arrays import Floats, Pixels
from amirnet.runtime.blender import Band
from amirnet.runtime.diagnosis import Diagnosis as Diagnosis
from amirnet.runtime.diagnosis import check_options, diagnose
from amirnet.runtime.engine import Engine
from amirnet.runtime.light_curve import LightCurve
from amirnet.runtime.padding import crop
from amirnet.runtime.restore_options import RestoreOptions
from amirnet.runtime.strength import mixed, parts_of
from amirnet.runtime.tile_plan import Tile, TilePlan, check_sizes, tile_sizes
from amirnet.runtime.tile_runner import Progress as Progress  # callers may take it from here
from amirnet.runtime.tile_runner import blended, first_that_fits, run_tiles

Photo: TypeAlias = str | os.PathLike[str] | Image.Image | Pixels
"""A path, a Pillow image, or uint8 RGB of shape (height, width, 3)."""

_PLAIN = RestoreOptions()


class Restorer:
    """Restores photos with one bundle. `tile` replaces the bundle's tile size (pixels, with halo): smaller, less
    memory.

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
        self.tile = tile or only or geometry.size

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

    def examine(self, image: Photo, options: RestoreOptions = _PLAIN, **changes: Any) -> Diagnosis:
        """Where the photo belongs in the tree, and how bright it would be made, without restoring it. `options` and
        `changes` as in `restore`. Raises ImageError, EngineError, NodeError, OptionError."""
        return self._diagnose(_opened(image, first_frame=True).pixels, options.but(**changes))

    def restore(
        self, image: Photo, options: RestoreOptions = _PLAIN, progress: Progress | None = None, **changes: Any
    ) -> RestoreResult:
        """Restore one photo. `changes` are fields of RestoreOptions, for short: restore(photo, light="keep").

        Raises ImageError, EngineError, NodeError, OptionError, TileError (a NaN from the model).
        """
        start, options = perf_counter(), options.but(**changes)
        photo = _opened(image, options.first_frame)
        pixels, parts = photo.pixels, parts_of(options.strength)
        decoded = perf_counter()
        diagnosis = self._diagnose(pixels, options)
        encoded = perf_counter()
        plan = self.plan(pixels)

        def attempt(size: int) -> tuple[Pixels, int]:
            smaller, result = replace(plan, size=size), np.empty_like(pixels)
            for band in blended(smaller, self._cores(smaller, pixels, diagnosis.code, diagnosis.light), progress):
                rows = slice(band.top, band.top + len(band.pixels))
                result[rows] = mixed(pixels[rows], band.pixels, parts)
            return result, len(smaller)

        restored, tiles = first_that_fits(self.sizes(plan), attempt)
        end = perf_counter()
        seconds = {"encode": encoded - decoded, "restore": end - encoded, "total": end - start}
        if isinstance(image, str | os.PathLike):
            seconds = {"decode": decoded - start, **seconds}
        return RestoreResult(
            diagnosis=diagnosis,
            options=options,
            tiles=tiles,
            change_psnr=photo.change(restored).psnr,
            seconds=seconds,
            image=restored,
            photo=photo,
        )

    restore_file = restore_file  # as a method: restorer.restore_file(photo, output)

    def sizes(self, plan: TilePlan) -> tuple[int, ...]:
        """The tile sizes to try for a photo where memory is short: its plan's and, if they may differ, smaller ones."""
        return tile_sizes(plan.size, plan.halo, plan.alignment, plan.flexible)

    def plan(self, pixels: Pixels) -> TilePlan:
        """The tiles of a photo, uint8 HWC, under this restorer's tile size."""
        height, width = pixels.shape[:2]
        return self.plan_for(width, height)

    def plan_for(self, width: int, height: int) -> TilePlan:
        """The same of a photo's size."""
        tile = self.bundle.spec.tile
        return TilePlan(width, height, self.tile, tile.halo, tile.overlap, tile.alignment, self.flexible)

    def cores(self, pixels: Pixels, code: Floats, light: LightCurve | None = None) -> Iterator[tuple[Tile, Floats]]:
        """Each tile of the plan with the network's answer for its core, float32 HWC, not clipped (CONTRACT R2).
        `light` as in Diagnosis."""
        return self._cores(self.plan(pixels), pixels, code, light)

    def _cores(
        self, plan: TilePlan, pixels: Pixels, code: Floats, light: LightCurve | None
    ) -> Iterator[tuple[Tile, Floats]]:
        halo = plan.halo

        def input_of(tile: Tile) -> Pixels:
            found = crop(pixels, tile.x - halo, tile.y - halo, tile.width + 2 * halo, tile.height + 2 * halo)
            return found if light is None else light.applied(found)

        return run_tiles(self.engine, plan, code, self.bundle.where, input_of)

    def bands(
        self, pixels: Pixels, code: Floats, progress: Progress | None = None, light: LightCurve | None = None
    ) -> Iterator[Band]:
        """The restored photo as row bands, each given out as soon as no later tile touches it (CONTRACT M5).

        pixels: uint8 HWC; code: float32 of shape (K,); `light` as in Diagnosis. Memory beside the photo itself: its
        width times one core's height. Nothing is tried again where memory runs out.
        """
        return blended(self.plan(pixels), self.cores(pixels, code, light), progress)

    def _diagnose(self, pixels: Pixels, options: RestoreOptions) -> Diagnosis:
        height, width = pixels.shape[:2]
        return diagnose(self.bundle.spec, self.engine, width, height, lambda top, bottom: pixels[top:bottom], options)


def _opened(image: Photo, first_frame: bool) -> PhotoFile:
    if isinstance(image, str | os.PathLike):
        return PhotoFile.open(image, first_frame)
    if isinstance(image, Image.Image):
        return PhotoFile.of(image)
    return PhotoFile(check_pixels(image))
