"""Keeps activations within what 8 bits and half floats hold well, by a term in the loss.

Nothing else bounds a residual network without normalisation: trained freely, its decoder grew to values of 20,000
that only close a ReLU, and an int8 step of such a tensor is larger than the signal beside them (fp16 ends at 65,504).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .network.blocks import FeatureTransformBlock, PlainBlock
from .network.phone import PhoneRestorer

RANGE = 6.0
"""Values up to this size are free, as in ReLU6."""
MARGIN = 0.1
"""How far below 0 a factor that would clip the photo must be to cost nothing: codes vary, and 8 bits round."""
CLIPPED = 10.0
"""Weight of what brightening clips beside the mean over the other tensors."""
SAMPLES = 4
"""Samples of a batch that are looked at, on every `EVERY`-th step: enough to steer, at a fraction of the cost."""
EVERY = 4


class ActivationRange:
    """Watches the results of a phone restorer's convolutions and blocks. Other restorers have nothing to watch.

    Args:
        restorer: the module that will run forward; hooks are put on its parts.
    """

    def __init__(self, restorer: nn.Module) -> None:
        self.active = False
        self._terms: list[Tensor] = []
        self._clipped: list[Tensor] = []
        if isinstance(restorer, PhoneRestorer):
            restorer.register_forward_pre_hook(self._watch_brightening)
            for part in restorer.modules():
                if isinstance(part, FeatureTransformBlock | PlainBlock):
                    part.register_forward_hook(self._watch)
                    part.spatial.register_forward_hook(self._watch)
                    part.mix.register_forward_hook(self._watch)
            for part in (restorer.stem, restorer.down, restorer.up, restorer.expand, restorer.detail, restorer.refine):
                part.register_forward_hook(self._watch)

    def _watch(self, module: nn.Module, inputs: object, result: Tensor) -> None:
        if self.active:
            excess = torch.relu(result[:SAMPLES].abs() / RANGE - 1)
            # The logarithm pulls the farthest values no harder than the near ones: they would drown the restoration.
            self._terms.append(torch.log1p(excess).mean())

    def _watch_brightening(self, restorer: PhoneRestorer, inputs: tuple[Tensor, Tensor]) -> None:
        if self.active:
            photo, code = (value[:SAMPLES] for value in inputs)
            factor = 1 + MARGIN + restorer.brighten(code)
            self._clipped.append(torch.relu(photo * factor - 1).mean())

    def take(self) -> Tensor:
        """Mean over the watched tensors since the last call of log(1 + excess), and what brightening would clip;
        0 when nothing was watched."""
        terms, self._terms = self._terms, []
        clipped, self._clipped = self._clipped, []
        return torch.stack(terms).mean() + CLIPPED * torch.stack(clipped).mean() if terms else torch.zeros(())
