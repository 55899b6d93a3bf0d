"""Boxes of AVIF, HEIF and JPEG 2000 files, as far as they state colours: ISO 14496-12 and 23008-12, ISO 15444-1."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_HEAD = 1 << 20
"""Bytes of a file's description that are looked at; the pixels are not among them."""
_BOXES = 10_000


def primary_color(file: Path) -> tuple[int, int] | None:
    """Primaries and transfer (H.273) of the primary item's nclx box; None where there is none."""
    meta = _top(file, b"meta")
    inside = dict(boxes(meta[4:]))
    primary = inside.get(b"pitm", b"")
    item = number(primary, 4, 2 if primary[:1] == b"\0" else 4)
    properties = dict(boxes(inside.get(b"iprp", b"")))
    listed = list(boxes(properties.get(b"ipco", b"")))
    own = _associated(properties.get(b"ipma", b""), item)
    for place, (kind, content) in enumerate(listed, start=1):
        if kind == b"colr" and content[:4] == b"nclx" and place in own and len(content) >= 8:
            return number(content, 4, 2), number(content, 6, 2)
    return None


def jpeg_2000_color(file: Path) -> bytes | int | None:
    """An ICC profile, or the number of an enumerated space; None where there is neither."""
    for kind, content in boxes(_top(file, b"jp2h")):
        if kind == b"colr" and content[:1] == b"\1":
            return number(content, 3, 4)
        if kind == b"colr" and content[:1] in (b"\2", b"\3"):
            return content[3:] or None
    return None


def _associated(content: bytes, item: int) -> set[int]:
    """Places of an item's properties, counted from 1."""
    version, wide = content[:1], bool(content[3:4]) and bool(content[3] & 1)
    size, step = (2 if version == b"\0" else 4), (2 if wide else 1)
    at, found = 8, set[int]()
    for _ in range(min(number(content, 4, 4), _BOXES)):
        one, count = number(content, at, size), number(content, at + size, 1)
        at += size + 1
        for place in range(count) if one == item else ():
            value = number(content, at + step * place, step)
            found.add(value & (0x7FFF if wide else 0x7F))
        at += step * count
    return found


def _top(file: Path, wanted: bytes) -> bytes:
    """The content of a box at the top of a file; empty where there is none. Raises OSError."""
    with file.open("rb") as stream:
        length = os.fstat(stream.fileno()).st_size
        found = box_at(stream, length, wanted)
        return b"" if found is None else stream.read(min(found[1], _HEAD))


def box_at(stream: IO[bytes], length: int, wanted: bytes) -> tuple[int, int] | None:
    """Where the content of a box at the top of an open file begins, and its bytes; None where there is none. Raises
    OSError."""
    stream.seek(0)
    for kind, size in _heads(stream, length):
        if kind == wanted:
            return stream.tell(), size
        stream.seek(size, 1)
    return None


def _heads(stream: IO[bytes], length: int) -> Iterator[tuple[bytes, int]]:
    for _ in range(_BOXES):
        head = stream.read(8)
        if len(head) < 8:
            return
        size, kind = struct.unpack(">L4s", head)
        if size == 1:
            size = number(stream.read(8), 0, 8) - 8
        elif size == 0:
            size = length - stream.tell() + 8
        if size < 8:
            return
        yield kind, size - 8


def boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each box, one after another; of 10,000 at most."""
    at = 0
    for _ in range(_BOXES):
        if at + 8 > len(content):
            return
        size = number(content, at, 4) or len(content) - at
        if size < 8:
            return
        yield content[at + 4 : at + 8], content[at + 8 : at + size]
        at += size


def number(content: bytes, at: int, size: int) -> int:
    """A whole number, the highest byte first. Zero where the content ends before."""
    return int.from_bytes(content[at : at + size], "big")
