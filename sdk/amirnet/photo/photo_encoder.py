"""The formats a result may be written in, what each can hold, and how well it is kept."""

from __future__ import annotations

import os
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amirnet.errors import OutputError
from amirnet.photo.formats.base import PhotoFormat
from amirnet.photo.formats.table import WRITERS
from amirnet.photo.metadata import NOTHING, Metadata
from amirnet.photo.row_buffer import ArrayRows, ConvertedRows, Rows, Sink
from amirnet.runtime.arrays import Samples

DEFAULT_QUALITY = 95


def check_suffix(path: str | os.PathLike[str]) -> None:
    """Raises OutputError when the suffix names no format that can be written."""
    if Path(path).suffix.lower() not in WRITERS:
        raise OutputError(f"{path}: cannot write this kind of file; end the name with one of {', '.join(WRITERS)}")


def writer_for(path: str | os.PathLike[str]) -> PhotoFormat:
    """How the file is to be written, by its suffix. Raises OutputError."""
    check_suffix(path)
    return WRITERS[Path(path).suffix.lower()]


def check_quality(quality: int | None) -> None:
    """Raises OutputError unless the quality is None or 1 to 100."""
    if quality is not None and not 1 <= quality <= 100:
        raise OutputError(f"quality {quality}: not between 1 and 100; leave it out for the best that pays")


def fitted(rows: Rows, metadata: Metadata, writer: PhotoFormat) -> tuple[Rows, Metadata, tuple[str, ...]]:
    """What of the photo and the metadata a file of this format can hold, and a line for each thing it cannot."""
    losses = []
    if rows.deep and not writer.deep:
        rows = ConvertedRows(rows, to_8_bits)
        losses.append(f"{writer.name} holds 8 bits a channel; name the output .png or .tif to keep 16")
    if rows.shape[2] in (2, 4) and not writer.alpha:
        rows = ConvertedRows(rows, _on_white)
        losses.append(f"{writer.name} holds no transparency; the photo is laid on white")
    channels = rows.shape[2]
    unreadable = writer.name == "TIFF" and channels == 2 and rows.deep  # for Pillow, and so for us
    if (channels < 3 and not writer.gray) or unreadable:
        rows = ConvertedRows(rows, _in_color)
    if not writer.metadata and replace(metadata, density=None) != NOTHING:
        metadata = Metadata(density=metadata.density)
        losses.append(f"{writer.name} holds no EXIF, XMP or colour profile; they are left out")
    if not writer.density:
        metadata = metadata.with_density_in_exif()
    for name, content in (("exif", metadata.exif), ("xmp", metadata.xmp)):
        if writer.block is not None and len(content or b"") > writer.block:
            metadata = replace(metadata, exif=None) if name == "exif" else replace(metadata, xmp=None)
            losses.append(f"{name.upper()} is too long for {writer.name} and left out")
    return rows, metadata, tuple(losses)


def encode_to(
    sink: Sink, rows: Rows, metadata: Metadata, writer: PhotoFormat, quality: int, lossless: bool = False
) -> None:
    """Write a file of this format, of rows and metadata that `fitted` gave out. The same input gives the same bytes.

    Raises ValueError or OSError where the format cannot hold a photo of this size.
    """
    if writer.side is not None and max(rows.shape[:2]) > writer.side:
        raise ValueError(f"at most {writer.side} across and down")
    writer.encode(sink, rows, metadata, quality, lossless)


def encode(samples: Samples, metadata: Metadata, writer: PhotoFormat, quality: int, lossless: bool = False) -> bytes:
    """The same as bytes, of samples in an array, HWC."""
    encoded = BytesIO()
    encode_to(encoded, ArrayRows(samples), metadata, writer, quality, lossless)
    return encoded.getvalue()


def to_8_bits(samples: Samples) -> NDArray[np.uint8]:
    """16-bit samples rounded to 8 (CONTRACT N2); 8-bit samples as they are."""
    if samples.dtype == np.uint8:
        return samples.astype(np.uint8, copy=False)
    return ((samples.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _on_white(samples: Samples) -> Samples:
    color, alpha = samples[..., :-1].astype(np.int32), samples[..., -1:].astype(np.int32)
    return ((2 * (color * alpha + 255 * (255 - alpha)) + 255) // 510).astype(np.uint8)


def _in_color(samples: Samples) -> Samples:
    colors: Samples = samples[..., [0, 0, 0, *range(1, samples.shape[2])]]
    return colors
