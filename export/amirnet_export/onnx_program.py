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
import onnx
from onnx import TensorProto, helper, numpy_helper

from amirnet_training.program.restorer import restore
from amirnet_training.quantization.grid import Grid, QuantParams

from .errors import ExportError
from .found_grid import FoundGrid
from .model_facts import UNITS, ModelFacts
from .restorer_program import RestorerProgram, clips_below_zero, real_weight

OPSET = 18
IR_VERSION = 10
REAL, INTEGERS = "/real", "/integers"
"""After a step's name: its float result before rounding, or a constant's integers."""
UPSAMPLED = "/upsampled"
SHIFT = 128
"""What a uint8 activation is above the grid's integer."""


class Tensor(NamedTuple):
    """A step's result: the float tensor to compute with, and in int8 the step's name and grid."""

    name: str
    step: str
    scale: QuantParams | None


class OnnxSteps:
    """Writes the program's steps as ONNX nodes (`program.Steps` over tensor names)."""

    def __init__(self, program: RestorerProgram) -> None:
        self.program = program
        self.blocks = program.blocks
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._written: set[str] = set()

    def input(self, name: str, value: Tensor) -> Tensor:
        scale = self.program.scale(name)
        return value if scale is None else self._read(name, scale)

    def conv(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        layer = self.program.layers[name]
        if value.scale is None:
            weight, bias = real_weight(layer)
            inputs = [value.name, self._constant(f"{name}/weight", weight), self._constant(f"{name}/bias", bias)]
        else:
            whole = self.program.integers(name, value.scale)
            inputs = [
                value.name,
                self._stored(f"{name}/weight", whole.weight, whole.scales),
                self._stored(f"{name}/bias", whole.bias, whole.bias_scales),
            ]
        size = list(layer.weight.shape[2:])
        return self._step(name, "Conv", inputs, relu, kernel_shape=size, strides=[layer.stride] * 2,
                          pads=[layer.padding] * 4)  # fmt: skip

    def add(self, name: str, left: Tensor, right: Tensor, *, relu: bool = False) -> Tensor:
        return self._step(name, "Add", [left.name, right.name], relu)

    def multiply(self, name: str, value: Tensor, factor: Tensor) -> Tensor:
        return self._step(name, "Mul", [value.name, factor.name], False)

    def upsample(self, value: Tensor) -> Tensor:
        name = value.step + UPSAMPLED
        if "upsample/scales" not in self._written:
            self._constant("upsample/scales", np.array([1, 1, 2, 2], dtype=np.float32))
        result = name if value.scale is None else name + REAL
        self._node("Resize", [value.name, "", "upsample/scales"], result, mode="nearest",
                   coordinate_transformation_mode="asymmetric", nearest_mode="floor")  # fmt: skip
        # Rounding what was only copied changes nothing; the pair tells the runtime to copy integers.
        return Tensor(result, name, None) if value.scale is None else self._rounded(name, value.scale)

    def _step(self, name: str, kind: str, inputs: list[str], relu: bool, **attributes: Any) -> Tensor:
        scale = self.program.scale(name)
        relu = relu and not clips_below_zero(scale)
        result = name if scale is None else name + REAL
        self._node(kind, inputs, result + "/linear" if relu else result, **attributes)
        if relu:
            self._node("Relu", [result + "/linear"], result)
        return Tensor(name, name, None) if scale is None else self._rounded(name, scale)

    def _rounded(self, step: str, scale: QuantParams) -> Tensor:
        self._node("QuantizeLinear", [step + REAL, *self._place(step, scale)], step)
        return self._read(step, scale)

    def _read(self, step: str, scale: QuantParams) -> Tensor:
        self._node("DequantizeLinear", [step, *self._place(step, scale)], step + "/on_grid")
        return Tensor(step + "/on_grid", step, scale)

    def _place(self, step: str, scale: QuantParams) -> list[str]:
        if f"{step}/scale" not in self._written:
            self._constant(f"{step}/scale", np.array(scale.scale, dtype=np.float32))
            self._constant(f"{step}/zero_point", np.array(scale.zero_point + SHIFT, dtype=np.uint8))
        return [f"{step}/scale", f"{step}/zero_point"]

    def _stored(self, name: str, integers: np.ndarray[Any, Any], scales: np.ndarray[Any, Any]) -> str:
        zeros = np.zeros(len(scales), dtype=integers.dtype)
        inputs = [self._constant(name + INTEGERS, integers), self._constant(name + "/scale", scales),
                  self._constant(name + "/zero_point", zeros)]  # fmt: skip
        self._node("DequantizeLinear", inputs, name, axis=0)
        return name

    def _constant(self, name: str, array: np.ndarray[Any, Any]) -> str:
        assert name not in self._written, name
        self._written.add(name)
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def _node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> None:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))


def write_restorer(program: RestorerProgram, facts: ModelFacts) -> bytes:
    """The restorer as ONNX for tiles of any size that is a multiple of its alignment; the same bytes every time.

    In float, ``tile`` (1, 3, H, W) and ``code`` (1, K, 1, 1) -> ``restored`` (1, 3, H, W), all float32. In int8 the
    same names and shapes in uint8: pixels as they are, a code times the tree's grid plus 128. A folded restorer has
    no ``code``.
    """
    steps = OnnxSteps(program)
    picture: list[Any] = [1, 3, "height", "width"]
    shapes: dict[str, list[Any]] = {"tile": picture}
    if program.code_size is not None:
        shapes["code"] = [1, program.code_size, 1, 1]
    tensors = {name: Tensor(name, name, None) for name in shapes}
    result = restore(steps, tensors["tile"], tensors.get("code"))
    if result.step != "restored":
        raise ExportError(f"{result.step}: the program does not end with 'restored': report this")
    if program.grid is not None:
        steps.nodes.pop()  # the last step is given out as integers, nobody reads it
    kind = TensorProto.FLOAT if program.grid is None else TensorProto.UINT8
    inputs = [helper.make_tensor_value_info(name, kind, shape) for name, shape in shapes.items()]
    output = helper.make_tensor_value_info("restored", kind, picture)
    for value in [*inputs, output]:
        value.doc_string = UNITS[value.name]
    graph = helper.make_graph(steps.nodes, "amirnet", inputs, [output], steps.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    model.producer_name = "amirnet"
    model.doc_string = f"{facts.name}: {facts.description}"
    units = {f"amirnet.unit.{name}": UNITS[name] for name in (*shapes, "restored")}
    helper.set_model_props(model, {**facts.entries(), **units})
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def onnx_grid(content: bytes) -> Grid:
    """The grid of an int8 ONNX restorer, read from the file alone. Raises ExportError when it holds none."""
    graph = onnx.load_from_string(content).graph
    constants = {constant.name: numpy_helper.to_array(constant) for constant in graph.initializer}
    found = FoundGrid("ONNX")
    for node in graph.node:
        if node.op_type not in ("QuantizeLinear", "DequantizeLinear"):
            continue
        scale, zero_point = constants[node.input[1]], constants[node.input[2]]
        if node.input[0].endswith("/weight" + INTEGERS):
            found.weight(node.output[0].removesuffix("/weight"), scale.tolist())
        elif node.input[0] not in constants:
            step = node.output[0] if node.op_type == "QuantizeLinear" else node.input[0]
            found.activation(step.removesuffix(UPSAMPLED), float(scale), int(zero_point) - SHIFT)
    return found.grid()
