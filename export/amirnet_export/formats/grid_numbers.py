"""Real numbers to integers of the grid and back, for feeding an engine and for reading its steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from .format import Array


def to_integers(value: Array, scale: float, zero_point: int, kind: Any) -> Array:
    """``value`` / ``scale`` + ``zero_point``, rounded (halves to even) and clipped to the integer type ``kind``."""
    limits = np.iinfo(kind)
    return np.clip(np.rint(value / np.float32(scale)) + zero_point, limits.min, limits.max).astype(kind)


def to_reals(integers: Array, scale: float, zero_point: int) -> Array:
    """The real numbers that integers of any type stand for, float32."""
    return (integers.astype(np.float32) - zero_point) * np.float32(scale)
