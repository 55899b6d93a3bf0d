"""The program on torch tensors: as it trains, and in float as it is exported and every int8 result is measured by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

from .layer import Layers

if TYPE_CHECKING:
    from .restorer import Blocks


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
        return torch.relu(value) if relu else value


class ModuleSteps(TorchSteps):
    """Computes the steps with the modules that learn, so that gradients reach them.

    Args:
        modules: step -> what computes its convolution.
        blocks: of the restorer; not needed for a block by itself.
        watch: is shown every convolution's result before its ReLU, and every sum's, by step.
    """

    def __init__(
        self,
        modules: Mapping[str, Callable[[Tensor], Tensor]],
        blocks: Blocks | None = None,
        watch: Callable[[str, Tensor], None] | None = None,
    ) -> None:
        self._modules, self._watch = modules, watch
        if blocks is not None:
            self.blocks: Blocks = blocks

    blocks: Blocks
    """Of the program."""

    def conv(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        return self._done(name, self._shown(name, self._modules[name](value)), relu=relu)

    def add(self, name: str, left: Tensor, right: Tensor, *, relu: bool = False) -> Tensor:
        return self._done(name, self._shown(name, left + right), relu=relu)

    def _shown(self, name: str, value: Tensor) -> Tensor:
        if self._watch is not None:
            self._watch(name, value)
        return value


class FloatSteps(TorchSteps):
    """Computes the program's steps in float32, and keeps their results by name if asked (for ranges and reports)."""

    def __init__(self, layers: Layers, blocks: Blocks, *, keep: bool = False) -> None:
        self.layers = layers
        self.blocks = blocks
        self.kept: dict[str, Tensor] | None = {} if keep else None
        """Step -> its result, of the last run."""

    def conv(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        return self._done(name, self.layers[name](value), relu=relu)

    def _done(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        value = super()._done(name, value, relu=relu)
        if self.kept is not None:
            self.kept[name] = value
        return value
