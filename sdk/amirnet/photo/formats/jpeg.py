"""JPEG, and MPO: a JPEG with further pictures behind the photo."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from PIL import (
    Image,
    JpegImagePlugin,  # noqa: F401  it makes Pillow know the format
)

from amirnet.photo.formats.base import PhotoFormat, has_iptc, refuse
from amirnet.photo.jpeg_end import mend_end

_SCANS = 100
"""A progressive JPEG of more scans is refused: encoders write a dozen, and each costs a pass over all pixels."""
_SCANNED = 4_000_000_000
"""Pixels times scans that are refused beyond _FEW_SCANS."""
_FEW_SCANS = 32


class Jpeg(PhotoFormat):
    name = "JPEG"
    reads: ClassVar[tuple[str, ...]] = (".jpg", ".jpeg", ".jpe", ".jfif")
    """Suffixes of files that are opened."""
    writes: ClassVar[tuple[str, ...]] = reads
    """Suffixes of files that are written."""
    alpha = False
    lossy = True
    block = 65_500
    """Each lies in one segment of at most 65,533 bytes, its name included."""
    options = (("subsampling", 0),)  # full chroma: do not blur it again

    def check(self, image: Image.Image, file: Path) -> None:
        if image.info.get("progressive"):
            _check_scans(image, file)

    def prepare(self, image: Image.Image, file: Path) -> None:
        mend_end(image, file)

    def texts(self, image: Image.Image) -> list[str]:
        return (["IPTC"] if has_iptc(image) else []) + (["a comment"] if image.info.get("comment") else [])

    def states_density(self, image: Image.Image) -> bool:
        return image.info.get("jfif_unit") in (1, 2)


class Mpo(Jpeg):
    """Pillow opens it as JPEG, and finds out then."""

    name = "MPO"
    reads = (".mpo",)
    writes = ()
    holds_one_photo = True


def _check_scans(image: Image.Image, file: Path) -> None:
    scans, rest = 0, b""
    most = max(_FEW_SCANS, min(_SCANS, _SCANNED // max(1, image.width * image.height)))
    with file.open("rb") as stream:
        while piece := stream.read(1 << 20):
            scans += (rest + piece).count(b"\xff\xda")  # in what is coded such a pair does not occur
            rest = piece[-1:]
            if scans > most + 8:  # a thumbnail in EXIF has some too
                refuse(f"has more than {most} scans, each a pass over all its pixels; save it anew")
