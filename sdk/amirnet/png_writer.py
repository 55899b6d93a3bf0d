"""PNG files of 16 bits a channel, which Pillow writes for gray photos only."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from amirnet.arrays import Samples
from amirnet.metadata import Metadata

_COLOR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
"""Channels -> gray, gray with alpha, RGB, RGB with alpha."""


def encode_png(samples: Samples, metadata: Metadata) -> bytes:
    """A PNG of 16-bit samples: uint16, shape (height, width, channels), 1 to 4 channels, alpha last."""
    height, width, channels = samples.shape
    header = struct.pack(">LLBBBBB", width, height, 16, _COLOR_TYPES[channels], 0, 0, 0)
    chunks = [b"\x89PNG\r\n\x1a\n", _chunk(b"IHDR", header)]
    if metadata.icc is not None:
        chunks.append(_chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(metadata.icc)))
    if metadata.xmp is not None:
        chunks.append(_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + metadata.xmp))
    if metadata.exif is not None:
        chunks.append(_chunk(b"eXIf", metadata.exif))
    packer = zlib.compressobj(6)
    body = [packer.compress(rows) for rows in _filtered(samples)]
    return b"".join([*chunks, _chunk(b"IDAT", b"".join([*body, packer.flush()])), _chunk(b"IEND", b"")])


def _filtered(samples: Samples) -> Iterator[bytes]:
    """Each row after the filter that makes its bytes smallest: 0 none, 1 left, 2 above, 4 Paeth."""
    width, channels = samples.shape[1:]
    step = 2 * channels
    above = np.zeros(step + width * step, dtype=np.int16)
    for row in samples:
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
