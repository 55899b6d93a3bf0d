"""The two graphs of a bundle as torch modules with the contract's inputs and outputs (CONTRACT G2, G3)."""

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


class RestorerGraph(nn.Module):
    """tile (1, 3, H, W) in [0, 1] and code (1, K, 1, 1) -> restored (1, 3, H, W), not clipped."""

    def __init__(self, network: AMIRNet) -> None:
        super().__init__()
        self.restorer = network.restorer

    def forward(self, tile: Tensor, code: Tensor) -> Tensor:
        return self.restorer(tile, code)
