"""How far two images are apart as a display shows them: in levels of 0 to 255, the unit of every parity check."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from amirnet_training.evaluation.measure import IDENTICAL

from .errors import ImageDifferenceError


class ImageDifference(NamedTuple):
    """How far two images are apart."""

    max_levels: int
    """The largest difference of two numbers, 0 to 255."""
    share_over_1: float
    """Part of the numbers, or of the pixels, that differ by more than one level, 0 to 1."""
    psnr: float
    """In dB, between the two images of levels; 100 when they are equal, and never more."""


def image_difference(found: NDArray[Any], wanted: NDArray[Any], axis: int | None = None) -> ImageDifference:
    """Compares two images of one shape and one type: uint8, or float with 0 to 1 as black to white.

    Args:
        axis: where the channels lie (-1 in HWC, -3 in NCHW). With it ``share_over_1`` counts pixels, and a pixel is off
            as soon as one channel is; without it every number counts for itself.

    Raises:
        ImageDifferenceError: shapes or types differ, a type is neither uint8 nor float, a number is not finite, or
            nothing is there to compare.
    """
    if found.shape != wanted.shape or found.dtype != wanted.dtype:
        kinds = f"{found.dtype} {found.shape} and {wanted.dtype} {wanted.shape}"
        raise ImageDifferenceError(f"{kinds}: cannot be compared: bring both to one layout and one type")
    # Signed and wide: in uint8 a difference of -16 would wrap around to 240.
    apart = np.abs(display_levels(found).astype(np.int32) - display_levels(wanted).astype(np.int32))
    over = apart > 1
    mean_square = float(np.mean(apart.astype(np.float64) ** 2))
    psnr = 10 * np.log10(255**2 / mean_square) if mean_square > 0 else IDENTICAL
    share = (over if axis is None else over.any(axis=axis)).mean()
    return ImageDifference(int(apart.max()), float(share), min(float(psnr), IDENTICAL))


def display_levels(image: NDArray[Any]) -> NDArray[np.uint8]:
    """An image as the 8-bit levels that a display gets: uint8 as it is, a float x as floor(clip(x, 0, 1) * 255 + 0.5).

    Raises ImageDifferenceError as `image_difference` does.
    """
    if image.size == 0:
        raise ImageDifferenceError(f"{image.dtype} {image.shape}: holds no number: give an image of at least one pixel")
    if image.dtype == np.uint8:
        return image
    if not np.issubdtype(image.dtype, np.floating):
        raise ImageDifferenceError(f"{image.dtype} {image.shape}: has no levels: give uint8, or float from 0 to 1")
    if not np.isfinite(image).all():
        problem = "holds NaN or an infinity: the engine that made it is broken"
        raise ImageDifferenceError(f"{image.dtype} {image.shape}: {problem}")
    return np.floor(np.clip(image.astype(np.float64), 0, 1) * 255 + 0.5).astype(np.uint8)
