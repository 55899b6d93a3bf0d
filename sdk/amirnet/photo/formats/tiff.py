"""TIFF and BigTIFF: of pictures that are whole photos, and stored as levels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image
from PIL.ExifTags import Base

from amirnet.photo.exif import RESOLUTION_UNIT, X_RESOLUTION
from amirnet.photo.formats.base import Factory, PhotoFormat, has_iptc, refuse
from amirnet.photo.metadata import Metadata
from amirnet.photo.row_buffer import Rows, Sink
from amirnet.photo.tiff_opener import TiffFile, check_picture
from amirnet.photo.tiff_writer import write_tiff

_TILE_BYTES, _TILE_TIMES = 16 * 2**20, 4
"""A tile of a TIFF may be so large, or so many times the picture."""
_IPTC = 33723


class Tiff(PhotoFormat):
    name = "TIFF"
    reads = (".tif", ".tiff")
    writes = reads
    several = "pages"
    deep = True

    def factory(self) -> Factory:
        return TiffFile

    def check(self, image: Any, file: Path | None = None) -> None:
        check_picture(image)
        _check_samples(image)
        picture = image.width * image.height * _bytes_a_pixel(image)
        if self.extra_bytes(image) > max(_TILE_BYTES, _TILE_TIMES * picture):
            refuse("its tiles are many times as large as the picture; save it anew, without tiles")

    def prepare(self, image: Any, file: Path) -> None:
        # Where orientation exchanges width and height Pillow states the upright size before it has turned the pixels,
        # and would map them into memory by it, every row of the wrong length.
        if image.tag_v2.get(Base.Orientation) in (5, 6, 7, 8):
            image.load_read = image.fp.read  # where this is overridden, Pillow does not map

    def extra_bytes(self, image: Any) -> int:
        """A tile, which is held whole."""
        width, height = (image.tag_v2.get(tag, 0) for tag in (322, 323))
        if not all(isinstance(side, int) for side in (width, height)):
            return 0
        return int(width * height * _bytes_a_pixel(image))

    def texts(self, image: Image.Image) -> list[str]:
        return ["IPTC"] if has_iptc(image) or _IPTC in getattr(image, "tag_v2", {}) else []

    def states_density(self, image: Image.Image) -> bool:
        tags = getattr(image, "tag_v2", {})
        return X_RESOLUTION in tags and tags.get(RESOLUTION_UNIT) != 1

    def encode(self, sink: Sink, rows: Rows, metadata: Metadata, quality: int, lossless: bool) -> None:
        write_tiff(sink, rows, metadata)


def _check_samples(image: Any) -> None:
    """Raises ImageError for samples that are signed or floating-point: nobody says which of them is white."""
    formats = getattr(image, "tag_v2", {}).get(339, (1,))
    if any(kind not in (1, 4) for kind in (formats if isinstance(formats, tuple) else (formats,))):
        problem = "samples have no stated range (signed or floating-point); save it with 8 or 16 bits a channel"
        refuse(f"image mode {image.mode}: {problem}")


def _bytes_a_pixel(image: Any) -> int:
    bits = image.tag_v2.get(258, (1,))
    bits = bits if isinstance(bits, tuple) else (bits,)
    samples = image.tag_v2.get(277, 1)
    samples = samples if isinstance(samples, int) else 1
    most = max((one for one in bits if isinstance(one, int)), default=8)
    return -(-most * max(samples, len(bits)) // 8)
