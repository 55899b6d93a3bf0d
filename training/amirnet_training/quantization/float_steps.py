"""The program in float: what the float formats export, and what every int8 result is measured against."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ..network.phone import Blocks, PhoneRestorer
from .layers import Layers, layers_of


class TorchSteps:
    """Steps on torch tensors, all but the convolution; `_done` puts a result where the implementation keeps it."""

    def input(self, name: str, value: Tensor) -> Tensor:
        return self._done(name, value)

    def add(self, name: str, left: Tensor, right: Tensor, *, relu: bool = False) -> Tensor:
        return self._done(name, left + right, relu=relu)

    def multiply(self, name: str, value: Tensor, factor: Tensor) -> Tensor:
        return self._done(name, value * factor)

    def upsample(self, value: Tensor) -> Tensor:
        return F.interpolate(value, scale_factor=2.0, mode="nearest")

    def _done(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        raise NotImplementedError


class FloatSteps(TorchSteps):
    """Computes the program's steps in float32, and keeps their results by name if asked (for ranges and reports)."""

    def __init__(self, layers: Layers, blocks: Blocks, *, keep: bool = False) -> None:
        self.layers = layers
        self.blocks = blocks
        self.kept: dict[str, Tensor] | None = {} if keep else None

    def conv(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        return self._done(name, self.layers[name](value), relu=relu)

    def _done(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        if relu:
            value = torch.relu(value)
        if self.kept is not None:
            self.kept[name] = value
        return value


def float_steps(restorer: PhoneRestorer, *, keep: bool = False) -> FloatSteps:
    """The float program of a trained restorer."""
    return FloatSteps(layers_of(restorer), restorer.blocks, keep=keep)
