"""A restorer ready to be written in any format: its layers, and, in int8, every integer that a file holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
from torch import Tensor

from amirnet_training.network.phone import PhoneRestorer
from amirnet_training.program.folding import fold
from amirnet_training.quantization.grid import integers

from ..errors import ExportError
from .terms import LOW, Blocks, Grid, Layer, Layers, QuantizedRestorer, QuantParams, Steps, restore

BIAS_HIGH = 2**31 - 1
"""The largest bias that an int32 holds."""
Value = TypeVar("Value")
"""What a format's steps hand on: a tensor's name, its number, a variable."""


class LayerIntegers(NamedTuple):
    """A convolution in int8: a real weight is integer * scale of its output channel, and a bias likewise."""

    weight: np.ndarray[Any, Any]
    """(out, in, kernel, kernel) int8, zero point 0."""
    scales: np.ndarray[Any, Any]
    """(out,) float32."""
    bias: np.ndarray[Any, Any]
    """(out,) int32, zero point 0."""
    bias_scales: np.ndarray[Any, Any]
    """(out,) float32: the input's scale times the weight's."""


@dataclass(frozen=True)
class RestorerProgram:
    """One restorer with all that its program needs, in float or in int8. A format's `Steps` write it step by step."""

    layers: Layers
    """Step -> its convolution, with float weights and biases."""
    grid: Grid | None
    """The int8 grid; None in float."""
    blocks: Blocks
    """How many blocks there are at each scale."""

    @classmethod
    def in_float(cls, restorer: PhoneRestorer) -> RestorerProgram:
        """The float program of a trained restorer."""
        steps = restorer.float_steps()
        return cls(steps.layers, None, steps.blocks)

    @classmethod
    def in_int8(cls, restorer: QuantizedRestorer) -> RestorerProgram:
        """The int8 program of a quantized restorer, whole or folded for a node."""
        return cls(restorer.layers, restorer.grid, restorer.blocks)

    def folded(self, code: Tensor) -> RestorerProgram:
        """The float program for one node, whose stored ``code`` (K,) becomes part of the weights."""
        return RestorerProgram(fold(self.layers, self.blocks, code), None, self.blocks)

    def run(self, steps: Steps[Value], tile: Value, code: Value | None) -> Value:
        """Hands every step to ``steps``, in order, from ``tile`` and ``code`` to the step ``restored``.

        Raises ExportError in int8 when a step or a layer has no place on the grid, or a bias does not fit.
        """
        return restore(steps, tile, code)

    @property
    def code_size(self) -> int | None:
        """Numbers in the code; None for a restorer that was folded for one node and takes no code."""
        return self.layers["scale"].weight.shape[1] if "scale" in self.layers else None

    def params(self, step: str) -> QuantParams | None:
        """A step's scale and zero point; None in float. Raises ExportError when the grid has no such step."""
        if self.grid is None:
            return None
        if step not in self.grid.activations:
            raise ExportError(f"{step}: the int8 grid has no such step: quantize the checkpoint again")
        return self.grid.activations[step]

    def integers(self, step: str, source: QuantParams) -> LayerIntegers:
        """A layer's integers for an input on ``source``. Raises ExportError when a bias does not fit in 32 bits."""
        assert self.grid is not None
        if step not in self.grid.weights:
            raise ExportError(f"{step}: the int8 grid has no such layer: quantize the checkpoint again")
        scales = np.array(self.grid.weights[step], dtype=np.float32)
        bias_scales = np.float32(source.scale) * scales
        bias = np.rint(self.layers[step].bias.double().numpy() / bias_scales.astype(np.float64))
        if not (np.abs(bias) <= BIAS_HIGH).all():
            raise ExportError(f"{step}: a bias is too large for its weight's scale: quantize the checkpoint again")
        weight = integers(self.layers[step], self.grid.weights[step]).numpy()
        return LayerIntegers(weight, scales, bias.astype(np.int32), bias_scales)


def clips_below_zero(params: QuantParams | None) -> bool:
    """Whether the grid itself is the ReLU: its lowest integer stands for 0, so rounding to it clips as ReLU does."""
    return params is not None and params.zero_point == LOW


def real_weight(layer: Layer) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """A float layer's weight (out, in, kernel, kernel) and bias (out,), float32."""
    return layer.weight.detach().numpy().astype(np.float32), layer.bias.detach().numpy().astype(np.float32)
