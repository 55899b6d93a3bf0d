"""From checkpoint to bundle: models in every format, geometry and tree, proven to agree, in one sealed folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.errors import TileError
from amirnet.runtime.tile_plan import check_sizes
from amirnet_training import progress as bars
from amirnet_training.checkpoint import TrainedModel, load_model, model_identity
from amirnet_training.network import AMIRNet
from amirnet_training.network.cost import encoder_macs, parameters, restorer_macs_per_megapixel
from amirnet_training.network.receptive_field import measure

from .bundle_writer import check_target, seal, write_sealed
from .calibration import calibrated
from .errors import ExportError
from .folding import Fold, fold_tree
from .formats.file_checks import check_grids, check_metadata
from .formats.model_files import model_files
from .memory_files import memory_bundle
from .model_facts import ModelFacts
from .parity.bisect import bisect_report, render_bisection
from .parity.check import check, units
from .parity.report import ParityReport
from .parity.samples import SamplePhoto, sample_photos
from .torch_check import check_with_torch

SCHEMA = "1.2"
"""The manifest's (CONTRACT V1)."""
CORE = 304
"""Side of a fixed-shape model's tile without its halo, in pixels: the largest with which LiteRT stays within 300 MB for
12 megapixels, also in float (docs/MEMORY.md)."""
LARGE = 488
"""The same of the tile that flexible graphs are run with where there is room: there the time a megapixel is least."""
OVERLAP = 16
"""Pixels over which neighbouring cores are blended."""
PROBE_GRID = 4
"""Probes along a side of the photo at most."""
TRIM = 4
"""A quarter of the probes is left out at either end when a code is averaged."""
LICENSE = "Weights: research and non-commercial use, as the training images ask (see the model card). Code: Apache-2.0."
"""What every bundle, and every file in it, says of itself."""
PARITY = "parity.json"
"""The parity report's place in a bundle."""


def export_bundle(
    checkpoint: Path,
    target: Path,
    *,
    overwrite: bool = False,
    fold: Fold = "none",
    calibrate: Path | None = None,
    tile: int | None = None,
    tell: Callable[[ParityReport], Any] = lambda report: None,
) -> dict[str, Any]:
    """Writes the bundle of a checkpoint and returns its manifest (without "files").

    Args:
        checkpoint: a model.safetensors or its run folder. If it was trained for 8 bits, the bundle has int8 models.
        target: a folder, or a name that ends with .zip.
        overwrite: replace the bundle that is there.
        fold: which nodes get restorers of their own.
        calibrate: folder of the training image sets: quantize a float checkpoint by calibration alone, the quick path.
        tile: side in pixels, with halo, of the tiles of the formats whose shapes are fixed; None: a core of CORE.
        tell: gets the parity report, also when it refuses the bundle.

    Raises:
        CheckpointError: the checkpoint is missing, broken or not finite.
        ExportError: no tree, a preset that cannot be tiled, a target in the way, an extra that is missing, a graph that
            differs from torch, a file on another grid, or engines that do not agree.
        OutputError: the target cannot be written.
    """
    check_target(target, overwrite=overwrite)
    model = load_model(checkpoint)
    check_exportable(model, checkpoint)
    if calibrate is not None:
        model = calibrated(model, checkpoint, calibrate)
    tree, folded = fold_tree(model.tree or {}, fold)
    manifest = make_manifest(replace(model, tree=tree), tile)
    geometry = manifest["geometry"]["tile"]
    facts = ModelFacts(manifest["name"], manifest["description"], LICENSE, manifest["identity"])
    made = model_files(model.network, model.quantized, model.config.data.probe_side, geometry["size"], facts, folded)
    check_metadata(made, facts)
    check_grids(made)
    manifest |= {"models": made.models, "quantization": made.quantization}
    bundle, photos = memory_bundle(manifest["name"], seal(manifest, made.files)), sample_photos()
    check_with_torch(bundle, model.network, folded)
    report = prove(bundle, photos)
    tell(report)
    if not report.passed:
        parted = [row for row in bisect_report(bundle, report, photos) if row.step]
        where = render_bisection(parted)[0] if parted else "no step parts by itself"
        raise ExportError(f"{checkpoint}: its models do not agree ({report.failures[0]}; {where}): not exported")
    files = {**made.files, PARITY: (json.dumps(report.to_json(), indent=1) + "\n").encode()}
    write_sealed(target, seal(manifest, files))
    return manifest


def prove(bundle: ModelBundle, photos: Sequence[SamplePhoto]) -> ParityReport:
    """Runs the models on the photos in the first engine of every format, before anything is written."""
    with bars.task("comparing engines", units(bundle, photos)) as advance:
        return check(bundle, photos, advance=advance)


def check_exportable(model: TrainedModel, checkpoint: Path) -> None:
    """Raises ExportError for a model that cannot become a bundle."""
    if model.tree is None:
        raise ExportError(f"{checkpoint}: holds no tree: train to the end, then export model.safetensors")
    if model.config.network.preset == "paper":
        raise ExportError(f"{checkpoint}: preset 'paper' pools over the image, it cannot be tiled: use a phone preset")


def light_of(network: AMIRNet) -> dict[str, Any]:
    """The manifest's `light` (CONTRACT B4, E): the layers of the network's light head; nothing without one."""
    if network.light is None:
        return {}
    layers = {"hidden": network.light.hidden, "output": network.light.output}
    return {"light": {name: {"weights": layer.weight.detach().tolist(), "bias": layer.bias.detach().tolist()}
                      for name, layer in layers.items()}}  # fmt: skip


def make_manifest(model: TrainedModel, tile: int | None = None) -> dict[str, Any]:
    """The manifest as CONTRACT clause B4 lays it out, without "models", "quantization" and "files".

    Raises ExportError for a tile that the model cannot take.
    """
    network = model.network
    alignment = int(network.restorer.alignment)  # type: ignore[arg-type]
    radius = measure(network)
    halo = -(-radius // alignment) * alignment
    size = CORE + 2 * halo if tile is None else tile
    try:
        check_sizes(size, halo, OVERLAP, alignment)
    except TileError as error:
        raise ExportError(str(error)) from error
    steps = f"trained {model.facts['steps']} steps"
    if "quantization" in model.facts:
        more = model.facts["quantization"]["steps"]
        steps += f", for 8 bits {more} more" if more else ", calibrated for 8 bits"
    return {
        "schema": SCHEMA,
        "name": model.config.name,
        "description": f"AMIRNet preset {model.config.network.preset}, {steps}",
        "license": LICENSE,
        "identity": model_identity(network, model.quantized),
        "geometry": {
            "probe": {"size": model.config.data.probe_side, "grid": PROBE_GRID, "trim": TRIM},
            "tile": {"size": size, "halo": halo, "overlap": OVERLAP, "alignment": alignment, "radius": radius,
                     "flexible": True, "preferred": max(size, LARGE + 2 * halo)},
        },
        "tree": model.tree,
        **light_of(network),
        "metrics": {
            "parameters": parameters(network),
            "restorer_gmac_per_megapixel": round(restorer_macs_per_megapixel(network) / 1e9, 2),
            "encoder_gmac_per_probe": round(encoder_macs(network, model.config.data.probe_side) / 1e9, 4),
            "training_steps": model.facts["steps"],
        },
    }  # fmt: skip
