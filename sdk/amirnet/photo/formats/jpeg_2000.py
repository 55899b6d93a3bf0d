"""JPEG 2000, in boxes or bare."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import (
    Image,
    Jpeg2KImagePlugin,  # noqa: F401  it makes Pillow know the format
)

from amirnet.photo.boxes import jpeg_2000_color
from amirnet.photo.formats.base import PhotoFormat, refuse
from amirnet.photo.jpeg_2000_parts import PART_BYTES, burden_of

_PARTS, _PIXELS_A_PART = 20_000, 200
"""A photo may fall into so many parts, and into one more for so many pixels."""
_PACKETS = 20_000_000
"""Parts times layers of quality: the decoder takes up to 40 ns for each, whatever it holds. Encoders write a dozen
layers, so the largest photo has a quarter of this."""
_ORDINARY = 700
"""Pixels a part of what encoders write; these parts are in `decoder_bytes` already."""
_DECODED = (12, 16, 17, 18)
"""Colour spaces by number that the decoder knows: CMYK, sRGB, gray, sYCC."""


class Jpeg2000(PhotoFormat):
    name = "JPEG2000"
    reads = (".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx")
    decoder_bytes = 16

    def check(self, image: Image.Image, file: Path) -> None:
        burden = burden_of(file)
        if burden.packets > _PACKETS:
            refuse("its header asks for more layers of quality than its parts can have; save it anew with fewer")
        if burden.parts > _PARTS + image.width * image.height // _PIXELS_A_PART:
            refuse("its header asks for more parts than a photo of its size has; save it anew, or convert it to PNG")

    def extra_bytes(self, image: Image.Image) -> int:
        name = getattr(image, "filename", "")
        if not (isinstance(name, str) and os.path.isfile(name)):
            return 0
        ordinary = 100 + image.width * image.height // _ORDINARY
        return PART_BYTES * max(0, burden_of(Path(name)).parts - ordinary)

    def stated_icc(self, image: Image.Image, file: Path | None, gray: bool) -> bytes | None:
        found = jpeg_2000_color(file) if file is not None and file.is_file() else None
        if isinstance(found, int) and found not in _DECODED:
            refuse(f"its colours are stated as JPEG 2000's space {found}; save it in sRGB first")
        return found if isinstance(found, bytes) else None
