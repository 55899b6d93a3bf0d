"""Random strengths for training: a kind and a generator give one concrete degradation."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from .kinds import (
    KINDS,
    CameraNoise,
    Clean,
    Defocus,
    Degradation,
    GaussianNoise,
    Jpeg,
    LowLight,
    MotionBlur,
    Recompressed,
)


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def draw(
    kind: str, rng: np.random.Generator, *, common_noise: float = 0.0, recompressed: float = 0.0
) -> Degradation:
    """A degradation of ``kind`` whose strength is drawn from what photos show.

    Args:
        kind: one of `KINDS`.
        rng: decides everything.
        common_noise: share of the noises whose colours are correlated.
        recompressed: share of the damages (neither none nor JPEG itself) after which the photo is saved as a JPEG.

    Raises:
        ValueError: unknown kind.
    """
    degradation = _draw_strength(kind, rng)
    if common_noise > 0 and rng.random() < common_noise and isinstance(degradation, GaussianNoise | CameraNoise):
        degradation = replace(degradation, common=rng.uniform(0.2, 1.0))
    if recompressed > 0 and rng.random() < recompressed and kind not in ("none", "jpeg"):
        degradation = Recompressed(degradation, Jpeg(int(rng.integers(75, 99))))
    return degradation


def _draw_strength(kind: str, rng: np.random.Generator) -> Degradation:
    match kind:
        case "none":
            return Clean()
        case "noise":
            return GaussianNoise(rng.uniform(5, 55))
        case "camera":
            spread = rng.uniform(0.3, 0.8) if rng.random() < 0.6 else 0.0
            return CameraNoise(_log_uniform(rng, 3e-4, 2e-2), _log_uniform(rng, 1e-3, 3e-2), spread)
        case "defocus":
            return Defocus(rng.uniform(1.0, 4.0))
        case "motion":
            return MotionBlur(rng.uniform(4, 18), rng.uniform(0, 180))
        case "lowlight":
            factor, gamma = _log_uniform(rng, 0.07, 0.6), rng.uniform(0.9, 1.3)
            return LowLight(factor, gamma, shot=_log_uniform(rng, 1e-4, 2e-3), read=rng.uniform(0, 0.012))
        case "jpeg":
            return Jpeg(int(rng.integers(8, 61)))
    raise ValueError(f"unknown degradation kind {kind!r}: use one of {', '.join(KINDS)}")
