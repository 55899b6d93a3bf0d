"""Sound files to damage: a corner of a sample photo in every format that is read, and a bundle, whole and zipped."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms, features

from amirnet.bundle.bundle_files import MANIFEST
from amirnet.bundle.model_bundle import SHIPPED
from amirnet.photo.metadata import Metadata
from amirnet.photo.photo_encoder import encode, writer_for
from amirnet.runtime.level_statistics import STATISTICS

PHOTO = Path(__file__).parents[1] / "photos" / "clean" / "chelsea_cat.jpg"
SIDE = (61, 47)
"""Width and height of the corner: small, so that thousands are decoded in minutes, and no multiple of a block."""
LARGE = 10_000
"""Side of a picture that takes a few kilobytes in its file and, in colours, 300 MB in memory."""
PAGES = 40_000


@cache
def photos() -> dict[str, bytes]:
    """File name -> content, some with EXIF, XMP and a colour profile."""
    with Image.open(PHOTO) as whole:
        photo = whole.convert("RGB").crop((200, 60, 200 + SIDE[0], 60 + SIDE[1]))
    extras: dict[str, Any] = {"exif": _exif(), "icc_profile": _profile()}
    alpha = photo.copy()
    alpha.putalpha(photo.convert("L"))
    gray, palette = photo.convert("L"), photo.quantize(16)
    made = {
        "plain.jpg": _saved(photo, "JPEG", quality=80, xmp=_XMP, **extras),
        "progressive.jpg": _saved(photo, "JPEG", quality=70, progressive=True),
        "cmyk.jpg": _saved(photo.convert("CMYK"), "JPEG"),
        "two.mpo": _saved(photo, "MPO", save_all=True, append_images=[photo]),
        "plain.png": _saved(photo, "PNG", **extras),
        "palette.png": _saved(palette, "PNG", transparency=3),
        "gray_alpha.png": _saved(alpha.convert("LA"), "PNG"),
        "plain.tif": _saved(photo, "TIFF", **extras),
        "deflate.tif": _saved(photo, "TIFF", compression="tiff_adobe_deflate"),
        "lzw.tif": _saved(gray, "TIFF", compression="tiff_lzw"),
        "jpeg.tif": _saved(photo, "TIFF", compression="jpeg"),
        "fax.tif": _saved(gray.convert("1"), "TIFF", compression="group4"),
        "lossy.webp": _saved(photo, "WEBP", quality=60, **extras),
        "lossless.webp": _saved(alpha, "WEBP", lossless=True),
        "animated.webp": _saved(photo, "WEBP", save_all=True, append_images=[photo.rotate(90)]),
        "plain.gif": _saved(palette, "GIF"),
        "animated.gif": _saved(palette, "GIF", save_all=True, append_images=[palette.rotate(90)]),
        "plain.bmp": _saved(photo, "BMP"),
        "plain.ppm": _saved(photo, "PPM"),
        "plain.tga": _saved(photo, "TGA", rle=True),
        "plain.jp2": _saved(photo, "JPEG2000"),
    }
    deep = np.asarray(photo).astype(np.uint16) * 257 + 3
    for name in ("deep.png", "deep.tif"):
        made[name] = encode(deep, Metadata(exif=_exif(), xmp=_XMP), writer_for(name), 95, False)
    if features.check("avif"):
        made["plain.avif"] = _saved(photo, "AVIF", quality=60)
    return made


@cache
def burdens() -> dict[str, bytes]:
    """Small files, sound or nearly, that ask for a lot: of memory, of pages to count, of bytes to unpack."""
    white = Image.new("1", (LARGE, LARGE), 1)
    files = {**bundle(), "restorer.onnx": model(bytes(LARGE * 30_000))}
    palette = _saved(Image.new("P", (1, 1)), "GIF")
    frame = palette.index(b"\x2c")
    return {
        "large.png": _saved(white, "PNG"),
        "large.tif": _saved(white, "TIFF", compression="group4"),
        "pages.tif": _pages(),
        "frames.gif": palette[:-1] + palette[frame:-1] * PAGES + palette[-1:],
        "large.zip": zipped({MANIFEST: sealed(json.loads(files.pop(MANIFEST)), files), **files}),
    }


@cache
def bundle() -> dict[str, bytes]:
    """A bundle's files by path: the shipped manifest with all that one may hold, sealed over stand-ins for the models,
    which nobody runs here."""
    manifest = json.loads((SHIPPED / "mobile" / MANIFEST).read_text(encoding="utf-8"))
    inputs = 2 ** manifest["tree"]["levels"] - 1 + STATISTICS
    hidden = {"weights": [[0.25] * inputs] * 2, "bias": [0.5, -0.5]}
    manifest.setdefault("light", {"hidden": hidden, "output": {"weights": [[0.125, 1.0]] * 6, "bias": [0.0] * 6}})
    for node in manifest["tree"]["nodes"]:
        node.setdefault("kinds", {"noise": 0.5, "camera": 0.25, "lowlight": 0.25})
    files = {name: (name.encode() * 20)[:200] for name in manifest["files"]}
    files |= {name: model(content) for name, content in files.items() if name.endswith(".onnx")}
    return {MANIFEST: sealed(manifest, files), **files}


def model(text: bytes) -> bytes:
    """An ONNX model that is sound as far as a bundle looks into it: a graph of nothing but a text for people."""

    def field(number: int, content: bytes) -> bytes:
        size, coded = len(content), bytearray()
        while True:
            coded.append(size & 0x7F | (0x80 if size > 0x7F else 0))
            size >>= 7
            if not size:
                return bytes([number << 3 | 2]) + bytes(coded) + content

    return field(7, field(10, text))


def sealed(manifest: dict[str, Any], files: dict[str, bytes]) -> bytes:
    """The manifest's bytes, its list of files made true of ``files``."""
    seals = {name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} for name, data in files.items()}
    return json.dumps({**manifest, "files": seals}, indent=1).encode()


def zipped(files: dict[str, bytes]) -> bytes:
    """The files as a zip; names may be whatever they like."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6" '
    b'xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="48,1N"/></rdf:RDF></x:xmpmeta>'
)


def _pages() -> bytes:
    """A TIFF of one pixel a page, all pages the same one."""
    tags = [(256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, 1), (279, 1)]
    size = 2 + 12 * len(tags) + 4
    page = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    next_ones = [12 + size * number for number in range(1, PAGES)] + [0]
    return b"II*\0" + struct.pack("<I", 12) + b"\0" * 4 + b"".join(page + struct.pack("<I", at) for at in next_ones)


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a maker"
    exif.get_ifd(0x8769)[0x927C] = b"a maker's own note" * 3
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (48.0, 8.0, 1.5)
    return exif.tobytes()


def _profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
