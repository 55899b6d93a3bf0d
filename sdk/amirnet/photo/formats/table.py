"""The one table of formats: what a photo may be, in the order in which its content is asked, and how it is written."""

from __future__ import annotations

from PIL import Image

from amirnet.photo.formats.avif import Avif
from amirnet.photo.formats.base import PhotoFormat
from amirnet.photo.formats.heif import Heif
from amirnet.photo.formats.jpeg import Jpeg, Mpo
from amirnet.photo.formats.jpeg_2000 import Jpeg2000
from amirnet.photo.formats.plain import Bmp, Gif, Netpbm, Qoi, Tga
from amirnet.photo.formats.png import Png
from amirnet.photo.formats.tiff import Tiff
from amirnet.photo.formats.webp import WebP

FORMATS: tuple[PhotoFormat, ...] = (
    Jpeg(), Mpo(), Png(), WebP(), Tiff(), Bmp(), Gif(), Netpbm(), Heif(), Avif(), Jpeg2000(), Tga(), Qoi(),
)  # fmt: skip
"""The only decoders that a photo may use. Pillow knows more, some of which start other programs (EPS) or fetch stubs.
HEIF is asked before AVIF, which claims some of its files; TGA, which claims any file, near the end."""

READABLE = tuple(suffix for form in FORMATS for suffix in form.reads)
"""Suffixes of photos."""
WRITERS = {suffix: form for form in FORMATS if form.is_here for suffix in form.writes}
"""Suffix of a result -> how it is written."""

_BY_NAME = {form.name: form for form in FORMATS}
_UNKNOWN = PhotoFormat()


def format_of(image: Image.Image) -> PhotoFormat:
    """The one that an image was read by; of an image that was made, or read otherwise, one that knows nothing."""
    return _BY_NAME.get(image.format or "", _UNKNOWN)
