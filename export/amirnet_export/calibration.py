"""The quick path to int8: a grid from the ranges that training photos give, without training for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from amirnet_training.checkpoint import TrainedModel
from amirnet_training.config import with_root
from amirnet_training.data.items import Items
from amirnet_training.quantization.samples import RuntimeCodes, calibration_samples, load_start, with_context
from amirnet_training.quantization.search import calibrate_by_result

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
    config = with_context(with_root(model.config, data))
    items = Items(config.data, config.data.items, config.train.seed)
    batches = calibration_samples(RuntimeCodes(model.network, tree, model.config.data.patch), items, config)
    facts = {**model.facts, "quantization": {"steps": 0, "batches": config.quantize.batches}}
    return replace(model, quantised=calibrate_by_result(restorer, batches, tree["grid"]), facts=facts)
