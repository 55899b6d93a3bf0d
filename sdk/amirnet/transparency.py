"""Colour below full transparency: nobody sees it, yet a network would let it bleed into what is seen."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from amirnet.arrays import Pixels

Sums: TypeAlias = NDArray[np.integer[Any]]
"""Of the visible pixels of each block: the sum of every channel, and last how many they are."""


def fill_hidden(pixels: Pixels, hidden: NDArray[np.bool_]) -> Pixels:
    """The photo (HWC) with its hidden pixels (HW) filled from the visible ones around them; the others unchanged.

    A hidden pixel takes the mean of the visible pixels in the smallest block of 2x2, 4x4, 8x8 ... that has one. What
    was hidden there has no influence. Where nothing is visible, all becomes mid gray.
    """
    if not hidden.any():
        return pixels
    if hidden.all():
        return np.full_like(pixels, 128)
    sums: Sums = np.dstack([pixels, np.ones_like(pixels[..., :1])]).astype(np.uint16)
    sums *= ~hidden[..., None]
    blocks, size = [], 1
    while (sums[..., -1] == 0).any():
        size *= 2
        sums = _halved(sums if size <= 16 else sums.astype(np.int64))  # 16 x 16 x 255 fits into 16 bits
        blocks.append(sums)
    colors = _means(blocks.pop())
    for finer in reversed(blocks):
        colors = np.where(finer[..., -1:] > 0, _means(finer), _doubled(colors, *finer.shape[:2]))
    return np.where(hidden[..., None], _doubled(colors, *hidden.shape), pixels)


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
