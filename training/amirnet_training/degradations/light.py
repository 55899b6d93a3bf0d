"""Low light as real pairs show it: a power curve a channel, colour cast, and noise that grows as light goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .base import Image, KeepsTarget, log_uniform, to_uint8
from .incamera import blotches
from .registry import variant
from .tone import levels, look_up


@variant("lowlight", 0.8)
@dataclass(frozen=True)
class DimLight(KeepsTarget):
    """``factor * x ** gamma`` on [0, 1], then noise of variance ``shot * dark + read^2``."""

    factor: tuple[float, float, float]
    """Of red, green and blue."""
    gamma: tuple[float, float, float]
    """Of red, green and blue."""
    shot: float = 0.0004
    """Of the variance, per light."""
    read: float = 0.006
    """Deviation in the dark."""
    spread: float = 0.0
    """Pixels over which neighbours are correlated, as by demosaicking and denoising; 0 leaves the noise white."""
    common: float = 0.0
    """Correlation between colours, 0-1."""
    kind = "lowlight"
    margin = 4

    @classmethod
    def draw(cls, rng: np.random.Generator) -> DimLight:
        # The spread of factors, powers and casts over the pairs of LOL's training set, fitted channel by channel:
        # factor 0.06-0.42, power 1.1-3.3 (5th to 95th percentile), log casts +-0.15, powers of colours apart by 0.3.
        factor, gamma = log_uniform(rng, 0.03, 0.6), rng.uniform(0.7, 1.6)
        if rng.random() < 0.5:
            factor, gamma = log_uniform(rng, 0.06, 0.5), rng.uniform(1.2, 3.0)
        casts, bends = np.exp(rng.normal(0, 0.12, 3)), rng.normal(0, 0.15, 3)
        strength = log_uniform(rng, 0.3, 3) * (0.15 / factor) ** 0.3
        return cls(
            factor=_triple(np.minimum(factor * casts, 1)),
            gamma=_triple(np.maximum(gamma + bends, 0.5)),
            shot=3e-4 * strength,
            read=float(np.clip(0.005 * strength**0.7, 0.001, 0.03)),
            spread=rng.uniform(0.35, 0.9) if rng.random() < 0.5 else 0.0,
            common=rng.uniform(0, 0.7),
        )

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        height, width = image.shape[:2]
        dark = np.array(self.factor, np.float32) * levels()[:, None] ** np.array(self.gamma, np.float32)
        deviation = np.sqrt(np.float32(self.shot) * dark + np.float32(self.read**2))
        if self.spread > 0:
            noise = blotches(height, width, 3, self.spread, rng)
            shared = blotches(height, width, 1, self.spread, rng) if self.common > 0 else np.float32(0)
        else:
            noise = rng.standard_normal(image.shape, dtype=np.float32)
            shared = rng.standard_normal((height, width, 1), dtype=np.float32) if self.common > 0 else np.float32(0)
        noise = np.float32((1 - self.common) ** 0.5) * noise + np.float32(self.common**0.5) * shared
        return to_uint8((look_up(image, dark) + look_up(image, deviation) * noise) * np.float32(255))


def _triple(values: np.ndarray) -> tuple[float, float, float]:
    red, green, blue = (float(value) for value in values)
    return red, green, blue
