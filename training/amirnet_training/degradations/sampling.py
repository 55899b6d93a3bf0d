"""Random strengths for training: a kind and a generator give one concrete degradation.

Which degradations a kind has, and how often, stands in the registry; here is what may come on top of any of them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .base import Degradation, log_uniform
from .combined import Dimmed, Sequence
from .kinds import CameraNoise, Clean, Defocus, GaussianNoise, Jpeg, LowLight, MotionBlur, Recompressed
from .raw import RawNoise
from .registry import add, draw_variant

BLURS = ("defocus", "motion")


def draw(
    kind: str,
    rng: np.random.Generator,
    *,
    common_noise: float = 0.0,
    recompressed: float = 0.0,
    after_blur_noise: float = 0.7,
    several: float = 0.15,
    dimmed: float = 0.1,
) -> Degradation:
    """A degradation of ``kind`` whose strength is drawn from what photos show.

    All shares are in 0-1, and independent of each other.

    Args:
        kind: one of `KINDS`.
        rng: decides everything.
        common_noise: share of the noises (white and simple camera noise) whose colours are correlated.
        recompressed: share of the damages (neither none nor JPEG itself) after which the photo is saved as a JPEG.
        after_blur_noise: share of the blurs with a little noise on top: no real blurred photo is free of it.
        several: share of the blurs and of low light with noise as visible as the first damage, and half
            of these with a JPEG after it.
        dimmed: share of all but low light that happen to a photo that is dark on purpose (see `Dimmed`).

    Raises:
        ValueError: unknown kind.
    """
    degradation = draw_variant(kind, rng)
    if common_noise > 0 and rng.random() < common_noise and isinstance(degradation, GaussianNoise | CameraNoise):
        degradation = replace(degradation, common=rng.uniform(0.2, 1.0))
    if several > 0 and rng.random() < several and kind in (*BLURS, "lowlight"):
        # The dark photo has few levels: what is strong there is weak elsewhere.
        second = _strong_noise(rng) if kind in BLURS else GaussianNoise(rng.uniform(1, 5), rng.uniform(0, 0.8))
        saved = (Jpeg(int(rng.integers(50, 97))),) if rng.random() < 0.5 else ()
        degradation = Sequence((degradation, second, *saved))
    elif after_blur_noise > 0 and rng.random() < after_blur_noise and kind in BLURS:
        degradation = Sequence((degradation, _weak_noise(rng)))
    if recompressed > 0 and rng.random() < recompressed and kind not in ("none", "jpeg"):
        # Messengers and sites save photos worse than cameras do.
        quality = int(rng.integers(75, 99)) if rng.random() < 0.75 else int(rng.integers(40, 75))
        degradation = Recompressed(degradation, Jpeg(quality))
    if dimmed > 0 and rng.random() < dimmed and kind != "lowlight":
        degradation = Dimmed.draw(degradation, rng)
    return degradation


def _weak_noise(rng: np.random.Generator) -> Degradation:
    if rng.random() < 0.3:
        return RawNoise.draw(rng, 2e-5, 4e-4)
    return GaussianNoise(log_uniform(rng, 0.3, 3), rng.uniform(0, 0.8))


def _strong_noise(rng: np.random.Generator) -> Degradation:
    if rng.random() < 0.5:
        return RawNoise.draw(rng, 3e-4, 2.5e-3)
    return GaussianNoise(rng.uniform(3, 15), rng.uniform(0, 0.8))


def _white(rng: np.random.Generator) -> GaussianNoise:
    return GaussianNoise(rng.uniform(5, 55))


def _camera(rng: np.random.Generator) -> CameraNoise:
    spread = rng.uniform(0.3, 0.8) if rng.random() < 0.6 else 0.0
    return CameraNoise(log_uniform(rng, 3e-4, 2e-2), log_uniform(rng, 1e-3, 3e-2), spread)


def _little_light(rng: np.random.Generator) -> RawNoise:
    return RawNoise.draw(rng, 4e-3, 2.5e-2)


def _low_light(rng: np.random.Generator) -> LowLight:
    factor, gamma = log_uniform(rng, 0.07, 0.6), rng.uniform(0.9, 1.3)
    return LowLight(factor, gamma, shot=log_uniform(rng, 1e-4, 2e-3), read=rng.uniform(0, 0.012))


def _disk(rng: np.random.Generator) -> Defocus:
    return Defocus(rng.uniform(1.0, 4.0))


def _line(rng: np.random.Generator) -> MotionBlur:
    return MotionBlur(rng.uniform(4, 18), rng.uniform(0, 180))


def _jpeg(rng: np.random.Generator) -> Jpeg:
    return Jpeg(int(rng.integers(8, 61)), full_colour=bool(rng.random() < 0.2))


add("none", "Clean", 1, lambda _: Clean())
add("noise", "GaussianNoise", 1, _white)
add("camera", "CameraNoise", 0.1, _camera)
add("camera", "LittleLight", 0.2, _little_light)  # phones' worst, 14 to 20 dB: of RawNoise's own draws one in eight
add("defocus", "Defocus", 0.15, _disk)
add("motion", "MotionBlur", 0.1, _line)
add("lowlight", "LowLight", 0.2, _low_light)
add("jpeg", "Jpeg", 1, _jpeg)
