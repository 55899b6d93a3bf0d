"""What an ONNX file says, read from its bytes alone: the int8 grid, and which model it is."""

from __future__ import annotations

import onnx
from onnx import numpy_helper

from ...program.terms import Grid
from ..found_grid import FoundGrid
from .restorer import INTEGERS, SHIFT, UPSAMPLED


def read_grid(content: bytes) -> Grid:
    """The grid of an int8 restorer. Raises ExportError when the file holds none."""
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


def read_metadata(content: bytes) -> dict[str, str]:
    """The file's own pairs of key and value."""
    return {item.key: item.value for item in onnx.load_from_string(content).metadata_props}
