"""What each engine computed at every step of the program: for finding the first step at which two of them part.

All as real numbers, NCHW float32, by step name, in the program's order. Inputs are those of the engines: ``tile``
(1, 3, H, W) in [0, 1] and ``code`` (1, K, 1, 1), float32; a folded restorer gets no code.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx

from amirnet.engines.onnx import load_onnxruntime

from .coreml import INTEGERS, step_name
from .coreml_reference import CoremlReference
from .onnx_program import REAL, SHIFT, UPSAMPLED, onnx_grid
from .tflite_graph import TfliteFile, with_all_outputs

Array = np.ndarray[Any, Any]
Values = dict[str, Array]


def onnx_steps(content: bytes, inputs: Mapping[str, Array]) -> Values:
    """Of an ONNX restorer in ONNX Runtime, every step made an output of the graph."""
    model = onnx.load_from_string(content)
    kinds = {"QuantizeLinear"} if _is_int8(model) else {"Conv", "Add", "Mul", "Relu"}
    names = [node.output[0] for node in model.graph.node if node.op_type in kinds]
    names = [name for name in names if not name.endswith(("/linear", REAL, UPSAMPLED))]
    kind = onnx.TensorProto.UINT8 if _is_int8(model) else onnx.TensorProto.FLOAT
    model.graph.output.extend(onnx.helper.make_tensor_value_info(n, kind, None) for n in names if n != "restored")
    runtime = load_onnxruntime()
    session = runtime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    if not _is_int8(model):
        return dict(zip(names, session.run(names, dict(inputs)), strict=True))
    scales = onnx_grid(content).activations
    feeds = {n: _rounded(v, scales[n].scale, scales[n].zero_point + SHIFT, np.uint8) for n, v in inputs.items()}
    found = session.run(names, feeds)
    return {n: _real(v, scales[n].scale, scales[n].zero_point + SHIFT) for n, v in zip(names, found, strict=True)}


def tflite_steps(content: bytes, inputs: Mapping[str, Array]) -> Values:
    """Of a TFLite restorer in LiteRT, every step made an output of the graph: so XNNPACK's kernels, which keep nothing
    in between, are those that run, as they do in the engine."""
    litert = importlib.import_module("ai_edge_litert.interpreter")
    interpreter = litert.Interpreter(model_content=with_all_outputs(content), num_threads=1)
    interpreter.allocate_tensors()
    file = TfliteFile(content)
    for detail, tensor in zip(interpreter.get_input_details(), file.inputs, strict=True):
        value = np.ascontiguousarray(inputs[tensor.name].transpose(0, 2, 3, 1))
        if tensor.quantisation is not None:
            value = _rounded(value, tensor.quantisation.scales[0], tensor.quantisation.zero_point, np.int8)
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    values: Values = {}
    for index in file.outputs_of:
        tensor = file.tensors[index]
        if not tensor.name.endswith(UPSAMPLED):
            value = interpreter.get_tensor(index).transpose(0, 3, 1, 2)
            place = tensor.quantisation
            values[tensor.name] = value if place is None else _real(value, place.scales[0], place.zero_point)
    return values


def coreml_steps(program: CoremlReference, inputs: Mapping[str, Array]) -> Values:
    """Of a Core ML restorer in the reference executor."""
    program.run(inputs, keep=True)
    kept = program.kept
    assert kept is not None
    extras = ("_linear", "_upsampled", "_weight", "_half", "_on_grid", "_real", INTEGERS)
    return {step_name(name): value for name, value in kept.items() if name not in inputs and not name.endswith(extras)}


def _is_int8(model: onnx.ModelProto) -> bool:
    return bool(model.graph.input[0].type.tensor_type.elem_type == onnx.TensorProto.UINT8)


def _rounded(value: Array, scale: float, zero_point: int, kind: Any) -> Array:
    limits = np.iinfo(kind)
    return np.clip(np.rint(value / np.float32(scale)) + zero_point, limits.min, limits.max).astype(kind)


def _real(value: Array, scale: float, zero_point: int) -> Array:
    return (value.astype(np.float32) - zero_point) * np.float32(scale)
