"""A reference executor of saved Core ML packages, for systems without Core ML.

It reads the package back and runs its operations one by one with torch. That checks the file itself, not the
writer's promise. It is no Core ML: slow, on the CPU, and it rounds as IEEE 754 says, where a phone's units may not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from ...errors import ExportError
from ..format import HALF_MAX
from .convolution import Result, conv_in_half, convolution
from .integers import IntegerSums
from .package import load_program, read_package

BEYOND = float(np.finfo(np.float32).max)
"""Counts for infinity and NaN, which JSON has no word for."""
Array = np.ndarray[Any, Any]
"""Numbers of any type and shape."""


class CoremlReference:
    """A package's program, ready to run.

    ``half`` stores every float result as float16, whatever the program says: what a GPU may do with a float32 program.
    A program that is float16 itself is always run so. ``half_sums`` also adds a convolution's products up in float16,
    one after another (channels within a tap): no unit that multiplies float16 exactly does worse. It takes 20 times
    as long.
    """

    def __init__(self, files: Mapping[str, bytes], *, half: bool = False, half_sums: bool = False) -> None:
        self._function = load_program(files).functions["main"]
        self._operations = [item for item in self._function.operations if item.op_type != "const"]
        self.half = half
        self._run_operation = OPERATIONS | ({"conv": conv_in_half} if half_sums else {})
        self.kept: dict[str, Array] | None = None
        """Every variable's value by name, of the last run that was asked to keep them."""
        self.overflows: dict[str, float] = {}
        """Of the last run: float16 variables beyond 65,504, with the largest value. Of a convolution counts the sum of
        its products' sizes: no order of adding them up in float16 overflows below that."""
        self.largest = 0.0
        """Of the last run: the largest float16 variable or sum of products' sizes."""
        unknown = sorted({item.op_type for item in self._operations} - OPERATIONS.keys())
        if unknown:
            raise ExportError(f"Core ML: the reference executor has no {', '.join(unknown)}: add it there")

    @classmethod
    def open(cls, folder: Path, *, half: bool = False) -> CoremlReference:
        """Reads a .mlpackage folder. Raises ExportError for one that holds operations unknown here."""
        return cls(read_package(folder), half=half)

    @property
    def inputs(self) -> dict[str, tuple[int, ...]]:
        """Input name -> shape."""
        return {name: tuple(variable.shape) for name, variable in self._function.inputs.items()}

    @torch.no_grad()
    def run(self, inputs: Mapping[str, Array], *, keep: bool = False, any_size: bool = False) -> dict[str, Array]:
        """Runs the program on float32 inputs by name and returns its outputs by name. Raises ExportError.

        ``any_size``: heights and widths may be others than the package's, which no operation of ours depends on.
        """
        for name, shape in self.inputs.items():
            kept = 2 if any_size else len(shape)
            if name not in inputs or inputs[name].shape[:kept] != shape[:kept]:
                raise ExportError(f"Core ML: input {name!r} must have the shape {shape}: give it so")
        values: dict[str, Array] = {name: np.asarray(inputs[name], dtype=np.float32) for name in self.inputs}
        self.overflows, self.largest = {}, 0.0
        integers = IntegerSums()
        for operation in self._operations:
            arguments = {name: _argument(item, values) for name, item in operation.inputs.items() if item is not None}
            variable = operation.outputs[0]
            with np.errstate(over="ignore", invalid="ignore"):  # `overflows` tells of them
                found = integers.run(operation, arguments)
                result, size = found or self._run_operation[operation.op_type](arguments)
                values[variable.name] = self._stored(variable.name, result, size, operation)
        self.kept = dict(values) if keep else None
        return {variable.name: values[variable.name] for variable in self._function.outputs}

    def _stored(self, name: str, value: Array, size: float, operation: Any) -> Array:
        if value.dtype != np.float32:
            return value
        half = operation.outputs[0].dtype.get_bitwidth() == 16 or (self.half and operation.op_type != "cast")
        if not half:
            return value
        size = max(size, float(np.abs(value).max(initial=0)))
        if not np.isfinite(size):
            size = BEYOND
        self.largest = max(self.largest, size)
        if size > HALF_MAX:
            self.overflows[name] = size
        return value.astype(np.float16).astype(np.float32)


def _argument(item: Any, values: dict[str, Array]) -> Any:
    if isinstance(item, list | tuple):
        return [_argument(part, values) for part in item]
    if item.name in values:
        return values[item.name]
    value = item.val
    return value if isinstance(value, str) else _real(np.asarray(value))


def _real(value: Array) -> Array:
    return value.astype(np.float32) if value.dtype == np.float16 else value


def _constexpr(given: dict[str, Any]) -> Result:
    axis = int(given["axis"])
    return _dequantized(given["quantized_data"], given["scale"], given["zero_point"], axis), 0.0


def _dequantize(given: dict[str, Any]) -> Result:
    axis = int(given["axis"]) if "axis" in given else 0
    return _dequantized(given["input"], given["scale"], given.get("zero_point", np.int8(0)), axis), 0.0


def _dequantized(integers: Array, scale: Array, zero_point: Array, axis: int) -> Array:
    shape = [1] * integers.ndim
    shape[axis] = -1
    place = [np.asarray(item, np.float32).reshape(shape if np.ndim(item) else ()) for item in (scale, zero_point)]
    return (integers.astype(np.float32) - place[1]) * place[0]


def _quantize(given: dict[str, Any]) -> Result:
    if "axis" in given or str(given["output_dtype"]) != "int8":
        raise ExportError("Core ML: the reference executor quantizes whole tensors to int8 only: extend it there")
    rounded = np.rint(given["input"] / np.float32(given["scale"])) + np.float32(given.get("zero_point", 0))
    return np.clip(rounded, -128, 127).astype(np.int8), 0.0


def _conv(given: dict[str, Any]) -> Result:
    value, weight, bias, stride, size = convolution(given)
    return F.conv2d(value, weight, bias, stride=stride).numpy(), size


def _linear(given: dict[str, Any]) -> Result:
    return given["x"] @ np.asarray(given["weight"]).T + given.get("bias", np.float32(0)), 0.0


def _upsample(given: dict[str, Any]) -> Result:
    rows, columns = (int(given[f"scale_factor_{side}"]) for side in ("height", "width"))
    return given["x"].repeat(rows, axis=-2).repeat(columns, axis=-1), 0.0


def _mean(given: dict[str, Any]) -> Result:
    axes = tuple(int(axis) for axis in given["axes"])
    mean = given["x"].mean(axis=axes, keepdims=bool(given.get("keep_dims", False)), dtype=np.float64)
    return mean.astype(np.float32), float(np.abs(given["x"]).sum(axis=axes).max())


def _softmax(given: dict[str, Any]) -> Result:
    return torch.from_numpy(given["x"]).softmax(dim=int(given.get("axis", -1))).numpy(), 0.0


def _concat(given: dict[str, Any]) -> Result:
    return np.concatenate(given["values"], axis=int(given["axis"])), 0.0


OPERATIONS: dict[str, Callable[[dict[str, Any]], Result]] = {
    "constexpr_affine_dequantize": _constexpr,
    "cast": lambda given: (np.asarray(given["x"]), 0.0),
    "quantize": _quantize,
    "dequantize": _dequantize,
    "conv": _conv,
    "linear": _linear,
    "add": lambda given: (given["x"] + given["y"], 0.0),
    "mul": lambda given: (given["x"] * given["y"], 0.0),
    "relu": lambda given: (np.maximum(given["x"], np.float32(0)), 0.0),
    "softsign": lambda given: (given["x"] / (1 + np.abs(given["x"])), 0.0),
    "softmax": _softmax,
    "concat": _concat,
    "reduce_mean": _mean,
    "upsample_nearest_neighbor": _upsample,
}
"""MIL operation -> what it computes: arguments by name, as float32 or int8 arrays, to its result."""
