"""What a photo costs in memory, by its file's format and the result's; docs/MEMORY.md explains the numbers."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from PIL.ExifTags import Base

from amirnet.photo.deep_samples import is_deep
from amirnet.photo.formats.base import PhotoFormat
from amirnet.photo.formats.table import format_of
from amirnet.photo.photo_decoder import opened
from amirnet.photo.photo_encoder import writer_for
from amirnet.runtime.memory_plan import PixelCost

_HELD = {"L": 1, "1": 1}
_OPENED = {"L": 1, "1": 2, "P": 5, "CMYK": 8}
"""Bytes a pixel by Pillow's mode; any other takes 4. While it is opened, a photo may be there in two modes."""
_DEEP = 36
_PROGRESSIVE = 6
"""Bytes a pixel that libjpeg adds: all coefficients are known only at the end."""


def cost_of(image: Image.Image, writer: PhotoFormat) -> PixelCost:
    """What a pixel costs of an image that is opened and not loaded yet, restored into a file of this format."""
    form, alpha = format_of(image), image.has_transparency_data
    if is_deep(image):
        channels = (1 if image.mode in ("L", "I", "I;16", "I;16B", "LA") else 3) + alpha
        held, most = 2 * channels, _DEEP
        into = 0 if writer.deep else 4
    else:
        held, most = _HELD.get(image.mode, 4), _OPENED.get(image.mode, 4)
        if alpha and image.mode == "RGB":
            most = 8
        if image.format == "TIFF" and image.getexif().get(Base.Orientation, 1) != 1:
            most *= 2  # Pillow turns it by itself, in memory
        if image.info.get("progressive"):
            most += _PROGRESSIVE
        most += form.decoder_bytes
        into = 4 if (alpha and not writer.alpha) or (held == 1 and not writer.gray) else 0
    most += -(-form.extra_bytes(image) // (image.width * image.height))
    return PixelCost(max(most, held + into + writer.encoder_bytes), held)


def pixel_cost(photo: Path, output: Path, first_frame: bool) -> tuple[PixelCost, int, int]:
    """What a pixel of the photo file costs, its width and its height as stored; decodes nothing. Raises ImageError."""
    with opened(photo, first_frame) as image:
        return cost_of(image, writer_for(output)), *image.size
