"""TIFF files of 8 or 16 bits a channel with EXIF inside, which Pillow writes uncompressed only, and at 8 bits only."""

from __future__ import annotations

import zlib
from typing import Literal

import numpy as np

from amirnet.arrays import Samples
from amirnet.exif import BYTE, LONG, SHORT, UNDEFINED, Directory, Entry, ExifBlock
from amirnet.metadata import Metadata

_STRIP_BYTES = 1 << 20
_LARGEST = 2**32 - 1


def encode_tiff(samples: Samples, metadata: Metadata) -> bytes:
    """A deflated TIFF of the samples: uint8 or uint16, shape (height, width, channels), 1 to 4 channels, alpha last.

    Raises ValueError when the file would not fit into TIFF's 32-bit offsets.
    """
    height, width, channels = samples.shape
    block = ExifBlock("<", Directory()) if metadata.exif is None else ExifBlock.parse(metadata.exif)
    rows = max(1, _STRIP_BYTES // (width * channels * samples.itemsize))
    strips = [_strip(samples[top : top + rows], block.order) for top in range(0, height, rows)]
    offsets = np.cumsum([8] + [len(strip) for strip in strips]).tolist()
    entries = block.top.entries
    for tag, kind, values in [
        (256, LONG, (width,)),
        (257, LONG, (height,)),
        (258, SHORT, (8 * samples.itemsize,) * channels),
        (259, SHORT, (8,)),  # deflate
        (262, SHORT, (1 if channels < 3 else 2,)),  # black is 0; RGB
        (277, SHORT, (channels,)),
        (278, LONG, (rows,)),
        (279, LONG, tuple(len(strip) for strip in strips)),
        (284, SHORT, (1,)),  # channels side by side
        (317, SHORT, (2,)),  # differences to the left pixel
    ]:
        entries[tag] = block.integers(kind, *values)
    if channels in (2, 4):
        entries[338] = block.integers(SHORT, 2)  # alpha, not multiplied into the colours
    if metadata.xmp is not None:
        entries[700] = Entry(BYTE, len(metadata.xmp), metadata.xmp)
    if metadata.icc is not None:
        entries[34675] = Entry(UNDEFINED, len(metadata.icc), metadata.icc)
    *starts, end = offsets
    if end > _LARGEST - (1 << 26):
        raise ValueError("more than 4 GB")
    entries[273] = block.integers(LONG, *starts)
    filler = b"\0" * (end % 2)  # a directory begins at an even offset
    first = end + len(filler)
    return b"".join([block.header(first), *strips, filler, block.packed(first)])


def _strip(rows: Samples, order: Literal["<", ">"]) -> bytes:
    differences = rows.copy()
    differences[:, 1:] -= rows[:, :-1]
    return zlib.compress(differences.astype(rows.dtype.newbyteorder(order)).tobytes(), 6)
