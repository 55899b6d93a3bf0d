"""Restorer and encoder as TFLite: NHWC, a fixed tile size, and in int8 nothing but integers from input to output."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from amirnet_training.network import AMIRNet
from amirnet_training.program.layer import Layer
from amirnet_training.program.restorer import restore
from amirnet_training.quantization.grid import Grid, QuantParams

from .encoder_program import Array, encode
from .found_grid import FoundGrid
from .model_facts import ModelFacts
from .restorer_program import RestorerProgram, real_weight
from .tflite_graph import Quantisation, TfliteFile, TfliteGraph
from .tflite_metadata import BLOCK, pack_metadata

UPSAMPLED = "/upsampled"


class Tensor(NamedTuple):
    """A step's result: its number in the file, its NHWC shape (or (N, K)), its name, and in int8 its grid."""

    number: int
    shape: tuple[int, ...]
    step: str
    scale: QuantParams | None


class TfliteWriter:
    """Writes float or int8 operations; what restorer and encoder share."""

    def __init__(self) -> None:
        self.graph = TfliteGraph()

    def result(self, name: str, shape: tuple[int, ...], scale: QuantParams | None = None) -> Tensor:
        """A tensor to compute."""
        if scale is None:
            return Tensor(self.graph.tensor(name, shape, np.float32), shape, name, None)
        place = Quantisation((scale.scale,), scale.zero_point)
        return Tensor(self.graph.tensor(name, shape, np.int8, place), shape, name, scale)

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
        assert value.scale is None, "an int8 layer that needs its own PAD"
        sides = np.array([[0, 0], [margin, margin], [margin, margin], [0, 0]], dtype=np.int32)
        shape = (value.shape[0], value.shape[1] + 2 * margin, value.shape[2] + 2 * margin, value.shape[3])
        result = self.result(value.step + "/padded", shape)
        sizes = self.graph.constant(value.step + "/padding", sides)
        self.graph.operation("PAD", [value.number, sizes], result.number, "PadOptions")
        return result


class TfliteSteps(TfliteWriter):
    """Writes the restorer's steps (`program.Steps` over tensors)."""

    def __init__(self, program: RestorerProgram) -> None:
        super().__init__()
        self.program = program
        self.blocks = program.blocks

    def input(self, name: str, value: Tensor) -> Tensor:
        return value

    def conv(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        layer = self.program.layers[name]
        if value.scale is None:
            real, real_bias = real_weight(layer)
            weight = self.graph.constant(f"{name}/weight", _ohwi(real))
            bias = self.graph.constant(f"{name}/bias", real_bias)
        else:
            whole = self.program.integers(name, value.scale)
            place = Quantisation(tuple(whole.scales.tolist()), 0)
            weight = self.graph.constant(f"{name}/weight", _ohwi(whole.weight), place)
            place = Quantisation(tuple(whole.bias_scales.tolist()), 0)
            bias = self.graph.constant(f"{name}/bias", whole.bias, place)
        result = self.result(name, _after(value.shape, layer), self.program.scale(name))
        self.convolve(value, layer, weight, bias, result, relu)
        return result

    def add(self, name: str, left: Tensor, right: Tensor, *, relu: bool = False) -> Tensor:
        result = self.result(name, left.shape, self.program.scale(name))
        self.graph.operation("ADD", [left.number, right.number], result.number, "AddOptions",
                             fusedActivationFunction=self.activation(relu))  # fmt: skip
        return result

    def multiply(self, name: str, value: Tensor, factor: Tensor) -> Tensor:
        result = self.result(name, value.shape, self.program.scale(name))
        self.graph.operation("MUL", [value.number, factor.number], result.number, "MulOptions",
                             fusedActivationFunction=self.activation(False))  # fmt: skip
        return result

    def upsample(self, value: Tensor) -> Tensor:
        count, height, width, channels = value.shape
        result = self.result(value.step + UPSAMPLED, (count, 2 * height, 2 * width, channels), value.scale)
        sizes = self.graph.constant(value.step + "/size", np.array([2 * height, 2 * width], dtype=np.int32))
        self.graph.operation("RESIZE_NEAREST_NEIGHBOR", [value.number, sizes], result.number,
                             "ResizeNearestNeighborOptions", alignCorners=False, halfPixelCenters=False)  # fmt: skip
        return result


class TfliteEncoderSteps(TfliteWriter):
    """Writes the encoder's steps (`encoder_program.EncoderSteps` over tensors)."""

    def conv(self, name: str, value: Tensor, layer: Layer, *, relu: bool = False) -> Tensor:
        real, real_bias = real_weight(layer)
        weight = self.graph.constant(f"{name}/weight", _ohwi(real))
        bias = self.graph.constant(f"{name}/bias", real_bias)
        result = self.result(name, _after(value.shape, layer))
        self.convolve(value, layer, weight, bias, result, relu)
        return result

    def mean(self, name: str, value: Tensor) -> Tensor:
        axes = self.graph.constant(f"{name}/axes", np.array([1, 2], dtype=np.int32))
        return self._simple("MEAN", name, [value.number, axes], (value.shape[0], value.shape[3]), "ReducerOptions",
                            keepDims=False)  # fmt: skip

    def linear(self, name: str, value: Tensor, weight: Array, bias: Array) -> Tensor:
        constants = [self.graph.constant(f"{name}/weight", weight), self.graph.constant(f"{name}/bias", bias)]
        return self._simple(
            "FULLY_CONNECTED", name, [value.number, *constants], (value.shape[0], len(bias)), "FullyConnectedOptions"
        )

    def softmax(self, name: str, value: Tensor) -> Tensor:
        return self._simple("SOFTMAX", name, [value.number], value.shape, "SoftmaxOptions", beta=1.0)

    def join(self, name: str, values: list[Tensor]) -> Tensor:
        shape = (values[0].shape[0], sum(value.shape[1] for value in values))
        inputs = [value.number for value in values]
        return self._simple("CONCATENATION", name, inputs, shape, "ConcatenationOptions", axis=1)

    def scaled(self, name: str, value: Tensor, factor: Array) -> Tensor:
        constant = self.graph.constant(f"{name}/factor", factor.reshape(1, -1))
        return self._simple("MUL", name, [value.number, constant], value.shape, "MulOptions")

    def softsign(self, name: str, value: Tensor) -> Tensor:
        size = self._simple("ABS", f"{name}/size", [value.number], value.shape, "AbsOptions")
        one = self.graph.constant(f"{name}/one", np.ones((1, 1), dtype=np.float32))
        below = self._simple("ADD", f"{name}/below", [size.number, one], value.shape, "AddOptions")
        return self._simple("DIV", name, [value.number, below.number], value.shape, "DivOptions")

    def _simple(
        self, kind: str, name: str, inputs: list[int], shape: tuple[int, ...], options: str, **fields: Any
    ) -> Tensor:
        result = self.result(name, shape)
        self.graph.operation(kind, inputs, result.number, options, **fields)
        return result


def restorer_tflite(program: RestorerProgram, size: int, facts: ModelFacts) -> bytes:
    """The restorer for tiles of ``size`` x ``size``: ``tile`` (1, S, S, 3), ``code`` (1, 1, 1, K) -> ``restored``.

    float32, or int8 on the grids that the manifest states. A folded restorer has no ``code``.
    """
    steps = TfliteSteps(program)
    inputs = {"tile": steps.result("tile", (1, size, size, 3), program.scale("tile"))}
    if program.code_size is not None:
        inputs["code"] = steps.result("code", (1, 1, 1, program.code_size), program.scale("code"))
    restored = restore(steps, inputs["tile"], inputs.get("code"))
    return _pack(steps.graph, "restorer", inputs, {"restored": restored}, facts)


def encoder_tflite(network: AMIRNet, probe: int, facts: ModelFacts) -> bytes:
    """The encoder for one probe at a time: ``probes`` (1, P, P, 3) -> ``mask`` (1, K) and ``value`` (1, K), float32."""
    steps = TfliteEncoderSteps()
    probes = steps.result("probes", (1, probe, probe, 3))
    mask, value = encode(network, steps, probes)
    return _pack(steps.graph, "encoder", {"probes": probes}, {"mask": mask, "value": value}, facts)


def tflite_grid(content: bytes) -> Grid:
    """The grid of an int8 TFLite restorer, read from the file alone. Raises ExportError when it holds none."""
    found = FoundGrid("TFLite")
    for tensor in TfliteFile(content).tensors:
        if tensor.dtype != np.int8 or tensor.quantisation is None:
            continue
        scales, zero_point = tensor.quantisation
        if tensor.content is not None:
            found.weight(tensor.name.removesuffix("/weight"), list(scales))
        else:
            found.activation(tensor.name.removesuffix(UPSAMPLED), scales[0], zero_point)
    return found.grid()


def _pack(
    graph: TfliteGraph, role: str, inputs: dict[str, Tensor], outputs: dict[str, Tensor], facts: ModelFacts
) -> bytes:
    graph.metadata(BLOCK, pack_metadata(facts, list(inputs), list(outputs)))
    for key, text in facts.entries().items():
        graph.metadata(key, text.encode())
    named_inputs = {name: tensor.number for name, tensor in inputs.items()}
    named_outputs = {name: tensor.number for name, tensor in outputs.items()}
    return graph.pack(role, named_inputs, named_outputs, f"{facts.name}: {facts.description}")


def _ohwi(weight: Array) -> Array:
    return np.ascontiguousarray(weight.transpose(0, 2, 3, 1))


def _after(shape: tuple[int, ...], layer: Layer) -> tuple[int, ...]:
    outer, _, kernel, _ = layer.weight.shape
    height, width = ((side + 2 * layer.padding - kernel) // layer.stride + 1 for side in shape[1:3])
    return (shape[0], height, width, outer)


def _same(side: int, kernel: int, layer: Layer) -> bool:
    """Whether SAME padding, which puts the odd row at the end, is the layer's padding on both ends of a side."""
    out = -(-side // layer.stride)
    total = max((out - 1) * layer.stride + kernel - side, 0)
    return total == 2 * layer.padding and out == (side + 2 * layer.padding - kernel) // layer.stride + 1
