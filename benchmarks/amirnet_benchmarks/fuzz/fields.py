"""Where the numbers lie in a file that a decoder trusts: sizes, lengths, counts, offsets."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Literal, NamedTuple


class Field(NamedTuple):
    """A whole number in a file."""

    offset: int
    """Where it begins."""
    size: int
    """Its bytes."""
    order: Literal["big", "little"]
    """In which they stand: the most or the least significant one first."""


def fields(content: bytes) -> list[Field]:
    """All that are known of the file's format; none for an unknown one. Damaged files give what can still be found."""
    found: Iterator[Field] = iter(())
    if content.startswith(b"\x89PNG"):
        found = _png(content)
    elif content.startswith(b"\xff\xd8"):
        found = _jpeg(content)
    elif content[:4] in (b"II*\0", b"MM\0*"):
        found = _tiff(content, 0)
    elif content.startswith(b"RIFF"):
        found = _riff(content)
    elif content.startswith(b"GIF8"):
        found = _gif(content)
    elif content.startswith(b"BM"):
        found = (Field(at, 4, "little") for at in (2, 10, 14, 18, 22, 28, 30, 34, 46))
    elif content.startswith(b"PK"):
        found = _zip(content)
    elif content[4:8] in (b"ftyp", b"jP  "):
        found = _boxes(content, 0, len(content))
    return [field for field in found if field.offset + field.size <= len(content)]


def mended(content: bytes) -> bytes:
    """A PNG with the checksum of every chunk made right, so that the damage gets past it. Others stay as they are."""
    if not content.startswith(b"\x89PNG"):
        return content
    result, at = bytearray(content), 8
    while at + 12 <= len(result):
        size = int.from_bytes(result[at : at + 4], "big")
        end = at + 8 + size
        if end + 4 > len(result):
            break
        result[end : end + 4] = struct.pack(">I", zlib.crc32(result[at + 4 : end]))
        at = end + 4
    return bytes(result)


def _png(content: bytes) -> Iterator[Field]:
    yield from (Field(at, 4, "big") for at in (16, 20))
    yield from (Field(at, 1, "big") for at in range(24, 29))
    at = 8
    while at + 8 <= len(content):
        yield Field(at, 4, "big")
        at += 12 + int.from_bytes(content[at : at + 4], "big")


def _jpeg(content: bytes) -> Iterator[Field]:
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        yield Field(at + 2, 2, "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            yield from (Field(at + 5, 2, "big"), Field(at + 7, 2, "big"), Field(at + 4, 1, "big"))
            yield from (Field(at + 9 + place, 1, "big") for place in range(10))
        if content[at + 4 : at + 8] == b"Exif":
            yield from _tiff(content, at + 10)
        if marker == 0xDA:
            return
        at += 2 + length


def _tiff(content: bytes, start: int) -> Iterator[Field]:
    order: Literal["big", "little"] = "little" if content[start : start + 2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(content[start + at : start + at + size], order)

    yield Field(start + 4, 4, order)
    pending, seen = [number(4, 4)], set[int]()
    while pending and len(seen) < 8:
        at = pending.pop()
        if at in seen or not 8 <= at < len(content) - start:
            continue
        seen.add(at)
        yield Field(start + at, 2, order)
        for entry in range(min(number(at, 2), 64)):
            place = at + 2 + 12 * entry
            yield from (Field(start + place + 2, 2, order), Field(start + place + 4, 4, order))
            yield Field(start + place + 8, 4, order)
            if number(place, 2) in (0x8769, 0x8825, 0xA005, 0x014A):
                pending.append(number(place + 8, 4))
        yield Field(start + at + 2 + 12 * number(at, 2), 4, order)


def _riff(content: bytes) -> Iterator[Field]:
    yield Field(4, 4, "little")
    at = 12
    while at + 8 <= len(content):
        kind, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        yield Field(at + 4, 4, "little")
        if kind in (b"VP8X", b"ANMF"):
            yield from (Field(at + 8 + place, 3, "little") for place in range(0, 16, 3))
        elif kind == b"VP8L":
            yield Field(at + 9, 4, "little")
        elif kind == b"VP8 ":
            yield from (Field(at + 14, 2, "little"), Field(at + 16, 2, "little"))
        at += 8 + size + size % 2


def _gif(content: bytes) -> Iterator[Field]:
    yield from (Field(6, 2, "little"), Field(8, 2, "little"), Field(10, 1, "little"))
    for at in (place for place in range(13, len(content) - 10) if content[place] == 0x2C):
        yield from (Field(at + 1 + 2 * place, 2, "little") for place in range(4))
        yield Field(at + 9, 1, "little")


def _boxes(content: bytes, at: int, end: int) -> Iterator[Field]:
    while at + 8 <= end:
        size = int.from_bytes(content[at : at + 4], "big")
        yield Field(at, 4, "big")
        if content[at + 4 : at + 8] in (b"meta", b"iprp", b"ipco", b"jp2h"):
            yield from _boxes(content, at + (12 if content[at + 4 : at + 8] == b"meta" else 8), min(at + size, end))
        elif content[at + 4 : at + 8] in (b"ispe", b"ihdr", b"iloc", b"iinf", b"ipma"):
            yield from (Field(at + 8 + 4 * place, 4, "big") for place in range(4))
        at += max(size, 8)


def _zip(content: bytes) -> Iterator[Field]:
    for name, size in ((b"PK\3\4", 30), (b"PK\1\2", 46), (b"PK\5\6", 22)):
        at = content.find(name)
        while at >= 0:
            yield from (Field(at + place, 2, "little") for place in range(4, min(size, 14), 2))
            yield from (Field(at + place, 4, "little") for place in range(10, size - 3, 4))
            at = content.find(name, at + 4)
