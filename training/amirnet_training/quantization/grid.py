"""The int8 grid: a scale and a zero point for every step of the program, scales for every layer's weights.

A real value is ``scale * (integer - zero_point)``. Activations are int8 in -128..127, one scale a tensor; weights are
int8 in -127..127 with zero point 0, one scale an output channel. The grid is the one thing that the ONNX, Core ML and
TFLite files of a model must share (DESIGN section 3.6); it is written into the manifest and read back from the files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..errors import CheckpointError
from ..program.folding import constant_of, folds_of
from ..program.layer import Layer, Layers
from ..program.restorer import Blocks

LOW, HIGH = -128, 127
WEIGHT_HIGH = 127
MIN_WEIGHT_SCALE = 1e-6
"""Finer weight scales gain nothing, and a bias in int32 steps of input times weight scale would overflow."""


@dataclass(frozen=True)
class QuantParams:
    """One tensor's place on the grid. ``scale`` is a float32 value, so that every format stores the same bits."""

    scale: float
    """Of one integer, a float32 value above 0."""
    zero_point: int
    """The integer that stands for 0, -128 to 127."""

    def fake(self, value: Tensor) -> Tensor:
        """``value`` rounded to the grid and back (ties to even)."""
        return torch.fake_quantize_per_tensor_affine(value, self.scale, self.zero_point, LOW, HIGH)


MIN_GAIN = 3e-4
"""Gains of a folded channel up to this size count as 0: the channel adds less than half a step to what follows."""
PIXELS = QuantParams(float(np.float32(1 / 255)), LOW)
"""8-bit pixels: integer + 128 is the pixel's value."""
CHANGE = QuantParams(PIXELS.scale, 0)
"""Pixels from -128 to 127: what is added to a photo is rarely more than half of its range."""
FIXED = {"tile": PIXELS, "residual": CHANGE, "restored": PIXELS}
"""Steps that always lie on a grid of pixels: they clip what a photo clips, and what they add is whole levels."""


@dataclass(frozen=True)
class Grid:
    """Scales of all steps and of all layers' weights, by name."""

    activations: dict[str, QuantParams]
    """Step -> where its result lies."""
    weights: dict[str, tuple[float, ...]]
    """Layer -> a scale for each output channel."""

    def to_json(self) -> dict[str, Any]:
        """As the manifest and the checkpoint hold it."""
        steps = {name: {"scale": s.scale, "zero_point": s.zero_point} for name, s in self.activations.items()}
        return {"activations": steps, "weights": {name: list(scales) for name, scales in self.weights.items()}}

    @classmethod
    def from_json(cls, content: Any, origin: str) -> Grid:
        """Reads what `to_json` made. Raises CheckpointError, naming ``origin``."""
        try:
            steps = {n: QuantParams(_scale(s["scale"]), _zero_point(s["zero_point"]))
                     for n, s in content["activations"].items()}  # fmt: skip
            weights = {name: tuple(map(_scale, scales)) for name, scales in content["weights"].items()}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            reason = str(error) if isinstance(error, ValueError) else repr(error)
            raise CheckpointError(f"{origin}: its int8 grid is broken ({reason}): quantize again") from None
        for name, scale in FIXED.items():
            if steps.get(name) != scale:
                raise CheckpointError(f"{origin}: its int8 grid has {name} off the grid of pixels: quantize again")
        return cls(steps, weights)


def _scale(value: object) -> float:
    if not isinstance(value, float) or not np.isfinite(value) or value <= 0 or float(np.float32(value)) != value:
        raise ValueError(f"scale {value!r} is not a float32 above 0")
    return value


def _zero_point(value: object) -> int:
    if type(value) is not int or not LOW <= value <= HIGH:
        raise ValueError(f"zero point {value!r} is not a whole number from {LOW} to {HIGH}")
    return value


def params_for(low: float, high: float) -> QuantParams:
    """The scale that covers ``low``..``high`` and 0, with 0 exactly on the grid."""
    low, high = min(low, 0.0), max(high, 0.0)
    scale = np.float32(max(high - low, 1e-6) / (HIGH - LOW))
    return QuantParams(float(scale), int(np.clip(round(LOW - low / float(scale)), LOW, HIGH)))


def weight_scales(weight: Tensor) -> Tensor:
    """Scales (out,) float32 of a weight (out, in, kernel, kernel): each channel's largest value is 127."""
    return (weight.detach().abs().amax(dim=(1, 2, 3)) / WEIGHT_HIGH).clamp_min(MIN_WEIGHT_SCALE)


def fake_weight(weight: Tensor, scales: Tensor) -> Tensor:
    """``weight`` rounded to its grid and back; gradients pass straight through."""
    zeros = torch.zeros_like(scales, dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(weight, scales, zeros, 0, -WEIGHT_HIGH, WEIGHT_HIGH)


def integers(layer: Layer, scales: tuple[float, ...]) -> Tensor:
    """The weight's integers, int8 of the weight's shape."""
    divided = layer.weight / torch.tensor(scales, dtype=torch.float32).view(-1, 1, 1, 1)
    return divided.round().clamp(-WEIGHT_HIGH, WEIGHT_HIGH).to(torch.int8)


def fold_weights(
    weights: dict[str, tuple[float, ...]], layers: Layers, blocks: Blocks, code: Tensor
) -> dict[str, tuple[float, ...]]:
    """Weight scales of the layers that `folding.fold` made with ``code`` (K,): the integers stay what they were.

    A channel whose gain is next to 0 keeps its scale, and its integers become 0.
    """
    folds, scales = folds_of(blocks), {}
    for name, row in weights.items():
        if name in folds:
            for change in folds[name].changes:
                if change.is_gain:
                    gain = constant_of(layers, change.constant, code).abs()
                    row = tuple(float(np.float32(s * g)) if g > MIN_GAIN else s
                                for s, g in zip(row, gain.tolist(), strict=True))  # fmt: skip
            scales[folds[name].step] = row
    return scales
