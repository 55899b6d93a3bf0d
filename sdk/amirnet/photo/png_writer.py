"""PNG files of 16 bits a channel, which Pillow writes for gray photos only."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from amirnet.photo.metadata import Metadata
from amirnet.photo.row_buffer import ArrayRows, Rows, Sink, row_chunks
from amirnet.runtime.arrays import Samples

_COLOR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
"""Channels -> gray, gray with alpha, RGB, RGB with alpha."""


def encode_png(samples: Samples, metadata: Metadata) -> bytes:
    """A PNG of 16-bit samples: uint16, shape (height, width, channels), 1 to 4 channels, alpha last."""
    encoded = BytesIO()
    write_png(encoded, ArrayRows(samples), metadata)
    return encoded.getvalue()


def write_png(sink: Sink, rows: Rows, metadata: Metadata) -> None:
    """Write the same of rows of 16 bits, one after another."""
    height, width, channels = rows.shape
    header = struct.pack(">LLBBBBB", width, height, 16, _COLOR_TYPES[channels], 0, 0, 0)
    chunks = [b"\x89PNG\r\n\x1a\n", _chunk(b"IHDR", header)]
    if metadata.icc is not None:
        chunks.append(_chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(metadata.icc)))
    if metadata.density is not None:
        x, y = (round(dots / 0.0254) for dots in metadata.density)
        chunks.append(_chunk(b"pHYs", struct.pack(">LLB", x, y, 1)))  # pixels a metre
    if metadata.xmp is not None:
        chunks.append(_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + metadata.xmp))
    if metadata.exif is not None:
        chunks.append(_chunk(b"eXIf", metadata.exif))
    sink.write(b"".join(chunks))
    start, length, check = sink.tell(), 0, zlib.crc32(b"IDAT")
    sink.write(bytes(4) + b"IDAT")  # how long it is, is known at its end
    for part in _packed(rows):
        sink.write(part)
        length, check = length + len(part), zlib.crc32(part, check)
    if length >= 1 << 31:
        raise ValueError("more than 2 GB")
    sink.write(struct.pack(">L", check) + _chunk(b"IEND", b""))
    sink.seek(start)
    sink.write(struct.pack(">L", length))
    sink.seek(0, 2)


def _packed(rows: Rows) -> Iterator[bytes]:
    packer = zlib.compressobj(6)
    for line in _filtered(rows):
        yield packer.compress(line)
    yield packer.flush()


def _filtered(rows: Rows) -> Iterator[bytes]:
    """Each row after the filter that makes its bytes smallest: 0 none, 1 left, 2 above, 4 Paeth."""
    height, width, channels = rows.shape
    step = 2 * channels
    above = np.zeros(step + width * step, dtype=np.int16)
    for row in (row for start, end in row_chunks(0, height) for row in rows.read(start, end)):
        line = np.zeros_like(above)  # a pixel of zeros stands left of the first
        line[step:] = np.frombuffer(row.astype(">u2").tobytes(), dtype=np.uint8)
        here, left, up, corner = line[step:], line[:-step], above[step:], above[:-step]
        choices = {0: here, 1: here - left, 2: here - up, 4: here - _paeth(left, up, corner)}
        best = min(choices, key=lambda kind: int(np.abs(choices[kind].astype(np.int8).astype(np.int32)).sum()))
        yield bytes([best]) + choices[best].astype(np.uint8).tobytes()
        above = line


def _paeth(left: NDArray[np.int16], up: NDArray[np.int16], corner: NDArray[np.int16]) -> NDArray[np.int16]:
    by_left, by_up, by_corner = np.abs(up - corner), np.abs(left - corner), np.abs(left + up - 2 * corner)
    second = np.where(by_up <= by_corner, up, corner)
    return np.where((by_left <= by_up) & (by_left <= by_corner), left, second)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))
