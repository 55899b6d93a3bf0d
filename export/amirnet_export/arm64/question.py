"""What is asked of both processors: a bundle for small tiles, and one tile a node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from amirnet.arrays import Floats, Pixels
from amirnet.degradation_tree import DegradationTree
from amirnet.image_io import load
from amirnet.padding import crop, to_tensor
from amirnet_training.data.images import list_images
from amirnet_training.quantization.calibrate import calibrate
from amirnet_training.quantization.fixed_steps import QuantisedRestorer
from amirnet_training.quantization.samples import load_start, tree_of

from ..bundle_writer import write_bundle
from ..errors import ExportError
from ..exporter import make_manifest
from ..formats import model_files
from ..model_facts import ModelFacts
from ..step_values import onnx_with_steps
from .answers import BUNDLE, INPUTS, STEPS

TILE = 64
"""Side in pixels of a tile that an emulator restores in half a second."""


@dataclass(frozen=True)
class Question:
    """A folder with what `answers.answers` takes, and what it was made from."""

    folder: Path
    tree: DegradationTree
    nodes: tuple[int, ...]
    """The node of each tile."""
    tile: int
    """Side of a tile in pixels."""
    quantised: QuantisedRestorer
    trained: bool
    """The int8 grid comes from the checkpoint. Otherwise it was only calibrated, on the tiles themselves."""


def prepare(checkpoint: Path, photos: Path, folder: Path, size: int) -> Question:
    """Writes the models anew for small tiles, the same weights on the same grid, and picks a tile for every node.

    Args:
        checkpoint: a finished model of a phone preset, or its run folder.
        photos: a folder of photos: every node gets a tile of one of them, and the encoder a probe of each.
        folder: an empty folder to write to.
        size: side of a tile in pixels.

    Raises:
        CheckpointError: the checkpoint is missing, broken, has no tree or a preset without an int8 form.
        ExportError: a tile size that the model cannot take, or a graph that cannot be written.
        DataError, ImageError: no photos, or one that cannot be read.
    """
    model, restorer, described = load_start(checkpoint)
    manifest = make_manifest(model, checkpoint)
    geometry, probe = manifest["geometry"]["tile"], int(manifest["geometry"]["probe"]["size"])
    alignment = geometry["alignment"]
    if size < alignment or size % alignment:
        raise ExportError(f"tile of {size} pixels: the model takes multiples of {alignment}: choose one")
    tree = tree_of(described)
    nodes = tuple(node.id for node in tree.nodes)
    pictures = [load(path) for path in list_images(photos)]
    tiles = np.stack(list(_tiles(pictures, len(nodes), size)))
    codes = np.stack([tree.code_for(node) for node in nodes])[:, :, None, None]
    probes = np.stack([_middle(picture, probe) for picture in pictures])
    quantised = model.quantised
    if quantised is None:
        quantised = calibrate(restorer, [(torch.from_numpy(tiles), torch.from_numpy(codes))], tree.grid)
    facts = ModelFacts(manifest["name"], manifest["description"], manifest["license"], manifest["identity"])
    made = model_files(model.network, quantised, probe, size, facts)
    # No photo is put together from these tiles, so they need no halo.
    geometry |= {"size": size, "halo": 0, "radius": 0, "overlap": 0}
    write_bundle(folder / BUNDLE, {**manifest, "models": made.models}, made.files)
    (folder / STEPS).write_bytes(onnx_with_steps(made.files[made.models["restorer"]["onnx"]["int8"]]))
    np.savez(folder / INPUTS, tiles=tiles, codes=codes, probes=probes)
    return Question(folder, tree, nodes, size, quantised, model.quantised is not None)


def _tiles(pictures: list[Pixels], count: int, size: int) -> Iterator[Floats]:
    """(3, size, size) in [0, 1], photo after photo, each from a place of its own."""
    rng = np.random.default_rng(0)
    for number in range(count):
        picture = pictures[number % len(pictures)]
        height, width = picture.shape[:2]
        top, left = (int(rng.integers(0, max(side - size, 0) + 1)) for side in (height, width))
        yield to_tensor(crop(picture, left, top, size, size))


def _middle(picture: Pixels, size: int) -> Floats:
    """(3, size, size) in [0, 1]."""
    height, width = picture.shape[:2]
    return to_tensor(crop(picture, max(width - size, 0) // 2, max(height - size, 0) // 2, size, size))
