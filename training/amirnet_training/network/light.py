"""Light as a step of its own, before the restorer: how bright a photo should be (CONTRACT E).

The code and the photo's levels give a tone curve a channel, ``(1 + gain) * x ** (1 / (1 + bend))``; the runtime turns
it into a table of 256 levels and applies it to the photo's bytes. A factor is its special case without a bend. Neither
is ever below 0, and both are 0 for a photo that is as bright as it should be: then it passes unchanged.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

PERCENTS = (1, 10, 25, 50, 75, 90, 99)
"""Of the pixels, in percent, that lie at or below the levels which describe a photo."""
STATISTICS = 3 * (len(PERCENTS) + 1)
"""Numbers that describe a photo's levels: a channel's percentiles and its mean."""
MOST_GAIN, MOST_BEND = 255.0, 15.0
"""Larger values say no more: the darkest level becomes the brightest."""
BRIGHTER = 1.1
"""A photo is to be brightened if its target's mean level is so many times its own."""


@torch.no_grad()
def level_statistics(probes: Tensor) -> Tensor:
    """Levels of a photo's probes (N, R, 3, P, P) in [0, 1], multiples of 1/255 -> (N, 24) in [0, 1] (CONTRACT E1).

    For red, then green, then blue: the least levels that 1, 10, 25, 50, 75, 90 and 99 percent of all its probes' pixels
    reach at most, and the mean.
    """
    levels = probes.float().mul(255).round().to(torch.uint8).transpose(1, 2).flatten(2)
    total = levels.shape[2]
    # The least v with 100 * (pixels at v or below) >= percent * total is the ceil(percent * total / 100)-th in order.
    places = [-(-percent * total // 100) - 1 for percent in PERCENTS]
    ordered = levels.sort(dim=2).values
    reached = torch.stack([ordered[:, :, place] for place in places], dim=2).float() / 255
    mean = (levels.sum(dim=2, keepdim=True).double() / (255 * total)).float()  # a whole sum, divided as there
    return torch.cat([reached, mean], dim=2).flatten(1)


class _Floor(torch.autograd.Function):
    """ReLU that a value below 0 can leave: gradients that would raise it pass, those that would lower it do not."""

    @staticmethod
    def forward(ctx: Any, value: Tensor) -> Tensor:
        ctx.save_for_backward(value)
        return torch.relu(value)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (gradient,), (value,) = gradients, ctx.saved_tensors
        return gradient * ((value > 0) | (gradient < 0))


def floor(value: Tensor) -> Tensor:
    """``value`` where it is above 0, else 0: ReLU for a single number that must not die while training."""
    return _Floor.apply(value)  # type: ignore[no-any-return, no-untyped-call]


class LightHead(nn.Module):
    """Code (N, K) and level statistics (N, 24) -> gains and bends of the three channels, (N, 6), none below 0."""

    def __init__(self, code: int, hidden: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(code + STATISTICS, hidden)
        self.output = nn.Linear(hidden, 6)
        # Training starts from next to "as bright as it is".
        nn.init.zeros_(self.output.weight)
        nn.init.constant_(self.output.bias, 0.02)

    def forward(self, code: Tensor, statistics: Tensor) -> Tensor:
        return to_curves(self.output(torch.relu(self.hidden(torch.cat([code, statistics], dim=1)))))


def to_curves(output: Tensor) -> Tensor:
    """The head's last layer (N, 6) as gains and bends: none below 0, none above what says something (CONTRACT E)."""
    found = floor(output)
    return torch.cat([found[:, :3].clamp(max=MOST_GAIN), found[:, 3:].clamp(max=MOST_BEND)], dim=1)


def to_brighten(photo: Tensor, target: Tensor) -> Tensor:
    """(N,) bool: which photos (N, 3, H, W) are darker than their targets say, by a tenth and a level."""
    return target.mean((1, 2, 3)) > BRIGHTER * photo.mean((1, 2, 3)) + 1 / 255


def lift(image: Tensor, curves: Tensor) -> Tensor:
    """The photo under its tone curves, before it is clipped and rounded to levels.

    Args:
        image: (N, 3, H, W) in [0, 1], multiples of 1/255.
        curves: (N, 6), as `LightHead` gives them.
    """
    gain, bend = curves[:, :3, None, None], curves[:, 3:, None, None]
    # The slope of a power at 0 is infinite, and black stays black.
    return (1 + gain) * image.clamp(min=1 / 510).pow(1 / (1 + bend)) * (image > 0)


def to_levels(image: Tensor) -> Tensor:
    """Clipped to [0, 1] and rounded to multiples of 1/255, halves up; gradients pass the rounding straight through."""
    clipped = image.clamp(0, 1)
    return clipped + (torch.floor(clipped * 255 + 0.5) / 255 - clipped).detach()
