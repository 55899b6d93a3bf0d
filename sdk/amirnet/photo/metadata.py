"""What a photo's file says beside its pixels: EXIF, XMP and the colour profile; made true of the restored photo."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from PIL import Image

from amirnet.photo.exif import ExifBlock

_TAG = re.compile(r"(<[^<>]*>)")
_NAME = re.compile(r"<(/?)([\w.-]+:)?([\w.-]+)")
_ORIENTATION = re.compile(r"""(\s[\w.-]+:Orientation\s?=\s?["'])\d+""")
_GPS_ATTRIBUTE = re.compile(r"""\s[\w.-]+:gps[\w.-]*\s?=\s?(?:"[^"]*"|'[^']*')""", re.IGNORECASE)


@dataclass(frozen=True)
class Metadata:
    """Each as the bytes found in the file, or None: EXIF from its TIFF header on, XMP as UTF-8 text, an ICC profile."""

    exif: bytes | None = None
    xmp: bytes | None = None
    icc: bytes | None = None

    @classmethod
    def of(cls, image: Image.Image) -> Metadata:
        """What Pillow found. A block that cannot be read at all counts as absent."""
        xmp = image.info.get("xmp")
        xmp = xmp.encode() if isinstance(xmp, str) else xmp
        icc = image.info.get("icc_profile")
        return cls(_exif(image), xmp if isinstance(xmp, bytes) and xmp.strip(b"\0 ") else None, icc or None)

    def for_result(self, width: int, height: int, strip_gps: bool = False) -> tuple[Metadata, tuple[str, ...]]:
        """The same, true of an upright restored photo of this size, and a warning for each block that had to go.

        Orientation becomes 1, thumbnails go, and with `strip_gps` everything that tells the place.
        """
        found, losses = self, []
        if self.exif is not None:
            try:
                block = ExifBlock.parse(self.exif)
                block.clean(width, height, strip_gps)
                empty = not block.top.entries and not block.top.below
                found = replace(found, exif=None if empty else block.tobytes())
            except ValueError as error:
                found = replace(found, exif=None)
                losses.append(f"EXIF is damaged ({error}) and left out")
        if self.xmp is not None:
            xmp = clean_xmp(self.xmp, strip_gps)
            found = replace(found, xmp=xmp)
            if xmp is None:
                losses.append("XMP cannot be cleaned and is left out")
        return found, tuple(losses)


NOTHING = Metadata()


def clean_xmp(packet: bytes, strip_gps: bool = False) -> bytes | None:
    """An XMP packet with orientation 1 and without thumbnails; with `strip_gps` without any property named GPS*.

    None where that cannot be done for certain: not UTF-8, tags that do not close, or a GPS name left in odd syntax.
    """
    try:
        text = packet.decode("utf-8")
    except UnicodeDecodeError:
        return None
    kept: list[str] = []
    skipping, depth, upright = "", 0, False
    for token in _TAG.split(text):
        closes, prefix, name = _name(token)
        if skipping:
            if prefix + name == skipping and not token.endswith("/>"):
                depth += -1 if closes else 1
                skipping = skipping if depth else ""
            continue
        if prefix and (name == "Thumbnails" or (strip_gps and name.lower().startswith("gps"))):
            if closes:
                return None
            if not token.endswith("/>"):
                skipping, depth = prefix + name, 1
            continue
        if token.startswith("<"):
            token = _ORIENTATION.sub(r"\g<1>1", token)
            token = _GPS_ATTRIBUTE.sub("", token) if strip_gps else token
        elif upright and token.strip().isdigit():
            token = "1"
        upright = bool(prefix) and name == "Orientation" and not closes
        kept.append(token)
    result = "".join(kept)
    if skipping or (strip_gps and ":gps" in result.lower()):
        return None
    return result.encode("utf-8")


def _name(token: str) -> tuple[bool, str, str]:
    match = _NAME.match(token)
    return (bool(match[1]), match[2] or "", match[3]) if match else (False, "", "")


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
