"""Photos in and out: 8-bit RGB after EXIF orientation (CONTRACT N2), and files that are whole or not there."""

from __future__ import annotations

import os
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from amirnet.arrays import Pixels
from amirnet.atomic_file import write_file
from amirnet.errors import ImageError, OutputError

READABLE = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM", "AVIF", "JPEG2000", "TGA", "QOI")
"""The decoders a photo may use. Pillow knows more, some of which start other programs (EPS) or fetch stubs."""

WRITERS: dict[str, tuple[str, dict[str, Any]]] = {
    ".jpg": ("JPEG", {"quality": 95, "subsampling": 0}),  # full chroma: a restored photo should not be blurred again
    ".jpeg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".png": ("PNG", {}),
    ".webp": ("WEBP", {"quality": 95}),
    ".tif": ("TIFF", {"compression": "tiff_deflate"}),
    ".tiff": ("TIFF", {"compression": "tiff_deflate"}),
    ".bmp": ("BMP", {}),
}
"""Suffix -> Pillow's format name and options."""

_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def load(path: str | os.PathLike[str]) -> Pixels:
    """Decode a photo file to uint8 RGB, HWC, upright. Only the first frame of an animation is read.

    Raises ImageError naming the file when it is missing, empty, truncated, not a photo, or has too many pixels.
    """
    file = Path(path)
    check_file(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # large photos are fine up to Pillow's hard limit, checked below
            with Image.open(file, formats=_known(READABLE)) as image:
                return to_pixels(image)
    except ImageError as error:
        raise ImageError(f"{file}: {error}") from error
    except Image.DecompressionBombError as error:
        limit = 2 * (Image.MAX_IMAGE_PIXELS or 0) // 10**6
        raise ImageError(f"{file}: more than {limit} million pixels; scale it down or cut it first") from error
    except UnidentifiedImageError as error:
        raise ImageError(f"{file}: not a photo in a known format; convert it to JPEG or PNG") from error
    except PermissionError as error:
        raise ImageError(f"{file}: no permission to read it; change its permissions") from error
    except MemoryError as error:
        raise ImageError(f"{file}: not enough memory to decode it; scale it down first") from error
    except Exception as error:  # decoders meet hostile bytes and raise a dozen types; each means the same to the caller
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ImageError(f"{file}: damaged or cut short ({reason}); copy or download it again") from error


def check_file(file: Path) -> None:
    """Raises ImageError when the path is missing, not a plain file, or empty. Reads nothing."""
    if not file.exists():
        raise ImageError(f"{file}: no such file; check the path")
    if not file.is_file():
        raise ImageError(f"{file}: not a file; give a photo, or the photos inside by name")
    if file.stat().st_size == 0:
        raise ImageError(f"{file}: the file is empty (0 bytes); copy or download it again")


def to_pixels(image: Image.Image) -> Pixels:
    """A Pillow image as uint8 RGB, HWC, upright. Transparency is dropped; 16-bit samples are rounded to 8 bits.

    Raises ImageError for floating-point and 32-bit images, whose range is anyone's guess.
    """
    orientation = _orientation(image)
    if image.mode.startswith("I;16"):
        samples = np.asarray(image).astype(np.uint32)
        image = Image.fromarray(((samples + 128) // 257).astype(np.uint8))
    elif image.mode in ("F", "I"):
        raise ImageError(f"image mode {image.mode}: samples have no stated range; save it with 8 or 16 bits a channel")
    if orientation in _UPRIGHT:
        image = image.transpose(_UPRIGHT[orientation])
    return np.array(image.convert("RGB"), dtype=np.uint8)


def check_pixels(array: object) -> Pixels:
    """The array itself when it is uint8 of shape (height >= 1, width >= 1, 3). Raises ImageError otherwise."""
    if not isinstance(array, np.ndarray):
        raise ImageError(f"{type(array).__name__}: not a photo; give a path, a Pillow image, or a uint8 HxWx3 array")
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 or 0 in array.shape:
        raise ImageError(f"array of {array.dtype} {array.shape}: give uint8 of shape (height, width, 3), RGB in 0..255")
    return array


def check_suffix(path: str | os.PathLike[str]) -> None:
    """Raises OutputError when the suffix names no format that can be written."""
    if Path(path).suffix.lower() not in WRITERS:
        raise OutputError(f"{path}: cannot write this kind of file; end the name with one of {', '.join(WRITERS)}")


def save(pixels: Pixels, path: str | os.PathLike[str]) -> None:
    """Write uint8 RGB HWC in the format its suffix names (JPEG at quality 95); missing folders are made.

    The file appears whole under its name or not at all. Raises OutputError. The same pixels give the same bytes.
    """
    file = Path(path)
    check_suffix(file)
    kind, options = WRITERS[file.suffix.lower()]
    encoded = BytesIO()
    try:
        Image.fromarray(pixels).save(encoded, format=kind, **options)
    except (OSError, ValueError) as error:  # for example a side beyond JPEG's 65,535 or WebP's 16,383 pixels
        height, width = pixels.shape[:2]
        problem = f"{kind} cannot hold {width}x{height} pixels ({error})"
        raise OutputError(f"{file}: {problem}; choose .png or .tif") from error
    write_file(file, encoded.getvalue())


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # broken EXIF is common and no reason to refuse the pixels
        return 1


def _known(names: tuple[str, ...]) -> list[str]:
    """Those of the names that this Pillow was built with."""
    Image.init()
    return [name for name in names if name in Image.OPEN]
