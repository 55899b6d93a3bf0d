"""What a photo's file says beside its pixels: EXIF, XMP, profile, resolution; made true of the restored photo."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from PIL import Image

from amirnet.photo.exif import ORIENTATION, X_RESOLUTION, Directory, ExifBlock
from amirnet.photo.xmp import clean_xmp as clean_xmp
from amirnet.photo.xmp import true_xmp

QUARTERS = (5, 6, 7, 8)
"""Orientations that exchange width and height."""


@dataclass(frozen=True)
class Metadata:
    """What a file says beside its pixels, each as the bytes found in it, or None."""

    exif: bytes | None = None
    """From its TIFF header on."""
    xmp: bytes | None = None
    """As UTF-8 text."""
    icc: bytes | None = None
    """An ICC profile."""
    density: tuple[float, float] | None = None
    """Dots an inch, across and down, as the file's own format states them."""
    turned: bool = False
    """Whether the photo lay on its side, so that across and down change places."""

    @classmethod
    def of(cls, image: Image.Image, turned: bool = False, density: bool = True) -> Metadata:
        """What Pillow found; `density`: whether its dots an inch are meant so. A block that cannot be read at all
        counts as absent."""
        xmp = image.info.get("xmp")
        xmp = xmp.encode() if isinstance(xmp, str) else xmp
        xmp = xmp if isinstance(xmp, bytes) and xmp.strip(b"\0 ") else None
        return cls(
            _exif(image), xmp, image.info.get("icc_profile") or None, _density(image) if density else None, turned
        )

    def for_result(self, width: int, height: int, strip_gps: bool = False) -> tuple[Metadata, tuple[str, ...]]:
        """The same, true of an upright restored photo of this size, and a warning for each block that had to go.

        Orientation becomes 1, thumbnails go, resolutions turn with the photo, and claims of what is not carried go with
        a warning. With `strip_gps` only what is known to tell no place is kept.
        """
        found, losses = replace(self, turned=False), []
        if self.density is not None and self.turned:
            found = replace(found, density=self.density[::-1])
        if self.exif is not None:
            try:
                block = ExifBlock.parse(self.exif)
                block.clean(width, height, strip_gps, self.turned)
                found = replace(found, exif=None if block.is_empty else block.tobytes())
            except ValueError as error:
                found = replace(found, exif=None)
                losses.append(f"EXIF is damaged ({error}) and left out")
        if self.xmp is not None:
            try:
                xmp, gone = true_xmp(self.xmp, strip_gps, (width, height))
                found = replace(found, xmp=xmp)
                if gone:
                    losses.append(f"{', '.join(gone)}: not kept, and XMP does not speak of it any more")
            except ValueError as error:
                found = replace(found, xmp=None)
                losses.append(f"XMP cannot be read ({_reason(error)}) and is left out")
        return found, tuple(losses)

    def with_density_in_exif(self) -> Metadata:
        """For formats that state no resolution of their own: EXIF does, unless it states one already."""
        if self.density is None:
            return self
        block = ExifBlock("<", Directory()) if self.exif is None else ExifBlock.parse(self.exif)
        if X_RESOLUTION not in block.top.entries:
            block.set_resolution(*self.density)
        return replace(self, exif=block.tobytes(), density=None)


NOTHING = Metadata()


def orientation(image: Image.Image) -> int:
    """EXIF's, 1 to 8 where it makes sense."""
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # broken EXIF is common and no reason to refuse the pixels
        return 1


def _density(image: Image.Image) -> tuple[float, float] | None:
    """As the file's own format states it; what only EXIF states travels with EXIF."""
    try:
        x, y = (float(dots) for dots in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    sound = all(math.isfinite(dots) and 0.01 <= dots <= 65_535 for dots in (x, y))
    return (x, y) if sound else None


def _reason(error: ValueError) -> str:
    return "it is not UTF-8" if isinstance(error, UnicodeError) else str(error)


def _exif(image: Image.Image) -> bytes | None:
    block = image.info.get("exif")
    if not block:
        try:
            exif = image.getexif()
            exif.bigtiff = False
            block = exif.tobytes() if len(exif) else None
        except Exception:  # broken EXIF is common and no reason to refuse the pixels
            block = None
    return block if isinstance(block, bytes) else None
