"""What an int8 restorer is fed and gives back: 8-bit pixels as they are, and a code on the tree's grid (CONTRACT G1).

As uint8 here; a format with signed integers takes the same less 128.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from amirnet.runtime.arrays import Floats

Bytes: TypeAlias = npt.NDArray[np.uint8]
"""uint8 of any shape."""


def tile_bytes(tile: Floats) -> Bytes:
    """A tile in [0, 1] as pixels. A pixel's own value v / 255 gives v back exactly."""
    levels: Bytes = np.clip(np.rint(tile * np.float32(255)), 0, 255).astype(np.uint8)
    return levels


def code_bytes(code: Floats, grid: int) -> Bytes:
    """A code, whose numbers are multiples of 1 / `grid`, as number * `grid` + 128; beyond 8 bits it is clipped."""
    steps = np.floor(code.astype(np.float64) * grid + 0.5)
    return (np.clip(steps, -128, 127) + 128).astype(np.uint8)


def real_pixels(levels: Bytes) -> Floats:
    """Pixels as numbers in [0, 1], by the division that CONTRACT N1 states."""
    return levels.astype(np.float32) / np.float32(255)


def signed(values: Bytes) -> npt.NDArray[np.int8]:
    """The same integers less 128, as int8."""
    return (values ^ np.uint8(128)).view(np.int8)


def unsigned(values: npt.NDArray[Any]) -> Bytes:
    """int8 integers plus 128."""
    return np.ascontiguousarray(values).view(np.uint8) ^ np.uint8(128)
