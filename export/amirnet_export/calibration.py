"""The quick path to int8: a grid from the ranges that training photos give, without training for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from amirnet_training.checkpoint import TrainedModel
from amirnet_training.quantization.samples import Setting, calibration_samples, load_start
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
    config, items, codes = Setting.of(model, tree, data)
    facts = {**model.facts, "quantization": {"steps": 0, "batches": config.quantize.batches}}
    quantized = calibrate_by_result(restorer, calibration_samples(codes, items, config), tree["grid"])
    return replace(model, quantised=quantized, facts=facts)
