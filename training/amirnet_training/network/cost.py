"""What a network costs: parameters and multiply-accumulates, counted on the real graph."""

from __future__ import annotations

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from .amirnet import AMIRNet


def parameters(module: nn.Module) -> int:
    """Number of learnt weights."""
    return sum(p.numel() for p in module.parameters())


def restorer_macs_per_megapixel(network: AMIRNet, side: int = 256) -> float:
    """Multiply-accumulates of the restorer for 10^6 pixels, measured on one ``side`` x ``side`` tile."""
    device = next(network.parameters()).device
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network.restore(torch.zeros(1, 3, side, side, device=device), torch.zeros(1, network.code_size, device=device))
    return counter.get_total_flops() / 2 * (1e6 / side**2)


def encoder_macs(network: AMIRNet, side: int = 64) -> float:
    """Multiply-accumulates of the encoder and the tree heads for one ``side`` x ``side`` probe."""
    device = next(network.parameters()).device
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network.place(torch.zeros(1, 3, side, side, device=device))
    return counter.get_total_flops() / 2
