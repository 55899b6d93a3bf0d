"""One convolution of a program, as the formats write it: plain numbers, taken out of a trained module."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class Layer:
    """One convolution of the program, with zero padding."""

    weight: Tensor
    """(out, in, kernel, kernel) float32."""
    bias: Tensor
    """(out,) float32."""
    stride: int = 1
    """Pixels from one result to the next, along both axes."""
    padding: int = 0
    """Pixels of zeros at each side."""

    def __call__(self, value: Tensor) -> Tensor:
        """(N, in, H, W) -> (N, out, H', W')."""
        return F.conv2d(value, self.weight, self.bias, stride=self.stride, padding=self.padding)

    def scaled(self, gain: Tensor) -> Layer:
        """The layer whose results are ``gain`` (out,) times this one's."""
        return Layer(self.weight * gain.view(-1, 1, 1, 1), self.bias * gain, self.stride, self.padding)

    def shifted(self, shift: Tensor) -> Layer:
        """The layer whose results are this one's and ``shift`` (out,)."""
        return Layer(self.weight, self.bias + shift, self.stride, self.padding)


Layers = dict[str, Layer]
"""The program's layers by step name."""


@torch.no_grad()
def layer_of(module: nn.Module) -> Layer:
    """A trained convolution, or a map of the code, as a layer: a copy."""
    conv = module.linear if isinstance(module, CodeMap) else module
    assert isinstance(conv, nn.Conv2d)
    bias = torch.zeros(conv.out_channels) if conv.bias is None else conv.bias.detach().clone()
    return Layer(conv.weight.detach().clone(), bias, conv.stride[0], int(conv.padding[0]))


@torch.no_grad()
def after_fixed(weight: Tensor, bias: Tensor, layer: Layer) -> Layer:
    """A 3x3 convolution with ``weight`` (M, 3, 3, 3), ``bias`` (M,) and one pixel of padding, and ``layer`` on its
    result, as one layer: equal except where ``layer`` sees the padding."""
    outer, size = layer.weight.shape[0], layer.weight.shape[2]
    joined = torch.zeros(outer, 3, size + 2, size + 2)
    for row in range(3):
        for column in range(3):
            part = torch.einsum("omhw,mi->oihw", layer.weight, weight[:, :, row, column])
            joined[:, :, row : row + size, column : column + size] += part
    return Layer(joined, layer.bias + torch.einsum("omhw,m->o", layer.weight, bias), layer.stride, layer.padding + 1)


class CodeMap(nn.Module):
    """A constant per channel, linear in the code: ``(N, code, 1, 1) -> (N, channels, 1, 1)``.

    Equal to the sum over tree levels of a linear map of that level's part of the code (paper section 3.3),
    because the code is the concatenation of those parts. It starts as the constant ``initial``.
    """

    def __init__(self, code: int, channels: int, initial: float) -> None:
        super().__init__()
        self.linear = nn.Conv2d(code, channels, 1)
        nn.init.normal_(self.linear.weight, std=0.1)
        nn.init.constant_(self.linear.bias, initial)  # type: ignore[arg-type]

    def forward(self, code: Tensor) -> Tensor:
        return self.linear(code)
