"""Defocus through real apertures: disks, polygons of blades, rings, soft edges, and mixtures of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from .base import log_uniform
from .blur import KernelBlur, draw_light
from .kernels import SUPERSAMPLING, Kernel
from .registry import variant


@lru_cache(maxsize=1024)
def aperture(radius: float, blades: int, turn: float, dip: float, soft: float, glow: float) -> Kernel:
    """The kernel that `ApertureBlur` describes: odd side, sum 1."""
    reach = math.ceil(radius + 2 * soft + (radius if glow > 0 else 0)) + 1
    side = 2 * reach + 1
    axis = ((np.arange(side * SUPERSAMPLING) + 0.5) / SUPERSAMPLING - side / 2).astype(np.float32)
    x, y = np.meshgrid(axis, axis)
    distance = np.hypot(x, y)
    if blades:
        sector = 2 * np.pi / blades
        angle = (np.arctan2(y, x) + math.radians(turn)) % sector - sector / 2
        edge = distance * np.cos(angle) / math.cos(sector / 2)  # the corners lie on the circle of the radius
    else:
        edge = distance
    values = (edge <= radius).astype(np.float32) * (1 - dip * (distance <= 0.55 * radius))
    pixels = values.reshape(side, SUPERSAMPLING, side, SUPERSAMPLING).mean(axis=(1, 3))
    if soft > 0:
        pixels = cv2.GaussianBlur(pixels, (0, 0), soft)
    pixels /= pixels.sum()
    if glow > 0:
        y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
        wide = np.exp(-(x * x + y * y) / (2 * (0.7 * radius) ** 2))
        pixels = (1 - glow) * pixels + glow * wide / wide.sum()
    kernel = (pixels / pixels.sum()).astype(np.float32)
    kernel.setflags(write=False)
    return kernel


@variant("defocus", 0.85)
@dataclass(frozen=True)
class ApertureBlur(KernelBlur):
    """Out of focus by a lens's aperture."""

    radius: float
    """In pixels (> 0), of the disk, or of the circle about the polygon."""
    blades: int = 0
    """Corners of the polygon (3 or more); 0 is round."""
    turn: float = 0.0
    """Rotation of the polygon in degrees."""
    dip: float = 0.0
    """How much darker the middle is, 0-1: a ring, as lenses with spherical aberration draw it."""
    soft: float = 0.0
    """Gaussian deviation of the edge in pixels, 0 for a hard one."""
    glow: float = 0.0
    """Share of the light in a Gaussian of deviation 0.7 `radius`, 0-1."""
    linear: bool = False
    """Whether light is averaged instead of levels."""
    lamps: float = 1.0
    """How much brighter than white the whitest levels really were, at least 1 (see `blur.convolve`)."""
    kind = "defocus"

    @classmethod
    def draw(cls, rng: np.random.Generator) -> ApertureBlur:
        # Small radii are what phones and near misses show: most come from the lower part.
        radius = log_uniform(rng, 0.7, 4) if rng.random() < 0.6 else log_uniform(rng, 0.7, 7)
        blades = int(rng.choice([0, 6, 8, 5], p=[0.6, 0.2, 0.12, 0.08]))
        dip = rng.uniform(0.2, 0.8) if rng.random() < 0.25 else 0.0
        soft = rng.uniform(0.15, 0.4) * radius if rng.random() < 0.45 else 0.0
        glow = rng.uniform(0.1, 0.6) if rng.random() < 0.3 else 0.0
        return cls(radius, blades, rng.uniform(0, 360) if blades else 0.0, dip, soft, glow, *draw_light(rng))

    def kernel(self) -> Kernel:
        return aperture(self.radius, self.blades, self.turn, self.dip, self.soft, self.glow)
