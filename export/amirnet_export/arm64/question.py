"""What is asked of both processors: a bundle for small tiles, and one tile a node."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from amirnet.runtime.degradation_tree import DegradationTree
from amirnet.runtime.padding import to_tensor
from amirnet_training.quantization.calibrate import calibrate
from amirnet_training.quantization.samples import load_start, tree_of

from ..bundle_writer import write_bundle
from ..errors import ExportError
from ..exporter import make_manifest
from ..formats import model_files
from ..model_facts import ModelFacts
from ..parity.samples import middle_tile, sample_photos
from .answers import BUNDLE, INPUTS

TILE = 48
"""Side in pixels of a tile that an emulator restores in a few tenths of a second."""


@dataclass(frozen=True)
class Question:
    """A folder with what `answers.answers` takes, and what it was made from."""

    folder: Path
    tree: DegradationTree
    nodes: tuple[int, ...]
    """The node of each tile."""
    trained: bool
    """The int8 grid comes from the checkpoint. Otherwise it was calibrated on the tiles themselves."""


def prepare(checkpoint: Path, folder: Path, size: int = TILE) -> Question:
    """Writes the models anew for small tiles, the same weights on the same grid, and picks a tile for every node.

    The tile is the middle of the sample photo of `amirnet parity` that is most like the node's own; the encoder gets
    the middle of each of those photos.

    Args:
        checkpoint: a finished model of a phone preset, or its run folder.
        folder: an empty folder to write to.
        size: side of a tile in pixels.

    Raises:
        CheckpointError: the checkpoint is missing, broken, has no tree or a preset without an int8 form.
        ExportError: a tile size that the model cannot take, or a graph that cannot be written.
    """
    model, restorer, described = load_start(checkpoint)
    manifest = make_manifest(model)
    geometry, probe = manifest["geometry"]["tile"], model.config.data.probe_side
    if size < geometry["alignment"] or size % geometry["alignment"]:
        raise ExportError(f"tile of {size} pixels: choose a multiple of {geometry['alignment']}, which the model takes")
    tree = tree_of(described)
    photos = [photo.pixels for photo in sample_photos()]
    probes = np.stack([middle_tile(photo, probe) for photo in photos])
    with torch.no_grad():
        mask = model.network.place(torch.from_numpy(to_tensor(probes))).mask.numpy()
    tiles = np.stack([middle_tile(photos[int(mask[:, node.entry].argmax())], size) for node in tree.nodes])
    codes = np.stack([tree.code_for(node.id) for node in tree.nodes])
    quantised = model.quantised
    if quantised is None:
        samples = torch.from_numpy(to_tensor(tiles)), torch.from_numpy(codes)[:, :, None, None]
        quantised = calibrate(restorer, [samples], tree.code_steps)
    facts = ModelFacts(manifest["name"], manifest["description"], manifest["license"], manifest["identity"])
    made = model_files(model.network, quantised, probe, size, facts)
    # No photo is put together from these tiles, so they need no halo.
    geometry |= {"size": size, "halo": 0, "radius": 0, "overlap": 0}
    write_bundle(folder / BUNDLE, {**manifest, "models": made.models, "quantization": made.quantization}, made.files)
    np.savez(folder / INPUTS, tiles=tiles, codes=codes, probes=probes)
    return Question(folder, tree, tuple(node.id for node in tree.nodes), model.quantised is not None)
