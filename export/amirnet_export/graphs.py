"""The encoder as a torch module with the contract's inputs and outputs (CONTRACT G2)."""

from __future__ import annotations

from torch import Tensor, nn

from amirnet_training.network import AMIRNet


class EncoderGraph(nn.Module):
    """probes (N, 3, S, S) in [0, 1] -> mask (N, K) and value (N, K)."""

    def __init__(self, network: AMIRNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, probes: Tensor) -> tuple[Tensor, Tensor]:
        place = self.network.place(probes)
        return place.mask, place.value
