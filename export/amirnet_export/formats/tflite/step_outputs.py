"""What LiteRT, or TensorFlow's own interpreter, computes at every step of a restorer."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..format import Array, StepOutputs
from ..grid_numbers import to_integers, to_reals
from .graph import IDENTIFIER, load_schema
from .reading import TfliteFile
from .restorer import UPSAMPLED


def step_outputs(content: bytes, inputs: Mapping[str, Array], make: Callable[..., Any]) -> StepOutputs:
    """As `Format.step_outputs`: every step is made an output of the graph, so that kernels that keep nothing in between
    (XNNPACK's) are those that run, as they do in the engine. ``make`` is the interpreter's class."""
    interpreter = make(model_content=with_all_outputs(content), num_threads=1)
    interpreter.allocate_tensors()
    file = TfliteFile(content)
    for detail, tensor in zip(interpreter.get_input_details(), file.inputs, strict=True):
        value = np.ascontiguousarray(inputs[tensor.name].transpose(0, 2, 3, 1))
        if tensor.quantization is not None:
            value = to_integers(value, tensor.quantization.scales[0], tensor.quantization.zero_point, np.int8)
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    values: StepOutputs = {}
    for index in file.outputs_of:
        tensor = file.tensors[index]
        if not tensor.name.endswith(UPSAMPLED):
            value = interpreter.get_tensor(index).transpose(0, 3, 1, 2)
            place = tensor.quantization
            values[tensor.name] = value if place is None else to_reals(value, place.scales[0], place.zero_point)
    return values


def with_all_outputs(content: bytes) -> bytes:
    """The file with every operation's result among the graph's outputs, in the operations' order."""
    flatbuffers = importlib.import_module("flatbuffers")
    model = load_schema().ModelT.InitFromPackedBuf(content)
    graph = model.subgraphs[0]
    graph.outputs = [int(operation.outputs[0]) for operation in graph.operators]
    builder = flatbuffers.Builder(len(content) + 2**16)
    builder.Finish(model.Pack(builder), IDENTIFIER)
    return bytes(builder.Output())
