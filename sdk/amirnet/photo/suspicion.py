"""What is asked of an opened file before its pixels are decoded: whether they are the photo, and what they cost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NoReturn

from PIL import Image

from amirnet.errors import ImageError
from amirnet.photo.jpeg_2000 import PART_BYTES, parts_of
from amirnet.photo.tiff_opener import DEVELOP, check_picture

_SCANS = 100
"""A progressive JPEG of more scans is refused: encoders write a dozen, and each costs a pass over all pixels."""
_SCANNED = 4_000_000_000
"""Pixels times scans that are refused beyond _FEW_SCANS."""
_FEW_SCANS = 32
_PARTS, _PIXELS_A_PART = 20_000, 200
"""A JPEG 2000 photo may fall into so many parts, and into one more for so many pixels."""
_ORDINARY = 700
"""Pixels a part of what encoders write; these parts are in the measured bytes a pixel of docs/MEMORY.md already."""
_TILE_BYTES, _TILE_TIMES = 16 * 2**20, 4
"""A tile of a TIFF may be so large, or so many times the picture."""
_RAW_MAKERS = (
    (8, b"CR\2\0"), (0, b"FUJIFILMCCD-RAW"), (0, b"IIU\0"), (0, b"IIRO"), (0, b"IIRS"), (0, b"MMOR"),
    (4, b"ftypcrx "), (0, b"FOVb"), (0, b"\0MRM"), (6, b"HEAPCCDR"),
)  # fmt: skip
"""Where a camera raw file says at once what it is."""


def check_not_raw(file: Path) -> None:
    """Raises ImageError for camera raw files that no decoder here knows, or takes for a thumbnail. Raises OSError."""
    with file.open("rb") as stream:
        head = stream.read(32)
    if any(head[at : at + len(mark)] == mark for at, mark in _RAW_MAKERS):
        raise ImageError(DEVELOP)


def check_opened(image: Image.Image, file: Path) -> None:
    """Raises ImageError for an image, not loaded yet, that is not the photo, has samples that nobody can read as
    levels, or would cost more than its file's size and its pixels can explain. Raises OSError."""
    if image.format == "TIFF":
        check_tiff(image)
    elif image.format in ("JPEG", "MPO") and image.info.get("progressive"):
        _check_scans(image, file)
    elif image.format == "JPEG2000" and parts_of(file) > _PARTS + image.width * image.height // _PIXELS_A_PART:
        _refuse("its header asks for more parts than a photo of its size has; save it anew, or convert it to PNG")


def extra_bytes(image: Image.Image) -> int:
    """What decoding takes beside pixels, as the headers say: a tile of a TIFF, the parts of a JPEG 2000 photo."""
    name = getattr(image, "filename", "")
    if image.format == "JPEG2000" and isinstance(name, str) and os.path.isfile(name):
        ordinary = 100 + image.width * image.height // _ORDINARY
        return PART_BYTES * max(0, parts_of(Path(name)) - ordinary)
    if image.format == "TIFF":
        return _tile_bytes(image)
    return 0


def check_tiff(image: Any) -> None:
    """The same of a TIFF that is opened, wherever it lies."""
    check_picture(image)
    _check_samples(image)
    picture = image.width * image.height * _bytes_a_pixel(image)
    if _tile_bytes(image) > max(_TILE_BYTES, _TILE_TIMES * picture):
        _refuse("its tiles are many times as large as the picture; save it anew, without tiles")


def _check_samples(image: Any) -> None:
    """Raises ImageError for a TIFF whose samples are signed or floating-point: nobody says which of them is white."""
    formats = getattr(image, "tag_v2", {}).get(339, (1,))
    if any(kind not in (1, 4) for kind in (formats if isinstance(formats, tuple) else (formats,))):
        problem = "samples have no stated range (signed or floating-point); save it with 8 or 16 bits a channel"
        _refuse(f"image mode {image.mode}: {problem}")


def _tile_bytes(image: Any) -> int:
    width, height = (image.tag_v2.get(tag, 0) for tag in (322, 323))
    if not all(isinstance(side, int) for side in (width, height)):
        return 0
    return int(width * height * _bytes_a_pixel(image))


def _bytes_a_pixel(image: Any) -> int:
    bits = image.tag_v2.get(258, (1,))
    bits = bits if isinstance(bits, tuple) else (bits,)
    samples = image.tag_v2.get(277, 1)
    samples = samples if isinstance(samples, int) else 1
    most = max((one for one in bits if isinstance(one, int)), default=8)
    return -(-most * max(samples, len(bits)) // 8)


def _check_scans(image: Image.Image, file: Path) -> None:
    scans, rest = 0, b""
    most = max(_FEW_SCANS, min(_SCANS, _SCANNED // max(1, image.width * image.height)))
    with file.open("rb") as stream:
        while piece := stream.read(1 << 20):
            scans += (rest + piece).count(b"\xff\xda")  # in what is coded such a pair does not occur
            rest = piece[-1:]
            if scans > most + 8:  # a thumbnail in EXIF has some too
                _refuse(f"has more than {most} scans, each a pass over all its pixels; save it anew")


def _refuse(problem: str) -> NoReturn:
    raise ImageError(problem)
