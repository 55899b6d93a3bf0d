"""AVIF, where this Pillow has it."""

from __future__ import annotations

import importlib
from contextlib import suppress
from pathlib import Path

from PIL import Image, features

from amirnet.photo.av1_frames import av1_cost
from amirnet.photo.boxes import primary_color
from amirnet.photo.formats.base import PhotoFormat, refuse
from amirnet.photo.stated_color import icc_of_code

with suppress(ImportError):  # Pillow before 11.3
    importlib.import_module("PIL.AvifImagePlugin")

_FRAMES = 8
"""A picture of more frames is refused: one has one, or one a layer, and each is decoded whether it shows or not."""
_TIMES, _PREVIEWS = 4, 4_000_000
"""All pictures of a file may have so many times the photo's pixels together, and so many more."""


class Avif(PhotoFormat):
    name = "AVIF"
    reads = (".avif", ".avifs")
    writes = (".avif",)
    gray = False
    lossy = True
    density = False
    side = 32_768
    decoder_bytes = 7
    encoder_bytes = 44
    options = (("subsampling", "4:4:4"),)

    @property
    def is_here(self) -> bool:
        return super().is_here and bool(features.check("avif"))

    def check(self, image: Image.Image, file: Path) -> None:
        most = _TIMES * image.width * image.height + _PREVIEWS
        cost = av1_cost(file, most)
        if cost.pixels > most:
            refuse("its coded pictures have many times the photo's pixels; save it anew, or convert it to PNG")
        if cost.frames > _FRAMES:
            refuse(f"a picture in it has more than {_FRAMES} frames, each decoded in full; save it anew")

    def stated_icc(self, image: Image.Image, file: Path | None, gray: bool) -> bytes | None:
        code = primary_color(file) if file is not None and file.is_file() else None
        return icc_of_code(*code, gray) if code else None
