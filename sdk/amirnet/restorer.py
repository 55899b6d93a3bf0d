"""The whole job: a photo in, its diagnosis and its restored pixels out (CONTRACT R1-R5)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TypeAlias

import numpy as np
from PIL import Image

from amirnet.arrays import Doubles, Floats, Pixels
from amirnet.blender import Band
from amirnet.bundle import Bundle
from amirnet.change import LEFT_ALONE
from amirnet.degradation_tree import Walk
from amirnet.engine import Engine, OnnxEngine, make_engine
from amirnet.errors import EngineError, TileError
from amirnet.file_restorer import restore_file
from amirnet.image_io import check_pixels
from amirnet.padding import crop
from amirnet.photo_file import PhotoFile
from amirnet.probe_plan import ProbePlan, average
from amirnet.tile_plan import Tile, TilePlan, check_sizes
from amirnet.tile_runner import Progress as Progress  # callers may take it from here
from amirnet.tile_runner import blended, first_that_fits, run_tiles, tile_sizes

Photo: TypeAlias = str | os.PathLike[str] | Image.Image | Pixels
"""A path, a Pillow image, or uint8 RGB of shape (height, width, 3)."""


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """What is wrong with a photo: the chosen node, the way to it with each step's probability (the root's is 1), their
    product, the restorer's code (float32, K), and the averaged mask (float64, K)."""

    node: int
    path: tuple[int, ...]
    confidences: tuple[float, ...]
    confidence: float
    code: Floats
    mask: Doubles


@dataclass(frozen=True, eq=False)
class RestoreResult:
    """A restored photo: `image` is uint8 RGB of the photo's upright size. The tree's answer is as in Diagnosis.

    `change_psnr`: PSNR in dB of `image` against the photo, at most 100, where nothing changed (CONTRACT R5).
    `seconds` holds "decode" (only when a path was given), "encode", "restore" and "total". `photo` is what was given,
    with all that its file said, and `warnings` what was lost in reading it, one line each.
    """

    image: Pixels
    node: int
    path: tuple[int, ...]
    confidences: tuple[float, ...]
    confidence: float
    code: Floats
    tiles: int
    change_psnr: float
    seconds: dict[str, float]
    photo: PhotoFile

    @property
    def left_alone(self) -> bool:
        """Whether there was nothing to mend: the photo is as good as unchanged."""
        return self.change_psnr >= LEFT_ALONE

    @property
    def warnings(self) -> tuple[str, ...]:
        return self.photo.warnings

    def save(
        self,
        path: str | os.PathLike[str],
        quality: int | None = None,
        strip_gps: bool = False,
        overwrite: bool = False,
    ) -> tuple[str, ...]:
        """Write the photo in the format its suffix names, whole or not at all, with what its file said beside pixels.

        The options are as in PhotoFile.save. Returns a line for each thing that was lost. Raises OutputError.
        """
        return self.photo.save(self.image, path, quality, strip_gps, overwrite)


class Restorer:
    """Restores photos with one bundle. `tile` replaces the bundle's tile size (pixels, with halo): smaller, less
    memory.

    An engine that takes tiles of one size only has its way (CONTRACT L1). Raises TileError for a tile that the model
    cannot take; any legal tile gives the same photo within float error. Where memory does not suffice for a tile, the
    next smaller size is tried, for the whole photo (CONTRACT S6).
    """

    def __init__(self, bundle: Bundle, engine: Engine | None = None, tile: int | None = None) -> None:
        geometry = bundle.manifest.tile
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
        bundle = Bundle.open(name_or_path)
        return cls(bundle, make_engine(bundle, engine, precision), tile)

    def examine(self, image: Photo) -> Diagnosis:
        """Where the photo belongs in the tree, without restoring it. Raises ImageError, EngineError."""
        return self._diagnose(_opened(image, first_frame=True).pixels)

    def restore(
        self, image: Photo, progress: Progress | None = None, node: int | None = None, first_frame: bool = False
    ) -> RestoreResult:
        """Restore one photo. `node` forces a node of the tree, its stored code and every confidence 1 (CONTRACT R3).
        A file of several pictures is refused unless `first_frame` says that the first one will do.

        Raises ImageError, EngineError, NodeError, TileError (a NaN from the model).
        """
        start = perf_counter()
        photo = _opened(image, first_frame)
        pixels = photo.pixels
        decoded = perf_counter()
        diagnosis = self._diagnose(pixels, node)
        encoded = perf_counter()
        plan = self.plan(pixels)

        def attempt(size: int) -> tuple[Pixels, int]:
            smaller, result = replace(plan, size=size), np.empty_like(pixels)
            for band in blended(smaller, self._cores(smaller, pixels, diagnosis.code), progress):
                result[band.top : band.top + len(band.pixels)] = band.pixels
            return result, len(smaller)

        restored, tiles = first_that_fits(self.sizes(plan), attempt)
        end = perf_counter()
        seconds = {"encode": encoded - decoded, "restore": end - encoded, "total": end - start}
        if isinstance(image, str | os.PathLike):
            seconds = {"decode": decoded - start, **seconds}
        return RestoreResult(
            image=restored,
            node=diagnosis.node,
            path=diagnosis.path,
            confidences=diagnosis.confidences,
            confidence=diagnosis.confidence,
            code=diagnosis.code,
            tiles=tiles,
            change_psnr=photo.change(restored).psnr,
            seconds=seconds,
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
        tile = self.bundle.manifest.tile
        return TilePlan(width, height, self.tile, tile.halo, tile.overlap, tile.alignment, self.flexible)

    def cores(self, pixels: Pixels, code: Floats) -> Iterator[tuple[Tile, Floats]]:
        """Each tile of the plan with the network's answer for its core, float32 HWC, not clipped (CONTRACT R2)."""
        return self._cores(self.plan(pixels), pixels, code)

    def _cores(self, plan: TilePlan, pixels: Pixels, code: Floats) -> Iterator[tuple[Tile, Floats]]:
        halo = plan.halo

        def input_of(tile: Tile) -> Pixels:
            return crop(pixels, tile.x - halo, tile.y - halo, tile.width + 2 * halo, tile.height + 2 * halo)

        return run_tiles(self.engine, plan, code, self.bundle.where, input_of)

    def bands(self, pixels: Pixels, code: Floats, progress: Progress | None = None) -> Iterator[Band]:
        """The restored photo as row bands, each given out as soon as no later tile touches it (CONTRACT M5).

        pixels: uint8 HWC; code: float32 of shape (K,). Memory beside the photo itself: its width times one core's
        height. Nothing is tried again where memory runs out.
        """
        return blended(self.plan(pixels), self.cores(pixels, code), progress)

    def diagnose(
        self, width: int, height: int, read: Callable[[int, int], Pixels], node: int | None = None
    ) -> Diagnosis:
        """The diagnosis of a photo that is read by rows: read(top, bottom) gives them as uint8 HWC. `node` as in
        `restore`. Raises EngineError, NodeError."""
        if node is not None:
            return self._forced(node)
        probe = self.bundle.manifest.probe
        probes = ProbePlan(width, height, probe.size, probe.grid).gather_rows(read)
        mask, soft = average(*self.engine.encode(probes), probe.trim)
        if not (np.isfinite(mask).all() and np.isfinite(soft).all()):
            raise EngineError(f"{self.bundle.where}: the encoder returned NaN or infinity; export the bundle again")
        walk = self.bundle.tree.walk(mask)
        return _diagnosis(walk, self.bundle.tree.code_for(walk.node, soft), mask)

    def _diagnose(self, pixels: Pixels, node: int | None = None) -> Diagnosis:
        height, width = pixels.shape[:2]
        return self.diagnose(width, height, lambda top, bottom: pixels[top:bottom], node)

    def _forced(self, node: int) -> Diagnosis:
        tree = self.bundle.tree
        path = tree.path_to(node)
        return _diagnosis(Walk(path, (1.0,) * len(path)), tree.code_for(node), np.zeros(tree.size))


def _diagnosis(walk: Walk, code: Floats, mask: Doubles) -> Diagnosis:
    return Diagnosis(walk.node, walk.path, walk.confidences, walk.confidence, code, mask)


def _opened(image: Photo, first_frame: bool) -> PhotoFile:
    if isinstance(image, str | os.PathLike):
        return PhotoFile.open(image, first_frame)
    if isinstance(image, Image.Image):
        return PhotoFile.of(image)
    return PhotoFile(check_pixels(image))
