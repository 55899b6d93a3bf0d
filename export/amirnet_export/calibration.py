"""The quick path to int8: a grid from the ranges that training photos give, without training for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from amirnet_training.checkpoint import TrainedModel
from amirnet_training.config import with_root
from amirnet_training.data.items import Items
from amirnet_training.quantization.calibrate import calibrate
from amirnet_training.quantization.samples import RuntimeCodes, calibration_batches, load_start

from .errors import ExportError


def calibrated(model: TrainedModel, checkpoint: Path, data: Path) -> TrainedModel:
    """The model with an int8 restorer from calibration alone.

    Args:
        checkpoint: where the model came from.
        data: folder of the image sets that its configuration names.

    Raises:
        ExportError: it was trained for 8 bits already.
        DataError: an image set is missing or unusable.
    """
    if model.quantised is not None:
        raise ExportError(f"{checkpoint}: was trained for 8 bits, which is better: leave --calibrate out")
    model, restorer, tree = load_start(checkpoint)
    config = with_root(model.config, data)
    items = Items(config.data, config.data.items, config.train.seed)
    batches = calibration_batches(RuntimeCodes(model.network, tree), items, config)
    facts = {**model.facts, "quantization": {"steps": 0, "batches": config.quantize.batches}}
    return replace(model, quantised=calibrate(restorer, batches, tree["grid"]), facts=facts)
