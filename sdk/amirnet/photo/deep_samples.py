"""All 16 bits of a PNG's or TIFF's samples. Pillow keeps the upper 8 of colours: the file is decoded twice, and the
second time its bytes are taken in the other order, which turns the lower halves into the upper ones."""

from __future__ import annotations

import sys
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from amirnet.photo.tiff_opener import is_white_at_zero

_NATIVE = "L" if sys.byteorder == "little" else "B"
_SWAPPED = {"L": "B", "B": "L", "N": "B" if _NATIVE == "L" else "L"}
_MODES = ("RGB;16", "RGBA;16", "RGBX;16")


def raw_mode(image: Image.Image) -> str:
    """How the file's samples lie, in Pillow's words, "RGB;16B" for example. Known before the pixels are loaded only."""
    tiles = getattr(image, "tile", None)
    args = tiles[0][3] if tiles else ""
    found = args[0] if isinstance(args, tuple | list) and args else args
    return found if isinstance(found, str) else ""


def is_deep(image: Image.Image) -> bool:
    """Whether the file's samples have more than 8 bits. To be asked before the pixels are loaded."""
    raw = raw_mode(image)
    deep = ";16" in raw or raw == "I;12" or image.mode.startswith("I;16")
    # The others are what Pillow and pillow-heif say of files that they read at 8 bits.
    return deep or bool(image.info.get("bit_depth", 8) > 8) or _largest(image) > 255


def _largest(image: Image.Image) -> int:
    """The largest sample of a PPM or PGM file, as its header says; 0 for other files."""
    tiles = getattr(image, "tile", None)
    if image.format != "PPM" or not tiles:
        return 0
    args = tiles[0].args
    if image.mode == "I":
        return 65535
    return args[1] if isinstance(args, tuple) and len(args) == 2 and isinstance(args[1], int) else 0


def read_deep(image: Image.Image, raw: str) -> NDArray[np.uint16] | None:
    """The samples, uint16 HWC, alpha last if there is one; `raw` from `raw_mode` before anything was loaded.

    None where they cannot be had: an image that is not a file's, or a layout that Pillow reads at 8 bits only.
    """
    if image.mode.startswith("I;16"):
        samples: NDArray[np.uint16] = np.asarray(image).astype(np.uint16)[..., None]
        if raw == "I;12":
            samples = (samples << 4 | samples >> 8).astype(np.uint16)
        if is_white_at_zero(image):
            samples = ~samples
        return _with_key(samples, image)
    if image.format == "PPM" and image.mode == "I":  # Pillow stretches them to 16 bits
        return np.asarray(image).astype(np.uint16)[..., None]
    if image.format == "PNG" and raw == "LA;16B":
        four = _again(image, "RGBA")
        return None if four is None else _joined(four[..., 0::2], four[..., 1::2])
    if raw[:-1] not in _MODES:
        return None
    lower = _again(image, raw[:-1] + _SWAPPED[raw[-1]])
    return None if lower is None else _with_key(_joined(np.asarray(image), lower), image)


def _again(image: Image.Image, raw: str) -> NDArray[np.uint8] | None:
    """The image's file decoded once more with samples taken as `raw`."""
    name = getattr(image, "filename", "")
    if not name or image.format is None:
        return None
    with cast(Any, type(image))(name, name) as second:
        second.tile = [tile._replace(args=_with_raw(tile.args, raw)) for tile in second.tile]
        found = np.asarray(second)
    return found if found.shape == np.asarray(image).shape else None


def _with_raw(args: tuple[Any, ...] | str | None, raw: str) -> tuple[Any, ...] | str:
    return (raw, *args[1:]) if isinstance(args, tuple | list) else raw


def _joined(upper: NDArray[np.uint8], lower: NDArray[np.uint8]) -> NDArray[np.uint16]:
    return (upper.astype(np.uint16) << 8 | lower).astype(np.uint16)


def _with_key(samples: NDArray[np.uint16], image: Image.Image) -> NDArray[np.uint16]:
    """A PNG may name one colour as transparent instead of having an alpha channel."""
    key = image.info.get("transparency")
    if image.format != "PNG" or not isinstance(key, int | tuple):
        return samples
    alpha = np.where((samples == np.array(key)).all(axis=2), 0, 65535).astype(np.uint16)
    return np.concatenate([samples, alpha[..., None]], axis=2)
