"""Keeps activations within what 8 bits and half floats hold well, by a term in the loss.

Nothing else bounds a residual network without normalisation: trained freely, its decoder grew to values of 20,000
that only close a ReLU, and an int8 step of such a tensor is larger than the signal beside them (fp16 ends at 65,504).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .network.phone import PhoneRestorer
from .program.layer import CodeMap
from .program.restorer import STAGES

RANGE = 6.0
"""Values up to this size are free, as in ReLU6."""
SAMPLES = 4
"""Samples of a batch that are looked at: enough to steer, at a fraction of the cost."""


class ActivationRange:
    """Watches the results of a phone restorer's convolutions and blocks. Other restorers have nothing to watch.

    Args:
        restorer: the module that will run forward; it is told to show its steps.
    """

    active: bool
    """Whether results count at the moment."""

    def __init__(self, restorer: nn.Module) -> None:
        self.active = False
        self._terms: list[Tensor] = []
        self._steps: set[str] = set()
        if isinstance(restorer, PhoneRestorer):
            convolutions = restorer.convolutions().items()
            self._steps = {step for step, module in convolutions if not isinstance(module, CodeMap)} - {"head"}
            for stage in STAGES:
                self._steps |= {f"{stage}{index}/sum" for index in range(len(restorer.blocks.stage(stage)))}
            restorer.watch = self._watch

    def _watch(self, step: str, result: Tensor) -> None:
        if self.active and step in self._steps:
            excess = torch.relu(result[:SAMPLES].abs() / RANGE - 1)
            # The logarithm pulls the farthest values no harder than the near ones: they would drown the restoration.
            self._terms.append(torch.log1p(excess).mean())

    def take(self) -> Tensor:
        """Mean over the watched tensors since the last call of log(1 + excess); 0 when nothing was watched."""
        terms, self._terms = self._terms, []
        return torch.stack(terms).mean() if terms else torch.zeros(())
