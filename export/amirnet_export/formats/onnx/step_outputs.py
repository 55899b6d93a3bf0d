"""What ONNX Runtime computes at every step of a restorer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx

from amirnet.engines.onnx import load_onnxruntime

from ..format import Array, StepOutputs
from ..grid_numbers import to_integers, to_reals
from .reading import read_grid
from .restorer import REAL, SHIFT, UPSAMPLED


def step_outputs(content: bytes, inputs: Mapping[str, Array]) -> StepOutputs:
    """As `Format.step_outputs`: every step is made an output of the graph."""
    model = onnx.load_from_string(content)
    int8 = _is_int8(model)
    kinds = {"QuantizeLinear"} if int8 else {"Conv", "Add", "Mul", "Relu"}
    names = [node.output[0] for node in model.graph.node if node.op_type in kinds]
    names = [name for name in names if not name.endswith(("/linear", REAL, UPSAMPLED))]
    kind = onnx.TensorProto.UINT8 if int8 else onnx.TensorProto.FLOAT
    model.graph.output.extend(onnx.helper.make_tensor_value_info(n, kind, None) for n in names if n != "restored")
    runtime = load_onnxruntime()
    session = runtime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    if not int8:
        return dict(zip(names, session.run(names, dict(inputs)), strict=True))
    grid = read_grid(content).activations
    places = {name: (params.scale, params.zero_point + SHIFT) for name, params in grid.items()}
    feeds = {name: to_integers(value, *places[name], np.uint8) for name, value in inputs.items()}
    found = session.run(names, feeds)
    return {name: to_reals(value, *places[name]) for name, value in zip(names, found, strict=True)}


def _is_int8(model: onnx.ModelProto) -> bool:
    return bool(model.graph.input[0].type.tensor_type.elem_type == onnx.TensorProto.UINT8)
