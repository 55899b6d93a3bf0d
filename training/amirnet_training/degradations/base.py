"""What every degradation is, and what several of them need.

All take an image of shape (H, W, 3), uint8 RGB, and return a new one of the same shape and type: what reaches a
phone's restorer is 8-bit, so every degradation ends with rounding. ``margin`` is how many pixels of real
surroundings a crop needs so that its inside is degraded as the whole photo's would be.
"""

from __future__ import annotations

import math
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

KINDS = ("none", "noise", "camera", "defocus", "motion", "lowlight", "jpeg")
"""All kinds, in the order in which tables show them."""


class Degradation(Protocol):
    """Makes a clean photo worse in one way."""

    @property
    def kind(self) -> str:
        """The kind's name, one of `KINDS`."""
        ...

    @property
    def margin(self) -> int: ...

    def target(self, image: Image) -> Image:
        """What a restorer should give back for the clean photo ``image``, of the same shape: nearly always the photo
        itself (then it is not copied). A photo that is dark on purpose is the exception."""
        ...

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        """``image``, already as `target` gives it, made worse."""
        ...


class KeepsTarget:
    """For the degradations whose target is the clean photo as it is."""

    def target(self, image: Image) -> Image:
        return image


def to_uint8(values: npt.NDArray[np.floating[Any]]) -> Image:
    """Rounds values in 0..255 to the nearest level, clipping."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def gaussian(shape: tuple[int, ...], rng: np.random.Generator, common: float = 0.0) -> Floats:
    """White noise of deviation 1, (H, W, 3); any two channels have correlation ``common`` in [0, 1]."""
    noise = rng.standard_normal(shape, dtype=np.float32)
    if common > 0:
        shared = rng.standard_normal((*shape[:2], 1), dtype=np.float32)
        noise = np.float32(np.sqrt(1 - common)) * noise + np.float32(np.sqrt(common)) * shared
    return noise


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A number in [low, high] (> 0) whose logarithm is uniform."""
    return math.exp(rng.uniform(math.log(low), math.log(high)))
