"""The restorer as an ONNX graph, float or int8, written step by step from the program.

Tensors bear the names of the program's steps, so a report can name where two engines part. In int8 the graph is QDQ:
every step is rounded by QuantizeLinear and read through DequantizeLinear, weights and biases are stored as integers,
and ONNX Runtime fuses each step with its roundings into one integer kernel.

Activations are written as uint8: the grid's integers and zero points plus 128, so the same real numbers. With int8
ones ONNX Runtime leaves half of the steps in float on x86 by default, and a photo's own bytes would not do as input.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from onnx import TensorProto

from ...errors import ExportError
from ...model_facts import ModelFacts
from ...program.restorer_program import RestorerProgram, clips_below_zero, real_weight
from ...program.terms import QuantParams
from .graph import End, OnnxGraph

REAL, INTEGERS = "/real", "/integers"
"""After a step's name: its float result before rounding, or a constant's integers."""
UPSAMPLED = "/upsampled"
"""After a step's name: its result at twice the size."""
SHIFT = 128
"""What a uint8 activation is above the grid's integer."""


class Tensor(NamedTuple):
    """A step's result."""

    name: str
    """The tensor to compute with, float32."""
    step: str
    """The step's name; in int8 that of its integers."""
    params: QuantParams | None
    """Its scale and zero point on the grid; None in float."""


class OnnxSteps:
    """Writes the program's steps as ONNX nodes (`terms.Steps` over tensors)."""

    def __init__(self, program: RestorerProgram) -> None:
        self.program = program
        self.blocks = program.blocks
        self.graph = OnnxGraph()

    def input(self, name: str, value: Tensor) -> Tensor:
        params = self.program.params(name)
        return value if params is None else self._read(name, params)

    def conv(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        layer = self.program.layers[name]
        if value.params is None:
            weight, bias = real_weight(layer)
            constants = [self.graph.constant(f"{name}/weight", weight), self.graph.constant(f"{name}/bias", bias)]
        else:
            whole = self.program.integers(name, value.params)
            constants = [self._stored(f"{name}/weight", whole.weight, whole.scales),
                         self._stored(f"{name}/bias", whole.bias, whole.bias_scales)]  # fmt: skip
        size = list(layer.weight.shape[2:])
        return self._step(name, "Conv", [value.name, *constants], relu, kernel_shape=size, strides=[layer.stride] * 2,
                          pads=[layer.padding] * 4)  # fmt: skip

    def add(self, name: str, left: Tensor, right: Tensor, *, relu: bool = False) -> Tensor:
        return self._step(name, "Add", [left.name, right.name], relu)

    def multiply(self, name: str, value: Tensor, factor: Tensor) -> Tensor:
        return self._step(name, "Mul", [value.name, factor.name], False)

    def upsample(self, value: Tensor) -> Tensor:
        name = value.step + UPSAMPLED
        if not self.graph.holds("upsample/scales"):
            self.graph.constant("upsample/scales", np.array([1, 1, 2, 2], dtype=np.float32))
        result = name if value.params is None else name + REAL
        self.graph.node("Resize", [value.name, "", "upsample/scales"], result, mode="nearest",
                        coordinate_transformation_mode="asymmetric", nearest_mode="floor")  # fmt: skip
        # Rounding what was only copied changes nothing; the pair tells the runtime to copy integers.
        return Tensor(result, name, None) if value.params is None else self._rounded(name, value.params)

    def _step(self, name: str, kind: str, inputs: list[str], relu: bool, **attributes: Any) -> Tensor:
        params = self.program.params(name)
        relu = relu and not clips_below_zero(params)
        result = name if params is None else name + REAL
        self.graph.node(kind, inputs, result + "/linear" if relu else result, **attributes)
        if relu:
            self.graph.node("Relu", [result + "/linear"], result)
        return Tensor(name, name, None) if params is None else self._rounded(name, params)

    def _rounded(self, step: str, params: QuantParams) -> Tensor:
        self.graph.node("QuantizeLinear", [step + REAL, *self._place(step, params)], step)
        return self._read(step, params)

    def _read(self, step: str, params: QuantParams) -> Tensor:
        self.graph.node("DequantizeLinear", [step, *self._place(step, params)], step + "/on_grid")
        return Tensor(step + "/on_grid", step, params)

    def _place(self, step: str, params: QuantParams) -> list[str]:
        if not self.graph.holds(f"{step}/scale"):
            self.graph.constant(f"{step}/scale", np.array(params.scale, dtype=np.float32))
            self.graph.constant(f"{step}/zero_point", np.array(params.zero_point + SHIFT, dtype=np.uint8))
        return [f"{step}/scale", f"{step}/zero_point"]

    def _stored(self, name: str, integers: np.ndarray[Any, Any], scales: np.ndarray[Any, Any]) -> str:
        zeros = np.zeros(len(scales), dtype=integers.dtype)
        inputs = [self.graph.constant(name + INTEGERS, integers), self.graph.constant(name + "/scale", scales),
                  self.graph.constant(name + "/zero_point", zeros)]  # fmt: skip
        self.graph.node("DequantizeLinear", inputs, name, axis=0)
        return name


def write_restorer(program: RestorerProgram, facts: ModelFacts) -> bytes:
    """The restorer as ONNX for tiles of any size that is a multiple of its alignment; the same bytes every time.

    In float, ``tile`` (1, 3, H, W) and ``code`` (1, K, 1, 1) -> ``restored`` (1, 3, H, W), all float32. In int8 the
    same names and shapes in uint8: pixels as they are, a code times the tree's grid plus 128. A folded restorer has
    no ``code``.
    """
    steps = OnnxSteps(program)
    kind = TensorProto.FLOAT if program.grid is None else TensorProto.UINT8
    picture = End(kind, [1, 3, "height", "width"])
    inputs = {"tile": picture}
    if program.code_size is not None:
        inputs["code"] = End(kind, [1, program.code_size, 1, 1])
    tensors = {name: Tensor(name, name, None) for name in inputs}
    result = program.run(steps, tensors["tile"], tensors.get("code"))
    if result.step != "restored":
        raise ExportError(f"{result.step}: the program does not end with 'restored': report this")
    if program.grid is not None:
        steps.graph.nodes.pop()  # the last step is given out as integers, nobody reads it
    return steps.graph.pack(inputs, {"restored": picture}, facts)
