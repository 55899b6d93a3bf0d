"""Pillow's `open` without what it does for the whole process: it warns of large photos through filters that belong to
the caller, and threads that set those aside at the same time never put them back; and its list of formats is anyone's
to change."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from amirnet.errors import ImageError
from amirnet.photo.formats.base import PhotoFormat

PIXELS = 178_956_970
"""A photo with more is refused: twice what Pillow warns of by default."""
_HEAD = 64


def open_image(file: Path | str, formats: Sequence[PhotoFormat]) -> Image.Image:
    """The file as an image of one of these formats, by its content, not loaded yet.

    Raises UnidentifiedImageError, ImageError when it has too many pixels, and whatever a decoder raises.
    """
    name = str(file)
    with open(name, "rb") as stream:
        head = stream.read(_HEAD)
    for form in formats:
        if not (form.is_here and _claims(form, head)):
            continue
        image = form.open(name)
        if image is not None:
            check_size(image)
            return image
    raise UnidentifiedImageError(name)


def check_size(image: Image.Image) -> None:
    """Raises ImageError when the image has more than PIXELS, or than twice what the caller set in Pillow."""
    limit = PIXELS if Image.MAX_IMAGE_PIXELS is None else min(PIXELS, 2 * Image.MAX_IMAGE_PIXELS)
    if image.width * image.height > limit:
        image.close()
        raise ImageError(f"more than {limit // 10**6} million pixels; scale it down or cut it first")


def _claims(form: PhotoFormat, head: bytes) -> bool:
    try:
        return form.claims(head)
    except (IndexError, TypeError, struct.error):  # fewer bytes than it looks at
        return False
