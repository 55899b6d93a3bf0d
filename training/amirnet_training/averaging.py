"""The moving average of a network's weights: what is validated, kept and shipped."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from .network import AMIRNet


class MovingAverage:
    """Weights averaged exponentially over the steps; other tensors, such as prototypes, are the network's own.

    Args:
        network: whose weights the average begins with.
        decay: what is kept of the average in each step, in (0, 1).
    """

    def __init__(self, network: AMIRNet, decay: float) -> None:
        self.network = copy.deepcopy(network).requires_grad_(False).eval()
        self.decay = decay

    def begin(self, network: nn.Module) -> None:
        """Makes the average what ``network`` is now."""
        self.network.load_state_dict(network.state_dict())

    @torch.no_grad()
    def follow(self, network: nn.Module) -> None:
        """Moves the average towards ``network``; nothing in it waits for a GPU."""
        mine: list[Tensor] = list(self.network.parameters())
        theirs: list[Tensor] = list(network.parameters())
        torch._foreach_lerp_(mine, theirs, 1 - self.decay)
        for kept, new in zip(self.network.buffers(), network.buffers(), strict=True):
            kept.copy_(new)
