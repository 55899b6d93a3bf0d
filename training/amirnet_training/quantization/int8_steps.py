"""The program on a fixed grid, simulated in float: what an int8 runtime should compute, up to ties in rounding."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..program.folding import fold
from ..program.layer import Layers
from ..program.restorer import Blocks, restore, step_names
from ..program.torch_steps import FloatSteps
from .grid import Grid, QuantParams, fake_weight, fold_weights


@dataclass(frozen=True)
class QuantizedRestorer:
    """A restorer with its grid: what is exported, whole or folded for a node.

    ``layers`` hold float weights and biases; the grid rounds the weights.
    """

    layers: Layers
    """Float weights and biases by step."""
    grid: Grid
    """Rounds weights and results."""
    blocks: Blocks
    """Of the program."""

    @property
    def steered(self) -> bool:
        """Whether it takes a code; a folded one does not."""
        return "scale" in self.layers

    def folded(self, code: Tensor) -> QuantizedRestorer:
        """The same restorer for one node: ``code`` (K,) is part of the weights, the weight integers are shared."""
        rounded = self.rounded()
        layers = fold(rounded, self.blocks, code)
        names = step_names(self.blocks, steered=False)
        kept = {name: self.grid.activations[name] for name in names}
        weights = fold_weights(self.grid.weights, rounded, self.blocks, code)
        return QuantizedRestorer(layers, Grid(kept, weights), self.blocks)

    def rounded(self) -> Layers:
        """The layers with weights on the grid, as floats."""
        return {name: replace(layer, weight=fake_weight(layer.weight, torch.tensor(self.grid.weights[name])))
                for name, layer in self.layers.items()}  # fmt: skip

    def steps(self, *, keep: bool = False) -> Int8Steps:
        """How `program.restore` runs it."""
        return Int8Steps(self, keep=keep)

    @torch.no_grad()
    def __call__(self, tile: Tensor, code: Tensor | None) -> Tensor:
        """(N, 3, H, W) and (N, K, 1, 1) or None -> restored (N, 3, H, W) on the grid of pixels."""
        return restore(self.steps(), tile, code)


class Int8Steps(FloatSteps):
    """Float steps whose weights and results are rounded to the grid.

    Biases stay float: int8 runtimes keep them in int32 steps of input times weight scale, far finer than a result's.
    """

    def __init__(self, restorer: QuantizedRestorer, *, keep: bool = False) -> None:
        super().__init__(restorer.rounded(), restorer.blocks, keep=keep)
        self.params: dict[str, QuantParams] = restorer.grid.activations
        """Step -> its scale and zero point."""

    def _done(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        if relu:
            value = torch.relu(value)
        value = self.params[name].fake(value)
        if self.kept is not None:
            self.kept[name] = value
        return value
