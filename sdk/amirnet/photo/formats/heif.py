"""HEIC and HEIF photos, by an optional package, whose decoder is used without telling Pillow of it."""

from __future__ import annotations

import importlib
from typing import cast

from amirnet.errors import ImageError
from amirnet.photo.formats.avif import Avif
from amirnet.photo.formats.base import Factory, PhotoFormat

_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")


class Heif(PhotoFormat):
    name = "HEIF"
    reads = (".heic", ".heics", ".heif", ".heifs", ".hif")
    holds_one_photo = True
    decoder_bytes = 7
    stated_icc = Avif.stated_icc

    @property
    def is_here(self) -> bool:
        return True

    def claims(self, head: bytes) -> bool:
        brands = head[8 : min(64, int.from_bytes(head[:4], "big"))]
        return head[4:8] == b"ftyp" and head[8:12] in _BRANDS and b"avif" not in brands

    def factory(self) -> Factory:
        try:
            heif = importlib.import_module("pillow_heif")
        except ImportError as error:
            remedy = "pip install 'amirnet[heif]', or convert it to JPEG"
            raise ImageError(f"a HEIC photo needs pillow-heif; {remedy}") from error
        return cast(Factory, heif.HeifImageFile)
