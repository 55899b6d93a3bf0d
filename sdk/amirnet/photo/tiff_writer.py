"""TIFF files of 8 or 16 bits a channel with EXIF inside, which Pillow writes uncompressed only, and at 8 bits only."""

from __future__ import annotations

import zlib
from typing import Literal

from amirnet.photo.exif import BYTE, LONG, SHORT, UNDEFINED, Directory, Entry, ExifBlock
from amirnet.photo.metadata import Metadata
from amirnet.photo.row_buffer import Rows, Sink
from amirnet.runtime.arrays import Samples

_STRIP_BYTES = 1 << 20
_LARGEST = 2**32 - 1


def write_tiff(sink: Sink, rows: Rows, metadata: Metadata) -> None:
    """Write a deflated TIFF of rows of 8 or 16 bits, 1 to 4 channels, alpha last, strip by strip.

    Raises ValueError when the file would not fit into TIFF's 32-bit offsets.
    """
    height, width, channels = rows.shape
    size = 2 if rows.deep else 1
    block = ExifBlock("<", Directory()) if metadata.exif is None else ExifBlock.parse(metadata.exif)
    if metadata.density is not None:
        block.set_resolution(*metadata.density)
    count = max(1, _STRIP_BYTES // (width * channels * size))
    starts, lengths, end = [], [], 8
    sink.write(bytes(8))  # where the directory is, is known at its end
    for top in range(0, height, count):
        strip = _strip(rows.read(top, min(top + count, height)), block.order)
        starts.append(end)
        lengths.append(len(strip))
        end += len(strip)
        if end > _LARGEST - (1 << 26):
            raise ValueError("more than 4 GB")
        sink.write(strip)
    entries = block.top.entries
    for tag, kind, values in [
        (256, LONG, (width,)),
        (257, LONG, (height,)),
        (258, SHORT, (8 * size,) * channels),
        (259, SHORT, (8,)),  # deflate
        (262, SHORT, (1 if channels < 3 else 2,)),  # black is 0; RGB
        (273, LONG, tuple(starts)),
        (277, SHORT, (channels,)),
        (278, LONG, (count,)),
        (279, LONG, tuple(lengths)),
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
    first = end + end % 2  # a directory begins at an even offset
    sink.write(b"\0" * (first - end) + block.packed(first))
    sink.seek(0)
    sink.write(block.header(first))
    sink.seek(0, 2)


def _strip(rows: Samples, order: Literal["<", ">"]) -> bytes:
    differences = rows.copy()
    differences[:, 1:] -= rows[:, :-1]
    return zlib.compress(differences.astype(rows.dtype.newbyteorder(order)).tobytes(), 6)
