"""What restorer and encoder share in being written as TFLite: tensors, convolutions and the file's end."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...model_facts import ModelFacts
from ...program.encoder_program import Array
from ...program.terms import Layer, QuantParams
from .graph import TensorQuantization, TfliteGraph
from .metadata import BLOCK, pack_metadata


class Tensor(NamedTuple):
    """A step's result."""

    number: int
    """Its place among the file's tensors."""
    shape: tuple[int, ...]
    """(N, H, W, C), or (N, K)."""
    step: str
    """The step's name, which is the tensor's."""
    params: QuantParams | None
    """Its scale and zero point on the grid; None in float."""


class TfliteWriter:
    """Writes float or int8 operations; what restorer and encoder share."""

    def __init__(self) -> None:
        self.graph = TfliteGraph()
        """The file so far."""

    def result(self, name: str, shape: tuple[int, ...], params: QuantParams | None = None) -> Tensor:
        """A tensor to compute."""
        if params is None:
            return Tensor(self.graph.tensor(name, shape, np.float32), shape, name, None)
        place = TensorQuantization((params.scale,), params.zero_point)
        return Tensor(self.graph.tensor(name, shape, np.int8, place), shape, name, params)

    def convolve(self, value: Tensor, layer: Layer, weight: int, bias: int, result: Tensor, relu: bool) -> None:
        """One CONV_2D; a PAD goes before it only where TFLite's own padding would lie elsewhere than the layer's."""
        kernel, schema = layer.weight.shape[2], self.graph.schema
        padding = schema.Padding.VALID
        if layer.padding and all(_same(side, kernel, layer) for side in value.shape[1:3]):
            padding = schema.Padding.SAME
        elif layer.padding:
            value = self._padded(value, layer.padding)
        self.graph.operation(
            "CONV_2D", [value.number, weight, bias], result.number, "Conv2DOptions", padding=padding,
            strideW=layer.stride, strideH=layer.stride, dilationWFactor=1, dilationHFactor=1,
            fusedActivationFunction=self.activation(relu),
        )  # fmt: skip

    def activation(self, relu: bool) -> int:
        """The schema's number for ReLU or nothing, fused into an operation."""
        kinds = self.graph.schema.ActivationFunctionType
        return int(kinds.RELU if relu else kinds.NONE)

    def _padded(self, value: Tensor, margin: int) -> Tensor:
        assert value.params is None, "an int8 layer that needs its own PAD"
        sides = np.array([[0, 0], [margin, margin], [margin, margin], [0, 0]], dtype=np.int32)
        shape = (value.shape[0], value.shape[1] + 2 * margin, value.shape[2] + 2 * margin, value.shape[3])
        result = self.result(value.step + "/padded", shape)
        sizes = self.graph.constant(value.step + "/padding", sides)
        self.graph.operation("PAD", [value.number, sizes], result.number, "PadOptions")
        return result

    def pack(self, role: str, inputs: dict[str, Tensor], outputs: dict[str, Tensor], facts: ModelFacts) -> bytes:
        """The whole file, with one signature named ``role``."""
        self.graph.metadata(BLOCK, pack_metadata(facts, list(inputs), list(outputs)))
        for key, text in facts.entries().items():
            self.graph.metadata(key, text.encode())
        first, last = ({name: tensor.number for name, tensor in side.items()} for side in (inputs, outputs))
        return self.graph.pack(role, first, last, f"{facts.name}: {facts.description}")


def ohwi(weight: Array) -> Array:
    """A weight (out, in, kernel, kernel) as TFLite wants it: (out, kernel, kernel, in)."""
    return np.ascontiguousarray(weight.transpose(0, 2, 3, 1))


def shape_after(shape: tuple[int, ...], layer: Layer) -> tuple[int, ...]:
    """The NHWC shape of a convolution's result."""
    outer, _, kernel, _ = layer.weight.shape
    height, width = ((side + 2 * layer.padding - kernel) // layer.stride + 1 for side in shape[1:3])
    return (shape[0], height, width, outer)


def _same(side: int, kernel: int, layer: Layer) -> bool:
    """Whether SAME padding, which puts the odd row at the end, is the layer's padding on both ends of a side."""
    out = -(-side // layer.stride)
    total = max((out - 1) * layer.stride + kernel - side, 0)
    return total == 2 * layer.padding and out == (side + 2 * layer.padding - kernel) // layer.stride + 1
