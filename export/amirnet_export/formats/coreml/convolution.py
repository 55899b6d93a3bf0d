"""Convolutions of the Core ML reference executor, added up in float32 or, product by product, in float16."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F

from ...errors import ExportError

Array = np.ndarray[Any, Any]
"""Numbers of any type and shape."""
Result = tuple[Array, float]
"""A value, and the size of the largest sum that may have occurred on the way to it (0 if it says nothing new)."""


class Convolution(NamedTuple):
    """A convolution, ready to be added up in whatever way."""

    value: torch.Tensor
    """Its input with padding, (N, C, H, W)."""
    weight: torch.Tensor
    """(out, in, height, width)."""
    bias: torch.Tensor
    """(out,)."""
    stride: tuple[int, ...]
    """Down and across."""
    size: float
    """The largest sum of its products' sizes: no sum on the way is larger."""


def convolution(given: dict[str, Any]) -> Convolution:
    """A `conv` operation's arguments by name, made ready. Raises ExportError for groups, dilations, or other ranks."""
    plain = str(given["pad_type"]) in ("custom", "valid") and int(given.get("groups", 1)) == 1
    if not plain or np.any(np.asarray(given.get("dilations", 1)) != 1) or given["x"].ndim != 4:
        raise ExportError("Core ML: the reference executor knows plain 2-D convolutions only: extend it there")
    value, weight = torch.from_numpy(given["x"]), torch.from_numpy(np.array(given["weight"]))
    if str(given["pad_type"]) == "custom":
        top, bottom, left, right = (int(side) for side in given["pad"])
        value = F.pad(value, (left, right, top, bottom))
    stride = tuple(int(step) for step in given.get("strides", (1, 1)))
    bias = torch.from_numpy(np.array(given["bias"])) if "bias" in given else torch.zeros(len(weight))
    size = F.conv2d(value.abs(), weight.abs(), bias.abs(), stride=stride).max()
    return Convolution(value, weight, bias, stride, float(size))


def conv_in_half(given: dict[str, Any]) -> Result:
    """A `conv` operation with every sum kept in float16, one product after another, channels within a tap."""
    value, weight, bias, (rows, columns), size = convolution(given)
    height, width = ((value.shape[2 + axis] - weight.shape[2 + axis]) // step + 1
                     for axis, step in enumerate((rows, columns)))  # fmt: skip
    total = bias.view(1, -1, 1, 1).expand(len(value), -1, height, width)
    for row, column in np.ndindex(*weight.shape[2:]):
        seen = value[:, :, row : row + rows * height : rows, column : column + columns * width : columns]
        for channel in range(weight.shape[1]):
            # A product of two float16 is exact in float32; only the sum is rounded, as a fused multiply-add does.
            product = seen[:, channel : channel + 1] * weight[:, channel, row, column].view(1, -1, 1, 1)
            total = (total + product).half().float()
    return total.numpy(), size
