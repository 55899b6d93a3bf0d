"""How much a photo was changed by restoring it, and when that is nothing that anyone sees (CONTRACT R5)."""

from __future__ import annotations

from math import log10

import numpy as np
from numpy.typing import NDArray

from amirnet.runtime.arrays import Pixels

LEFT_ALONE = 40.0
"""PSNR, in dB, from which a photo counts as left alone: differences of at most 2.55 levels in the root mean square."""
EQUAL = 100.0
"""PSNR, in dB, that equal photos count as, and the largest there is."""

_SLICE = 32
"""Rows compared at a time, so that what is in between stays small."""


class Change:
    """Adds up the squared differences between a photo and its result, rectangle by rectangle, in whole numbers: in
    whatever pieces and order a photo comes, the sums are the same.

    `squares`: the sum; `numbers`: of how many levels, three a visible pixel, or of a gray photo one.
    """

    def __init__(self) -> None:
        self.squares = 0
        self.numbers = 0

    def add(self, seen: Pixels, restored: Pixels, gray: bool = False, visible: NDArray[np.bool_] | None = None) -> None:
        """A rectangle, uint8 RGB HWC: what the network saw, and what came out. `gray`: only their brightness reaches
        the file. `visible`: HW, the pixels that count; where alpha is 0 nothing reaches the file. None: all."""
        for top in range(0, len(seen), _SLICE):
            rows = slice(top, top + _SLICE)
            apart = _apart(seen[rows], restored[rows], gray)
            if visible is not None:
                apart = apart[visible[rows]]
            squares = np.multiply(apart, apart, dtype=np.int16).view(np.uint16)  # at most 255^2: 16 bits hold it
            self.squares += int(squares.sum(dtype=np.uint64))
            self.numbers += apart.size

    @property
    def psnr(self) -> float:
        """PSNR in dB of the result against the photo, `EQUAL` at most."""
        if self.squares == 0:
            return EQUAL
        return min(EQUAL, 10 * log10(255**2 * self.numbers / self.squares))


def brightness(pixels: Pixels) -> NDArray[np.int32]:
    """Of uint8 RGB HWC, in levels 0..255, HW1: BT.601 in whole numbers (CONTRACT R5). A gray photo stays itself."""
    red, green, blue = (pixels[..., channel : channel + 1].astype(np.int32) for channel in range(3))
    return (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16


def _apart(one: Pixels, other: Pixels, gray: bool) -> NDArray[np.int16]:
    if gray:
        return (brightness(one) - brightness(other)).astype(np.int16)
    return np.subtract(one, other, dtype=np.int16)
