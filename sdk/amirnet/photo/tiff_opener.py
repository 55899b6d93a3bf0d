"""TIFF files that Pillow takes for none: gray of 12 and 16 bits whose white is zero; and a name for what is left."""

from __future__ import annotations

from typing import Any

from PIL import Image, TiffImagePlugin

from amirnet.errors import ImageError
from amirnet.photo.tiff_directories import (
    COLOR_FILTER,
    DNG_VERSION,
    PHOTOMETRIC,
    SUB_IFDS,
    SUBFILE,
    TiffDirectory,
    directories,
)

DEVELOP = "a camera raw file, whose photo has yet to be made; develop it to JPEG or TIFF first"
REDUCED = (
    "its first picture is a reduced copy of a larger one (camera raw?); develop or save the larger one as JPEG or TIFF "
    "first"
)
_DEEP = (12, 16)


class TiffFile(TiffImagePlugin.TiffImageFile):
    """`white_is_zero`: samples of more than 8 bits that were not turned over. Those of 8 Pillow does."""

    white_is_zero = False

    def _setup(self) -> None:
        bits = self.tag_v2.get(258, (1,))
        if self.tag_v2.get(PHOTOMETRIC) == 0 and isinstance(bits, tuple) and len(bits) == 1 and bits[0] in _DEEP:
            self.tag_v2[PHOTOMETRIC] = 1
            self.white_is_zero = True
        try:
            super()._setup()  # type: ignore[no-untyped-call, unused-ignore]
        except SyntaxError as error:
            if is_raw(_found(self)):
                raise ImageError(DEVELOP) from error
            stored = f"photometric {self.tag_v2.get(PHOTOMETRIC)}, bits {bits}, format {self.tag_v2.get(339, (1,))}"
            remedy = "save it as RGB with 8 or 16 bits a channel"
            raise ImageError(f"a TIFF stored in a way that is not read here ({stored}); {remedy}") from error


def is_white_at_zero(image: Image.Image) -> bool:
    """Whether samples of more than 8 bits of a TIFF are to be turned over."""
    tags = getattr(image, "tag_v2", {})
    return bool(getattr(image, "white_is_zero", False)) or tags.get(PHOTOMETRIC) == 0


def is_raw(found: list[TiffDirectory]) -> bool:
    """Whether these are the directories of a camera raw file: a sensor's data lies in one of them."""
    return any(DNG_VERSION in one.values or one.values.get(PHOTOMETRIC) in COLOR_FILTER for one in found)


def check_picture(image: Any) -> None:
    """Raises ImageError for a TIFF that is camera raw, or whose picture is a reduced copy of a larger one."""
    found = _found(image)
    if is_raw(found) or DNG_VERSION in image.tag_v2:
        raise ImageError(DEVELOP)
    if found:
        reduced = found[0].is_reduced and any(one.pixels > found[0].pixels for one in found[1:])
    else:  # opened by the caller from bytes: what lies in the others is not known
        reduced = bool(image.tag_v2.get(SUBFILE, 0) & 1) and SUB_IFDS in image.tag_v2
    if reduced:
        raise ImageError(REDUCED)


def _found(image: Any) -> list[TiffDirectory]:
    name = getattr(image, "filename", "")
    try:
        return directories(name) if isinstance(name, str) and name else []
    except OSError:
        return []
