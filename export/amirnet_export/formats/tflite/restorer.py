"""The restorer as TFLite: NHWC, a fixed tile size, and in int8 nothing but integers from input to output.

The ends of an int8 restorer are int8 too (pixels less 128, zero point -128): Android's `CompiledModel` can feed int8
and float32 tensors, and no uint8.
"""

from __future__ import annotations

import numpy as np

from ...model_facts import ModelFacts
from ...program.restorer_program import RestorerProgram, real_weight
from .graph import TensorQuantization
from .writer import Tensor, TfliteWriter, ohwi, shape_after

UPSAMPLED = "/upsampled"
"""After a step's name: its result at twice the size."""


class TfliteSteps(TfliteWriter):
    """Writes the restorer's steps (`terms.Steps` over tensors)."""

    def __init__(self, program: RestorerProgram) -> None:
        super().__init__()
        self.program = program
        self.blocks = program.blocks

    def input(self, name: str, value: Tensor) -> Tensor:
        return value

    def conv(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        layer = self.program.layers[name]
        if value.params is None:
            real, real_bias = real_weight(layer)
            weight = self.graph.constant(f"{name}/weight", ohwi(real))
            bias = self.graph.constant(f"{name}/bias", real_bias)
        else:
            whole = self.program.integers(name, value.params)
            place = TensorQuantization(tuple(whole.scales.tolist()), 0)
            weight = self.graph.constant(f"{name}/weight", ohwi(whole.weight), place)
            place = TensorQuantization(tuple(whole.bias_scales.tolist()), 0)
            bias = self.graph.constant(f"{name}/bias", whole.bias, place)
        result = self.result(name, shape_after(value.shape, layer), self.program.params(name))
        self.convolve(value, layer, weight, bias, result, relu)
        return result

    def add(self, name: str, left: Tensor, right: Tensor, *, relu: bool = False) -> Tensor:
        result = self.result(name, left.shape, self.program.params(name))
        self.graph.operation("ADD", [left.number, right.number], result.number, "AddOptions",
                             fusedActivationFunction=self.activation(relu))  # fmt: skip
        return result

    def multiply(self, name: str, value: Tensor, factor: Tensor) -> Tensor:
        result = self.result(name, value.shape, self.program.params(name))
        self.graph.operation("MUL", [value.number, factor.number], result.number, "MulOptions",
                             fusedActivationFunction=self.activation(False))  # fmt: skip
        return result

    def upsample(self, value: Tensor) -> Tensor:
        count, height, width, channels = value.shape
        result = self.result(value.step + UPSAMPLED, (count, 2 * height, 2 * width, channels), value.params)
        sizes = self.graph.constant(value.step + "/size", np.array([2 * height, 2 * width], dtype=np.int32))
        self.graph.operation("RESIZE_NEAREST_NEIGHBOR", [value.number, sizes], result.number,
                             "ResizeNearestNeighborOptions", alignCorners=False, halfPixelCenters=False)  # fmt: skip
        return result


def write_restorer(program: RestorerProgram, size: int, facts: ModelFacts) -> bytes:
    """The restorer for tiles of ``size`` x ``size``: ``tile`` (1, S, S, 3), ``code`` (1, 1, 1, K) -> ``restored``.

    float32, or int8 on the grids that the manifest states. A folded restorer has no ``code``.
    """
    steps = TfliteSteps(program)
    inputs = {"tile": steps.result("tile", (1, size, size, 3), program.params("tile"))}
    if program.code_size is not None:
        inputs["code"] = steps.result("code", (1, 1, 1, program.code_size), program.params("code"))
    restored = program.run(steps, inputs["tile"], inputs.get("code"))
    return steps.pack("restorer", inputs, {"restored": restored}, facts)
