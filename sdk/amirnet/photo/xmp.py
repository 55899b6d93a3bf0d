"""XMP packets made true of a restored photo: upright, its size, and no claim of what is not there any more."""

from __future__ import annotations

from amirnet.photo.xmp_kept import kept_packet
from amirnet.photo.xmp_tree import WELL_KNOWN, Element, Name, parse, written

_TIFF, _EXIF = WELL_KNOWN["tiff"], WELL_KNOWN["exif"]
_ORIENTATION = (_TIFF, "Orientation")
_THUMBNAILS = frozenset({"Thumbnails", "Thumbnail", "ThumbnailData", "thumbnails", "thumbnail", "thumbnailData"})
"""In whatever namespace: pictures of the photo as it was."""

_CAMERA = "http://ns.google.com/photos/1.0/camera/"
_GONE = {
    "http://ns.google.com/photos/1.0/container/": "pictures or films behind the photo",
    "http://ns.google.com/photos/1.0/container/item/": "pictures or films behind the photo",
    "http://ns.google.com/photos/1.0/image/": "a picture inside its XMP",
    "http://ns.google.com/photos/1.0/audio/": "a sound",
    "http://ns.google.com/photos/1.0/depthmap/": "a depth map",
    "http://ns.google.com/photos/dd/1.0/": "a depth map",
    "http://ns.adobe.com/hdr-gain-map/1.0/": "a gain map",
    "http://ns.apple.com/HDRGainMap/1.0/": "a gain map",
    "http://ns.apple.com/pixeldatainfo/1.0/": "a depth or gain map",
    "http://ns.apple.com/depthData/1.0/": "a depth map",
    "http://ns.apple.com/depthBlurEffect/1.0/": "a depth map",
    "http://ns.oplus.com/photos/1.0/camera/": "a film",
    "http://ns.xiaomi.com/photos/1.0/camera/": "pictures or films behind the photo",
    "http://ns.adobe.com/xmp/note/": "extended XMP",
}
"""Namespaces (or what they begin with) that speak of what is not carried, and what that is."""


def clean_xmp(packet: bytes, strip_gps: bool = False, size: tuple[int, int] | None = None) -> bytes | None:
    """`true_xmp` without what it says; None where the packet cannot be read."""
    try:
        return true_xmp(packet, strip_gps, size)[0]
    except ValueError:
        return None


def true_xmp(
    packet: bytes, strip_gps: bool = False, size: tuple[int, int] | None = None
) -> tuple[bytes | None, tuple[str, ...]]:
    """The packet with orientation 1, the photo's size (width, height) where it states one, without thumbnails and
    without claims of films, depth and gain maps and extended XMP; and what was claimed, in words.

    With `strip_gps` only what is known to tell no place is kept: None where that is nothing. Raises ValueError when it
    cannot be read.
    """
    root = parse(packet)
    found: dict[str, None] = {}
    _filter(root, found)
    for element in root.walk():
        _upright(element, size)
    if strip_gps:
        return kept_packet(root), tuple(found)
    return written(root), tuple(found)


def _filter(root: Element, found: dict[str, None]) -> None:
    """Take out all that is not there any more."""
    for element in root.walk():
        element.attributes = [
            item for item in element.attributes if item.space is None or not _is_gone((item.space, item.local), found)
        ]
        element.children = [
            child for child in element.children if isinstance(child, str) or not _is_gone(child.name, found)
        ]


def _is_gone(name: Name, found: dict[str, None]) -> bool:
    space, local = name
    if local in _THUMBNAILS or name == (WELL_KNOWN["xmpGImg"], "image"):
        return True
    what = "a film" if space == _CAMERA and local.startswith(("MicroVideo", "MotionPhoto")) else None
    what = what or next((said for start, said in _GONE.items() if space.startswith(start)), None)
    if what is None:
        return False
    found[what] = None
    return True


def _upright(element: Element, size: tuple[int, int] | None) -> None:
    values: dict[Name, str] = {_ORIENTATION: "1"}
    if size is not None:
        width, height = map(str, size)
        values |= {(_TIFF, "ImageWidth"): width, (_TIFF, "ImageLength"): height}
        values |= {(_EXIF, "PixelXDimension"): width, (_EXIF, "PixelYDimension"): height}
    for item in element.attributes:
        if item.space is not None and (item.space, item.local) in values and item.value.strip().isdigit():
            item.value = values[item.space, item.local]
    text = "".join(child for child in element.children if isinstance(child, str))
    if element.name in values and not element.elements and text.strip().isdigit():
        element.children = [values[element.name]]
