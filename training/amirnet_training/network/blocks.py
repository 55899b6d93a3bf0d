"""Building blocks of the phone presets: convolution, ReLU, add, per-channel multiply.

Every tensor is NCHW. Codes travel as ``(N, code, 1, 1)`` and are mapped by 1x1 convolutions, so that no
tensor in the graph leaves rank 4 and the modulation folds into the neighbouring convolution (DESIGN 3.3).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


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


class _Floor(torch.autograd.Function):
    """ReLU that a value below 0 can leave: gradients that would raise it pass, those that would lower it do not."""

    @staticmethod
    def forward(ctx: Any, value: Tensor) -> Tensor:
        ctx.save_for_backward(value)
        return torch.relu(value)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (gradient,), (value,) = gradients, ctx.saved_tensors
        return gradient * ((value > 0) | (gradient < 0))


def floor(value: Tensor) -> Tensor:
    """``value`` where it is above 0, else 0: ReLU for a single number that must not die while training."""
    return _Floor.apply(value)  # type: ignore[no-any-return, no-untyped-call]


class PlainBlock(nn.Module):
    """Residual block without conditioning: ``x + conv1x1(relu(conv3x3(x)))``."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.spatial = nn.Conv2d(channels, channels, 3, padding=1)
        self.mix = nn.Conv2d(channels, channels, 1)
        nn.init.kaiming_normal_(self.spatial.weight, nonlinearity="relu")
        nn.init.normal_(self.mix.weight, std=0.2 / channels**0.5)

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        return x + self.mix(torch.relu(self.spatial(x)))


class FeatureTransformBlock(nn.Module):
    """Residual block steered by the code (the paper's FTB without its global operations).

    ``x + scale(code) * conv1x1(relu(gain(code) * conv3x3(x) + shift(code)))``. With the code fixed, gain and
    shift fold into the 3x3 convolution and scale into the 1x1 one.
    """

    def __init__(self, channels: int, code: int) -> None:
        super().__init__()
        self.spatial = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.mix = nn.Conv2d(channels, channels, 1)
        self.gain = CodeMap(code, channels, 1.0)
        self.shift = CodeMap(code, channels, 0.0)
        self.scale = CodeMap(code, channels, 0.2)
        nn.init.kaiming_normal_(self.spatial.weight, nonlinearity="relu")
        nn.init.normal_(self.mix.weight, std=1.0 / channels**0.5)

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        hidden = torch.relu(self.spatial(x) * self.gain(code) + self.shift(code))
        return x + self.mix(hidden) * self.scale(code)
