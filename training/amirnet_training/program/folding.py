"""A restorer for one node of the tree: the code is fixed, so what it does becomes part of the weights.

In int8 a gain folds into the scales of a convolution's output channels: the weight integers stay what they are, and
where a gain is negative its channel's integers change sign.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .folded_steps import Fold, FoldedSteps
from .layer import Layers
from .restorer import Blocks, run_folded
from .steps import StepNames


def folds_of(blocks: Blocks) -> dict[str, Fold]:
    """Convolution of the steered program -> what becomes of it. Maps of the code are not among them."""
    steps = FoldedSteps(StepNames(blocks))
    run_folded(steps, "tile")
    return {fold.layer: fold for fold in steps.folds}


def constant_of(layers: Layers, step: str, code: Tensor) -> Tensor:
    """What a map of the code, the layer ``step``, gives for a code (K,): (C,)."""
    return layers[step](code.view(1, -1, 1, 1)).flatten()


@torch.no_grad()
def fold(layers: Layers, blocks: Blocks, code: Tensor) -> Layers:
    """The layers with the code (K,) folded in, for the program without a code: equal up to float rounding."""
    folds, folded = folds_of(blocks), {}
    for name, layer in layers.items():
        if name in folds:
            for change in folds[name].changes:
                constant = constant_of(layers, change.constant, code)
                layer = layer.scaled(constant) if change.is_gain else layer.shifted(constant)
            folded[folds[name].step] = layer
    return folded
