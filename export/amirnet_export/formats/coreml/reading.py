"""What a Core ML package says, read from its files alone: the int8 grid, and which model it is."""

from __future__ import annotations

import numpy as np

from ...program.terms import Grid
from ..found_grid import FoundGrid
from ..parts import Parts
from .package import load_program, load_spec
from .restorer import INTEGERS, WEIGHT, step_name


def read_grid(package: Parts) -> Grid:
    """The grid of an int8 restorer. Raises ExportError when the package holds none."""
    found = FoundGrid("Core ML")
    for operation in load_program(package).functions["main"].operations:
        if operation.op_type in ("quantize", "dequantize"):
            rounded = operation.outputs[0] if operation.op_type == "quantize" else operation.inputs["input"]
            step = step_name(rounded.name.removesuffix(INTEGERS))
            found.activation(step, float(operation.scale.val), int(operation.zero_point.val))
        elif operation.op_type == "constexpr_affine_dequantize":
            layer = step_name(operation.outputs[0].name.removesuffix(WEIGHT))
            found.weight(layer, np.atleast_1d(operation.scale.val).tolist())
    return found.grid()


def read_metadata(package: Parts) -> dict[str, str]:
    """The package's own pairs of key and text."""
    return dict(load_spec(package).description.metadata.userDefined)
