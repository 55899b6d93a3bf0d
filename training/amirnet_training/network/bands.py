"""How much detail a probe shows, by frequency and direction: what tells how far a blur reaches.

An aperture or a shake wipes out some frequencies, and where they lie says how large it is. A network of small
convolutions under a mean sees little of that: from the features of one without bands a radius between 1 and 4 pixels
was told to within 0.56 pixels, from these numbers to within 0.29 (`evaluation.blur_told`).
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SIDE, STRIDE = 23, 4
"""Side of a filter, and pixels between two places that it looks at."""
WIDTH = 5.0
"""Deviation in pixels of the window that a filter looks through: two of its frequencies are told apart if they are a
thirtieth of a cycle a pixel apart."""
FREQUENCIES = torch.linspace(0.04, 0.48, 16).tolist()
"""In cycles a pixel."""
DIRECTIONS = 8
"""A sixteenth of a turn apart."""
LEVELS = (0.001, 0.004, 0.016, 0.064, 0.25)
"""Strengths that a filter's answer is compared with. Their comparisons rise with its logarithm: noise of a quarter of a
level counts as much as an edge."""
HIDDEN = 128
"""Numbers that are made of it all, by each of the two layers that read it."""


def filters() -> Tensor:
    """(2 * frequencies * directions, 1, `SIDE`, `SIDE`): waves through a window, of sum 0 and of length 1."""
    axis = torch.arange(SIDE, dtype=torch.double) - SIDE // 2
    y, x = axis[:, None], axis[None]
    window = torch.exp(-(x.square() + y.square()) / (2 * WIDTH**2))
    made = []
    for frequency in FREQUENCIES:
        for direction in range(DIRECTIONS):
            angle = math.pi * direction / DIRECTIONS
            phase = 2 * math.pi * frequency * (x * math.cos(angle) + y * math.sin(angle))
            for wave in (phase.cos(), phase.sin()):
                part = window * (wave - (window * wave).sum() / window.sum())
                made.append(part / part.square().sum().sqrt())
    return torch.stack(made)[:, None].float()


class Bands(nn.Module):
    """Probes (N, 3, P, P) in [0, 1], P at least `SIDE` -> (N, `HIDDEN`) numbers in (-1, 1).

    Its filters are fixed. The mean of what they let through is compared with `LEVELS`; two small layers read that.
    """

    gray: Tensor
    """(1, 3, 1, 1): the mean of the colours."""
    filters: Tensor
    """As `filters` makes them."""
    scales: Tensor
    """(bands * levels, bands): what compares."""

    middle: Tensor
    """(bands * levels,): what the comparisons are on average."""
    spread: Tensor
    """(bands * levels,): how far they vary. They vary by a few hundredths about a half: read as they are, one step of
    training moved what was made of them by more than a photo's damage does."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("gray", torch.full((1, 3, 1, 1), 1 / 3), persistent=False)
        self.register_buffer("filters", filters(), persistent=False)
        bands = len(self.filters)
        each = torch.eye(bands)
        self.register_buffer("scales", torch.cat([each / level for level in LEVELS]), persistent=False)
        self.register_buffer("middle", torch.zeros(bands * len(LEVELS)))
        self.register_buffer("spread", torch.ones(bands * len(LEVELS)))
        self.read = nn.Sequential(
            nn.Linear(bands * len(LEVELS), HIDDEN), nn.Softsign(), nn.Linear(HIDDEN, HIDDEN), nn.Softsign()
        )

    def compared(self, probes: Tensor) -> Tensor:
        """(N, bands * levels) in [0, 1): how strong the detail in each band is beside each level."""
        with torch.autocast(probes.device.type, enabled=False):  # faint detail on bright ground needs all its digits
            passed = F.conv2d(F.conv2d(probes.float(), self.gray), self.filters, stride=STRIDE).relu().mean(dim=(2, 3))
            return F.softsign(F.linear(passed, self.scales))

    def forward(self, probes: Tensor) -> Tensor:
        return self.told(self.compared(probes))

    def told(self, compared: Tensor) -> Tensor:
        """What is made (..., `HIDDEN`) of comparisons (..., bands * levels)."""
        found: Tensor = self.read((compared - self.middle) / self.spread)
        return found

    @torch.no_grad()
    def standardise(self, compared: Tensor) -> None:
        """Takes mean and spread of comparisons (N, bands * levels); what is made of them stays the same."""
        layer = self.read[0]
        assert isinstance(layer, nn.Linear)
        weight = layer.weight / self.spread
        bias = layer.bias - weight @ self.middle
        self.middle.copy_(compared.mean(0))
        self.spread.copy_(compared.std(0).clamp_min(1e-3))
        layer.weight.copy_(weight * self.spread)
        layer.bias.copy_(bias + weight @ self.middle)

    def layers(self) -> list[tuple[Tensor, Tensor]]:
        """Weight and bias of each layer of `read`, for comparisons as they are."""
        linear = [(part.weight.detach(), part.bias.detach()) for part in self.read if isinstance(part, nn.Linear)]
        weight = linear[0][0] / self.spread
        return [(weight, linear[0][1] - weight @ self.middle), *linear[1:]]
