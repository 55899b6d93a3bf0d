"""Photos in and out as plain arrays. What else their files say is PhotoFile's matter."""

from __future__ import annotations

import os

import numpy as np
from PIL import Image

from amirnet.errors import ImageError
from amirnet.photo.photo_file import PhotoFile
from amirnet.runtime.arrays import Pixels


def load(path: str | os.PathLike[str]) -> Pixels:
    """Decode a photo file to what the network sees: uint8 RGB, HWC, upright, sRGB (CONTRACT N2). Of an animation, the
    first frame.

    Raises ImageError naming the file when it is missing, empty, truncated, not a photo, or has too many pixels.
    """
    return PhotoFile.open(path, first_frame=True).pixels


def to_pixels(image: Image.Image) -> Pixels:
    """A Pillow image as uint8 RGB, HWC, upright, sRGB.

    Raises ImageError for floating-point and 32-bit images, whose range is anyone's guess.
    """
    return PhotoFile.of(image).pixels


def check_pixels(array: object) -> Pixels:
    """The array itself when it is uint8 of shape (height >= 1, width >= 1, 3). Raises ImageError otherwise."""
    if not isinstance(array, np.ndarray):
        raise ImageError(f"{type(array).__name__}: not a photo; give a path, a Pillow image, or a uint8 HxWx3 array")
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 or 0 in array.shape:
        raise ImageError(f"array of {array.dtype} {array.shape}: give uint8 of shape (height, width, 3), RGB in 0..255")
    return array


def save(pixels: Pixels, path: str | os.PathLike[str]) -> None:
    """Write uint8 RGB HWC in the format its suffix names (JPEG at quality 95); missing folders are made.

    The file appears whole under its name or not at all. Raises OutputError. The same pixels give the same bytes.
    """
    PhotoFile(pixels).save(pixels, path)
