"""The formats a result may be written in, what each can hold, and how well it is kept."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, features

from amirnet.arrays import Samples
from amirnet.errors import OutputError
from amirnet.metadata import NOTHING, Metadata
from amirnet.png_writer import encode_png
from amirnet.tiff_writer import encode_tiff

DEFAULT_QUALITY = 95
_MARKER = {"exif": 65_500, "xmp": 65_500}
"""JPEG keeps each of these in one segment of at most 65,533 bytes, its name included."""


@dataclass(frozen=True)
class Writer:
    """Pillow's name of a format, what a file of it can hold, and Pillow's options."""

    kind: str
    gray: bool = True
    alpha: bool = True
    deep: bool = False
    lossy: bool = False
    metadata: bool = True
    options: tuple[tuple[str, Any], ...] = ()


_JPEG = Writer("JPEG", alpha=False, lossy=True, options=(("subsampling", 0),))  # full chroma: do not blur it again
_TIFF = Writer("TIFF", deep=True)
WRITERS = {
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".png": Writer("PNG", deep=True),
    ".webp": Writer("WEBP", gray=False, lossy=True, options=(("exact", True),)),  # exact: colour below alpha 0 stays
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".bmp": Writer("BMP", alpha=False, metadata=False),
}
"""Suffix -> how it is written."""
if features.check("avif"):
    WRITERS[".avif"] = Writer("AVIF", gray=False, lossy=True, options=(("subsampling", "4:4:4"),))


def check_suffix(path: str | os.PathLike[str]) -> None:
    """Raises OutputError when the suffix names no format that can be written."""
    if Path(path).suffix.lower() not in WRITERS:
        raise OutputError(f"{path}: cannot write this kind of file; end the name with one of {', '.join(WRITERS)}")


def writer_for(path: str | os.PathLike[str]) -> Writer:
    """How the file is to be written, by its suffix. Raises OutputError."""
    check_suffix(path)
    return WRITERS[Path(path).suffix.lower()]


def check_quality(quality: int | None) -> None:
    """Raises OutputError unless the quality is None or 1 to 100."""
    if quality is not None and not 1 <= quality <= 100:
        raise OutputError(f"quality {quality}: not between 1 and 100; leave it out for the best that pays")


def fitted(samples: Samples, metadata: Metadata, writer: Writer) -> tuple[Samples, Metadata, tuple[str, ...]]:
    """What of the samples and the metadata a file of this format can hold, and a line for each thing it cannot.

    samples: uint8 or uint16, shape (height, width, channels), 1 to 4 channels, alpha last.
    """
    losses = []
    if samples.dtype == np.uint16 and not writer.deep:
        samples = to_8_bits(samples)
        losses.append(f"{writer.kind} holds 8 bits a channel; name the output .png or .tif to keep 16")
    channels = samples.shape[2]
    if channels in (2, 4) and not writer.alpha:
        samples = _on_white(samples)
        losses.append(f"{writer.kind} holds no transparency; the photo is laid on white")
    unreadable = writer.kind == "TIFF" and channels == 2 and samples.dtype == np.uint16  # for Pillow, and so for us
    if (channels < 3 and not writer.gray) or unreadable:
        color = np.repeat(samples[..., :1], 3, axis=2)
        samples = np.concatenate([color, samples[..., 1:]], axis=2)
    if not writer.metadata and metadata != NOTHING:
        metadata = NOTHING
        losses.append(f"{writer.kind} holds no EXIF, XMP or colour profile; they are left out")
    for name, limit in _MARKER.items() if writer.kind == "JPEG" else ():
        if len(getattr(metadata, name) or b"") > limit:
            metadata = replace(metadata, **{name: None})
            losses.append(f"{name.upper()} is too long for JPEG and left out")
    return samples, metadata, tuple(losses)


def encode(samples: Samples, metadata: Metadata, writer: Writer, quality: int, lossless: bool = False) -> bytes:
    """A file of this format, from samples and metadata that `fitted` gave out. The same input gives the same bytes.

    Raises ValueError or OSError where the format cannot hold a photo of this size.
    """
    if writer.kind == "TIFF":
        return encode_tiff(samples, metadata)
    if samples.dtype == np.uint16:
        return encode_png(samples, metadata)
    options = dict(writer.options)
    if writer.lossy:
        options["quality"] = quality
    if lossless and writer.kind == "WEBP":
        options["lossless"] = True
    blocks = {"exif": metadata.exif and b"Exif\0\0" + metadata.exif, "icc_profile": metadata.icc}
    image = Image.fromarray(samples[..., 0] if samples.shape[2] == 1 else samples)
    if metadata.xmp is not None and writer.kind == "PNG":
        options["pnginfo"] = _png_text(metadata.xmp)
    else:
        blocks["xmp"] = metadata.xmp
    encoded = BytesIO()
    image.save(encoded, format=writer.kind, **options, **{name: block for name, block in blocks.items() if block})
    return encoded.getvalue()


def to_8_bits(samples: Samples) -> NDArray[np.uint8]:
    """16-bit samples rounded to 8 (CONTRACT N2); 8-bit samples as they are."""
    if samples.dtype == np.uint8:
        return samples.astype(np.uint8, copy=False)
    return ((samples.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _on_white(samples: Samples) -> Samples:
    color, alpha = samples[..., :-1].astype(np.int32), samples[..., -1:].astype(np.int32)
    return ((2 * (color * alpha + 255 * (255 - alpha)) + 255) // 510).astype(np.uint8)


def _png_text(xmp: bytes) -> Any:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp.decode("utf-8"))
    return info
