"""Into how many parts a JPEG 2000 photo falls, as its headers say: each takes memory before a pixel is decoded, and
time once for each layer of quality."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from amirnet.photo.boxes import box_at

PART_BYTES = 1_700
"""What the decoder takes for a precinct, measured; a block of code takes less."""
_CODESTREAM = b"\xff\x4f\xff\x51"
_SIZ, _COD, _COC, _SOT, _SOD = 0x51, 0x52, 0x53, 0x90, 0x93
_TILE_PARTS = 70_000


class _Style(NamedTuple):
    """Of a COD or COC marker: levels of the pyramid, the smallest precinct and block, as powers of two."""

    levels: int
    precinct: tuple[int, int]
    block: tuple[int, int]


class Burden(NamedTuple):
    """What a file asks of its decoder. Of markers that say different things of different tiles the one that asks for
    most is taken for all."""

    parts: int
    """Precincts, blocks of code, and tiles times components, at most; 0 for what has no codestream."""
    packets: int
    """Those times the layers of quality."""


def burden_of(file: Path) -> Burden:
    """As the file's headers say. Raises OSError."""
    with file.open("rb") as stream:
        length = os.fstat(stream.fileno()).st_size
        bare = stream.read(4) == _CODESTREAM
        found = (0, length) if bare else box_at(stream, length, b"jp2c")
        if found is None:
            return Burden(0, 0)
        stream.seek(found[0] + 2)
        siz: bytes = b""
        layers = 1
        styles: list[_Style] = []
        for marker, content in _segments(stream, length):
            if marker == _SIZ and not siz:
                siz = content
            elif marker == _COD and len(content) >= 10:
                styles.append(_style(content[5:], bool(content[0] & 1)))
                layers = max(layers, _number(content, 2, 2))
            elif marker == _COC and siz:
                wide = 2 if _number(siz, 34, 2) > 256 else 1
                if len(content) >= wide + 6:
                    styles.append(_style(content[wide + 1 :], bool(content[wide] & 1)))
    parts = _count(siz, styles) if len(siz) >= 39 else 0
    return Burden(parts, parts * layers)


def _count(siz: bytes, styles: list[_Style]) -> int:
    right, bottom, left, top, width, height, tile_left, tile_top = (_number(siz, 2 + 4 * at, 4) for at in range(8))
    components = _number(siz, 34, 2)
    across, down = right - left, bottom - top
    if min(across, down, width, height, components) < 1:
        return 0
    tiles = -(-(right - tile_left) // width) * -(-(bottom - tile_top) // height)
    tile_across, tile_down = min(width, across), min(height, down)
    most = 0
    for style in styles:
        found = 0
        for level in range(style.levels + 1):
            wide, high = -(-tile_across >> level), -(-tile_down >> level)
            wide, high = max(1, wide), max(1, high)
            precincts = _cells(wide, high, style.precinct)
            found += precincts + max(precincts, _cells(wide, high, style.block))
        most = max(most, found)
    return tiles * components * (1 + most)


def _cells(width: int, height: int, powers: tuple[int, int]) -> int:
    return -(-width // (1 << powers[0])) * -(-height // (1 << powers[1]))


def _style(content: bytes, precincts: bool) -> _Style:
    levels = min(content[0], 32)
    block = (2 + (content[1] & 15), 2 + (content[2] & 15))
    sizes = content[5 : 6 + levels] if precincts else b""
    least = (min((size & 15 for size in sizes), default=15), min((size >> 4 for size in sizes), default=15))
    return _Style(levels, least, (min(block[0], 10), min(block[1], 10)))


def _segments(stream: IO[bytes], length: int) -> Iterator[tuple[int, bytes]]:
    """Markers with what they hold, of the main header and of every tile part's."""
    part_end = 0
    left = _TILE_PARTS
    while left:
        head = stream.read(2)
        if len(head) < 2 or head[0] != 0xFF:
            return
        marker = head[1]
        if marker == _SOD:
            if part_end <= stream.tell() or part_end >= length:
                return
            stream.seek(part_end)
            left -= 1
            continue
        size = _number(stream.read(2), 0, 2)
        if size < 2:
            return
        content = stream.read(size - 2)
        if marker == _SOT:
            part_end = stream.tell() - size - 2 + _number(content, 2, 4)
        yield marker, content


def _number(content: bytes, at: int, size: int) -> int:
    return int.from_bytes(content[at : at + size], "big")
