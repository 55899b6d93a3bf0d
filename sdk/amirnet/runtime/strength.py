"""How much of the restored photo is taken, in whole numbers (CONTRACT R6)."""

from __future__ import annotations

import math

import numpy as np

from amirnet.runtime.arrays import Pixels

WHOLE = 256
"""Parts that make the restored photo; 0 parts of it are the photo itself."""


def parts_of(strength: float) -> int:
    """The parts for a strength of 0 to 1."""
    return math.floor(strength * WHOLE + 0.5)


def mixed(photo: Pixels, restored: Pixels, parts: int) -> Pixels:
    """Photo and restored photo, uint8 alike in shape: so many parts of the second, the rest of the first."""
    if parts == WHOLE:
        return restored
    total = photo.astype(np.uint16) * np.uint16(WHOLE - parts)
    total += restored.astype(np.uint16) * np.uint16(parts)
    total += np.uint16(WHOLE // 2)  # the sum is at most 255 * 256 + 128: it fits
    return (total >> 8).astype(np.uint8)
