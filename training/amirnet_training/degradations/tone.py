"""Between 8-bit levels and light, by tables: powers of whole images cost more than all the rest.

A level in 0..255 indexes 256 entries. The square root of light in [0, 1] indexes 65,536: near black the curves are so
steep that fewer, or equal steps of light, would show.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from .base import Floats, Image

FINE = 65535
"""Highest index of a table over the square root of light."""


def srgb_to_linear(values: Floats) -> Floats:
    """IEC 61966-2-1, values in [0, 1]."""
    low = values / np.float32(12.92)
    return np.where(values <= 0.04045, low, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)


def linear_to_srgb(light: Floats) -> Floats:
    """The inverse of `srgb_to_linear`."""
    high = 1.055 * np.maximum(light, 1e-8) ** (1 / 2.4) - 0.055
    return np.where(light <= 0.0031308, 12.92 * light, high).astype(np.float32)


@lru_cache(maxsize=8)
def _fine_table(gamma: float) -> Floats:
    light = np.linspace(0, 1, FINE + 1, dtype=np.float32) ** 2
    table = linear_to_srgb(light) if gamma == 0 else (light ** (1 / gamma)).astype(np.float32)
    table.setflags(write=False)
    return table


def encode(light: Floats, gamma: float = 0.0) -> Floats:
    """Light as tone values in [0, 1]: by sRGB's curve, or by the power 1/``gamma`` where that is not 0. Clips."""
    index = (np.sqrt(np.clip(light, 0, 1)) * np.float32(FINE) + np.float32(0.5)).astype(np.uint16)
    return _fine_table(gamma)[index]


def levels() -> Floats:
    """The 256 levels as values in [0, 1]."""
    return np.linspace(0, 1, 256, dtype=np.float32)


def look_up(image: Image, table: npt.NDArray[Any]) -> Any:
    """``table``, (256,) or (256, 3), float32 or uint8, at every level of ``image`` (H, W, 3)."""
    return cv2.LUT(image, np.ascontiguousarray(table.reshape(1, 256, *table.shape[1:])))


def s_curve(values: Floats, strength: float) -> Floats:
    """A camera's contrast curve on [0, 1]: ``strength`` 0-1 mixes the identity and 3 v^2 - 2 v^3."""
    if strength == 0:
        return values
    share = np.float32(strength)
    return values * ((1 - share) + share * values * (3 - 2 * values))


def inverse_s_curve(values: Floats, strength: float) -> Floats:
    """The inverse of `s_curve` for tables: interpolated from 4,096 points of it."""
    points = np.linspace(0, 1, 4096, dtype=np.float32)
    return np.interp(values, s_curve(points, strength), points).astype(np.float32)
