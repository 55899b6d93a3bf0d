"""Colour below full transparency: nobody sees it, yet a network would let it bleed into what is seen (CONTRACT N4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from amirnet.runtime.arrays import Pixels

Sums: TypeAlias = NDArray[np.integer[Any]]
"""Of the visible pixels of each block: the sum of every channel, and last how many they are."""


BLOCK = 16
"""Blocks of up to this side lie within a band that begins at a multiple of it."""


def fill_hidden(pixels: Pixels, hidden: NDArray[np.bool_]) -> Pixels:
    """The photo (HWC) with its hidden pixels (HW) filled from the visible ones around them; the others unchanged.

    A hidden pixel takes the mean of the visible pixels in the smallest block of 2x2, 4x4, 8x8 ... that has one. What
    was hidden there has no influence. Where nothing is visible, all becomes mid gray.
    """
    if not hidden.any():
        return pixels
    return HiddenFill([(pixels, hidden)]).band(0, pixels, hidden)


class HiddenFill:
    """The same for a photo that comes in bands of any number of rows, multiples of BLOCK but for the last.

    All bands are seen once to make it; what it keeps is a number a channel for each block of 16x16.
    """

    def __init__(self, bands: Iterable[tuple[Pixels, NDArray[np.bool_]]]) -> None:
        sums: Sums = np.concatenate([_pyramid(pixels, hidden)[-1] for pixels, hidden in bands]).astype(np.int64)
        self._colors: Pixels | None = None
        if sums[..., -1].any():
            blocks = [sums]
            while (blocks[-1][..., -1] == 0).any():
                blocks.append(_halved(blocks[-1]))
            self._colors = _refined(_means(blocks.pop()), blocks)

    def band(self, top: int, pixels: Pixels, hidden: NDArray[np.bool_]) -> Pixels:
        """The band that begins at row `top`, a multiple of BLOCK, filled."""
        if not hidden.any():
            return pixels
        if self._colors is None:
            return np.full_like(pixels, 128)
        *finer, coarse = _pyramid(pixels, hidden)
        first = top // BLOCK
        colors = _refined(self._colors[first : first + len(coarse)], finer)
        return np.where(hidden[..., None], _doubled(colors, *hidden.shape), pixels)


def _pyramid(pixels: Pixels, hidden: NDArray[np.bool_]) -> list[Sums]:
    """The sums of blocks of 2x2, 4x4, 8x8 and 16x16."""
    sums: Sums = np.dstack([pixels, np.ones_like(pixels[..., :1])]).astype(np.uint16)
    sums *= ~hidden[..., None]
    blocks = []
    for _ in range(4):  # 16 x 16 x 255 fits into 16 bits
        sums = _halved(sums)
        blocks.append(sums)
    return blocks


def _refined(colors: Pixels, finer: list[Sums]) -> Pixels:
    """The colours of the finest blocks: their own means, and where nothing is visible those of the coarser block."""
    for sums in reversed(finer):
        colors = np.where(sums[..., -1:] > 0, _means(sums), _doubled(colors, *sums.shape[:2]))
    return colors


def _halved(sums: Sums) -> Sums:
    """Sums over blocks of 2x2; an odd side is continued with zeros."""
    height, width = sums.shape[:2]
    if height % 2 or width % 2:
        sums = np.pad(sums, [(0, height % 2), (0, width % 2), (0, 0)])
    return np.asarray(sums[0::2, 0::2] + sums[1::2, 0::2] + sums[0::2, 1::2] + sums[1::2, 1::2])


def _means(sums: Sums) -> Pixels:
    count = sums[..., -1:]
    return ((sums[..., :-1] + count // 2) // np.maximum(count, 1)).astype(np.uint8)


def _doubled(colors: Pixels, height: int, width: int) -> Pixels:
    return colors.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
