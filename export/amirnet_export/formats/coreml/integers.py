"""Int8 convolutions of the Core ML reference executor, added up in whole numbers as int8 hardware does.

A package says `dequantize`, `conv`, `quantize`: real numbers. Computed in float32, a sum that lies close to a half
would be rounded now up, now down. Int8 units (and ONNX Runtime and LiteRT) add up the integers and multiply once, in
float32, by input scale * weight scale / result scale; so does this.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F

from .convolution import Array, Result, convolution

EXACT = 2.0**24
"""Whole numbers up to this are exact in float32."""


class _Integers(NamedTuple):
    """A dequantized variable: its integers less their zero point, as float32, and its scale or one a channel."""

    values: Array
    scale: Array


class _Sums(NamedTuple):
    """A convolution's result: whole numbers, exact in float64, and what one of them is worth in each channel."""

    values: Array
    worth: Array


class IntegerSums:
    """Follows integers through one run of a program, and computes where it knows them."""

    def __init__(self) -> None:
        self._integers: dict[str, _Integers] = {}
        self._sums: dict[str, _Sums] = {}

    def run(self, operation: Any, given: dict[str, Any]) -> Result | None:
        """The operation's result if it follows from integers; None if it has to be computed as it stands."""
        name, kind = operation.outputs[0].name, operation.op_type
        if kind == "dequantize":
            self._integers[name] = _centred(given["input"], given)
        elif kind == "constexpr_affine_dequantize":
            self._integers[name] = _centred(given["quantized_data"], given)
        elif kind == "conv":
            return self._conv(name, operation, given)
        elif kind == "relu" and operation.inputs["x"].name in self._sums:
            sums = self._sums[operation.inputs["x"].name]
            self._sums[name] = sums._replace(values=np.maximum(sums.values, 0))
        elif kind == "quantize" and operation.inputs["input"].name in self._sums:
            sums = self._sums[operation.inputs["input"].name]
            factor = sums.worth / np.float32(given["scale"])
            rounded = np.rint(sums.values.astype(np.float32) * factor) + np.float32(given.get("zero_point", 0))
            return np.clip(rounded, -128, 127).astype(np.int8), 0.0
        return None

    def _conv(self, name: str, operation: Any, given: dict[str, Any]) -> Result | None:
        value, weight = (self._integers.get(operation.inputs[key].name) for key in ("x", "weight"))
        if value is None or weight is None:
            return None
        padded, kernel, _, stride, size = convolution({**given, "x": value.values, "weight": weight.values,
                                                       "bias": np.zeros(len(weight.values), np.float32)})  # fmt: skip
        kind = torch.float32 if size < EXACT else torch.float64
        worth = (np.float32(value.scale) * weight.scale).astype(np.float32).reshape(1, -1, 1, 1)
        bias = np.rint(np.asarray(given["bias"], np.float64).reshape(1, -1, 1, 1) / worth)
        sums = F.conv2d(padded.to(kind), kernel.to(kind), stride=stride).double().numpy() + bias
        self._sums[name] = _Sums(sums, worth)
        return (sums * worth).astype(np.float32), 0.0


def _centred(integers: Array, given: dict[str, Any]) -> _Integers:
    zero_point = np.asarray(given.get("zero_point", 0), np.float32)
    if zero_point.ndim:  # a constant's, one a channel of axis 0
        zero_point = zero_point.reshape(-1, *[1] * (integers.ndim - 1))
    return _Integers(integers.astype(np.float32) - zero_point, np.asarray(given["scale"], np.float32))
