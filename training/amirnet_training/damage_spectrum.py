"""What a damage did to a photo, frequency by frequency: what a code is taught to tell while it is learnt.

A code that steers blur has to say how far and which way it reaches, and the restoration loss alone teaches that slowly:
the restorer learns to do without. Here a small network of its own reads the code and is asked for the damage's
spectrum, which every pair of photos shows without a label: how much of the sharp photo's detail is left at each
frequency and direction, and how much was added that the sharp photo does not explain. Only training needs it.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn

RADII = (0.0625, 0.09375, 0.125, 0.15625, 0.1875, 0.21875, 0.25, 0.28125, 0.3125, 0.375, 0.5)
"""Bounds of the rings of frequencies, in cycles a pixel. What lies below the first says how bright the photo is beside
the sharp one: transfer is told beside it. Rings are narrow: where an aperture wipes all out tells its radius."""
SECTORS = 4
"""Directions that a ring's transfer is told for: a moving camera wipes out one and leaves another."""
LEAST = 1.5 / 255
"""Deviation, in [0, 1], below which a photo's detail is too faint to be compared."""
QUIET = 0.25 / 255
"""Deviation that what was added is told from on: less is lost in the rounding to levels."""
SIZE = len(RADII[1:]) * (SECTORS + 2)
"""Numbers of a spectrum: each ring's transfer by direction, then what was added to its lightness and its colour."""


class Spectrum(NamedTuple):
    """What damages did to N patches."""

    told: Tensor
    """(N, `SIZE`): transfer is near 1 where detail is as it was, near 0 where nothing is left of it, and
    below where a blur turned bright into dark; what was added is the common logarithm of its deviation, in [0, 1], by
    frequency, plus 2."""
    trusted: Tensor
    """(N, `SIZE`): how far each number is to be trusted, in [0, 1]."""
    bright: Tensor
    """(N,): how bright the patch is beside the sharp one."""

    def as_code(self, length: int) -> Tensor:
        """The spectra as codes (N, ``length``), brightness in the last number: what a code could tell at best.

        Raises ValueError when a code is too short.
        """
        if length <= SIZE:
            raise ValueError(f"a code of {length} numbers holds no spectrum of {SIZE + 1}: use 6 levels or more")
        detail = len(RADII[1:]) * SECTORS
        kept, added = self.told[:, :detail] - 0.5, self.told[:, detail:] / 2
        unused = self.told.new_zeros(len(self.told), length - SIZE - 1)
        return torch.cat([kept, added, unused, self.bright[:, None].clamp_min(1e-3).log10()], dim=1)


class DamageSpectrum(nn.Module):
    """Reads spectra of damages from codes.

    Args:
        code: length of a code.
        hidden: numbers between the reader's two layers.
    """

    def __init__(self, code: int, hidden: int = 64) -> None:
        super().__init__()
        self.read = nn.Sequential(nn.Linear(code, hidden), nn.ReLU(), nn.Linear(hidden, SIZE))

    def forward(self, codes: Tensor, degraded: Tensor, clean: Tensor) -> Tensor:
        """Mean squared error () of the spectra read from ``codes`` (N, K), of patches as `spectrum` takes them."""
        wanted, weight, _ = spectrum(degraded, clean)
        with torch.autocast(codes.device.type, enabled=False):
            apart = (self.read(codes.float()) - wanted).square()
        return (weight * apart).sum() / weight.sum()


@torch.no_grad()
def spectrum(degraded: Tensor, clean: Tensor) -> Spectrum:
    """What the damage did to patches (N, 3, P, P) in [0, 1]."""
    side = clean.shape[2]
    rings, sectors = _bands(side, clean.device)
    coarse, parts = rings[:1], (rings[1:, None] * sectors).flatten(0, 1)
    window = torch.hann_window(side, periodic=False, device=clean.device)
    window = window[:, None] * window
    energy = window.square().sum()
    counts = parts.sum((1, 2)) * energy
    added = []
    for plane in (1, 2, 0):  # two differences of colour, then lightness
        before, after = (torch.fft.rfft2(_plane(photo, plane) * window) for photo in (clean, degraded))
        own, new, cross = before.abs().square(), after.abs().square(), after * before.conj()
        detail, common = _sum(own, parts), _sum(cross.real, parts)
        left = (_sum(new, parts) - common.square() / detail.clamp_min(1e-12)).clamp_min(0)
        ring = (left / energy).unflatten(1, (-1, SECTORS)).sum(2) / rings[1:].sum((1, 2))
        added.append((ring + QUIET**2).sqrt().log10() + 2)
    bright = _sum(cross.real, coarse).clamp_min(0) / _sum(own, coarse).clamp_min(1e-12)
    faint = counts * LEAST**2
    kept = (common / (detail + 0.1 * faint) / bright.clamp_min(1e-3)).clamp(-0.5, 1.5)
    trust = detail / (detail + left / bright.clamp_min(1e-3).square() + faint)
    found = torch.cat([kept, added[2], (added[0] + added[1]) / 2], dim=1)
    sure = torch.ones_like(added[0])
    return Spectrum(found, torch.cat([trust, sure, sure], dim=1), bright[:, 0])


def codes_of_damage(code: str, degraded: Tensor, clean: Tensor, length: int) -> Tensor | None:
    """The codes that steer patches (N, 3, P, P) by what was done to them, (N, ``length``); None where that does not.

    Args:
        code: the configuration's ``tree.code``.
        degraded: in [0, 1].
        clean: likewise.
        length: of a code.
    """
    return spectrum(degraded, clean).as_code(length) if code == "spectrum" else None


def _plane(photo: Tensor, plane: int) -> Tensor:
    red, green, blue = photo.unbind(1)
    found = ((red + green + blue) / 3, red - green, blue - green)[plane]
    return found - found.mean((1, 2), keepdim=True)


def _sum(values: Tensor, bands: Tensor) -> Tensor:
    """Sums of (N, P, F) over bands (B, P, F): (N, B)."""
    flat = bands.reshape(-1, bands.shape[-2] * bands.shape[-1])
    return values.flatten(1) @ flat.T.to(values.dtype)


@lru_cache(maxsize=4)
def _bands(side: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Rings (1 + rings, P, P // 2 + 1), the coarse one first, and directions (SECTORS, P, P // 2 + 1), of 0 and 1."""
    y = torch.fft.fftfreq(side, device=device)[:, None]
    x = torch.fft.rfftfreq(side, device=device)[None]
    radius = torch.hypot(x, y)
    bounds = (1e-9, *RADII)  # 0 itself, the mean, was taken away
    rings = torch.stack([(radius >= low) & (radius < high) for low, high in pairwise(bounds)])
    angle = torch.atan2(y, x) / math.pi * SECTORS
    sectors = torch.stack([torch.remainder(torch.round(angle), SECTORS) == sector for sector in range(SECTORS)])
    return rings.float(), sectors.float()
