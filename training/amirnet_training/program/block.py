"""What a block of a restorer declares, once: its convolutions by step, and its steps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import Tensor, nn

from .layer import Layers, layer_of
from .steps import Steps, Value
from .torch_steps import ModuleSteps


class Block(nn.Module, ABC):
    """A residual block: (N, C, H, W) -> (N, C, H, W).

    A subclass has a constructor ``(channels, code)`` that makes its convolutions, `convolutions`, and `run`. All else
    follows: how it trains, its place on the int8 grid, what is exported, and how it folds for one node. It joins the
    restorer by `restorer.Blocks`.
    """

    kinds: ClassVar[list[type[Block]]] = []
    """Every block there is, in the order of their definition."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        Block.kinds.append(cls)

    @abstractmethod
    def __init__(self, channels: int, code: int) -> None:
        """For values of ``channels`` channels, and codes of ``code`` numbers."""
        super().__init__()

    @abstractmethod
    def convolutions(self) -> dict[str, nn.Module]:
        """Step -> the convolution, or the `CodeMap`, that computes it."""

    @classmethod
    @abstractmethod
    def run(cls, steps: Steps[Value], name: str, value: Value, code: Value) -> Value:
        """The block's steps; each is called ``name``/STEP, and the last, whose result is the block's, ``name``/sum.

        A block that the code steers multiplies a convolution's result by a `CodeMap` of the code, or adds one, before
        it uses it for anything else: then it folds.

        Args:
            steps: how each is computed.
            name: of this block in its restorer, such as ``encode0``.
            value: (N, C, H, W).
            code: (N, K, 1, 1).
        """

    def layers(self) -> Layers:
        """The trained convolutions by step."""
        return {step: layer_of(module) for step, module in self.convolutions().items()}

    def forward(self, value: Tensor, code: Tensor) -> Tensor:
        """The block by itself, on (N, C, H, W) and (N, K, 1, 1): its steps in float, with gradients."""
        modules = {f"block/{step}": module for step, module in self.convolutions().items()}
        return self.run(ModuleSteps(modules), "block", value, code)
