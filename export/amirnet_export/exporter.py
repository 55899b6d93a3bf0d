"""From checkpoint to bundle: graphs, geometry and tree into one sealed folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from amirnet_training.checkpoint import TrainedModel, load_model, weights_identity
from amirnet_training.network.cost import encoder_macs, parameters, restorer_macs_per_megapixel
from amirnet_training.network.receptive_field import measure

from .bundle_writer import check_target, write_bundle
from .errors import ExportError
from .onnx import encoder_onnx, restorer_onnx

SCHEMA = "1.0"
CORE = 256
"""Side of a tile without its halo, in pixels: with the mobile preset's halo a tile is then 344 pixels."""
OVERLAP = 16
"""Pixels over which neighbouring cores are blended."""
PROBE_GRID = 4
"""Probes along a side of the photo at most."""
LICENSE = "Weights: research and non-commercial use, as the training images ask (see the model card). Code: Apache-2.0."


def export_bundle(checkpoint: Path, target: Path, *, overwrite: bool = False) -> dict[str, Any]:
    """Writes the bundle of a checkpoint and returns its manifest (without "files").

    Raises:
        CheckpointError: the checkpoint is missing, broken or not finite.
        ExportError: no tree, a preset that cannot be tiled, a target in the way, or graphs that differ from torch.
        OutputError: the target cannot be written.
    """
    check_target(target, overwrite=overwrite)
    model = load_model(checkpoint)
    manifest = make_manifest(model, checkpoint)
    identity = {"amirnet.identity": manifest["identity"], "amirnet.name": manifest["name"], "amirnet.license": LICENSE}
    files = {
        "encoder.onnx": encoder_onnx(model.network, model.config.data.patch, identity),
        "restorer.onnx": restorer_onnx(model.network, identity),
    }
    write_bundle(target, manifest, files)
    return manifest


def make_manifest(model: TrainedModel, checkpoint: Path) -> dict[str, Any]:
    """The manifest as CONTRACT clause B4 lays it out, without its "files"."""
    if model.tree is None:
        raise ExportError(f"{checkpoint}: holds no tree: train to the end, then export model.safetensors")
    if model.config.network.preset == "paper":
        raise ExportError(f"{checkpoint}: preset 'paper' pools over the image, it cannot be tiled: use a phone preset")
    network = model.network
    alignment = int(network.restorer.alignment)  # type: ignore[arg-type]
    radius = measure(network)
    halo = -(-radius // alignment) * alignment
    return {
        "schema": SCHEMA,
        "name": model.config.name,
        "description": f"AMIRNet preset {model.config.network.preset}, trained {model.facts['steps']} steps",
        "license": LICENSE,
        "identity": weights_identity(network),
        "geometry": {
            "probe": {"size": model.config.data.patch, "grid": PROBE_GRID},
            "tile": {"size": CORE + 2 * halo, "halo": halo, "overlap": OVERLAP, "alignment": alignment,
                     "radius": radius, "flexible": True},
        },
        "tree": model.tree,
        "models": {
            "encoder": {"onnx": {"float32": "encoder.onnx"}},
            "restorer": {"onnx": {"float32": "restorer.onnx"}},
        },
        "metrics": {
            "parameters": parameters(network),
            "restorer_gmac_per_megapixel": round(restorer_macs_per_megapixel(network) / 1e9, 2),
            "encoder_gmac_per_probe": round(encoder_macs(network, model.config.data.patch) / 1e9, 4),
            "training_steps": model.facts["steps"],
        },
    }  # fmt: skip
