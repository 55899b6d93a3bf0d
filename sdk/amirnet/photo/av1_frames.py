"""What an AVIF's coded pictures cost to decode, as their own headers say: the box around them may state another size,
and one picture may hide thousands of frames, each decoded in full. AV1 specification, 5.3 to 5.9; ISO 14496-12."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from amirnet.photo.boxes import box_at, boxes, number

_SEQUENCE, _HEADER, _FRAME = 1, 3, 6
"""Types of OBUs: a sequence's header, a frame's header by itself, and a frame."""
_META = 16 << 20
_LEAST = 4_096
"""Pixels that a frame counts for at least: it has a price of its own."""


@dataclass
class Av1Cost:
    """What an AVIF file makes a decoder do."""

    pixels: int = 0
    """What all frames of all coded pictures come to."""
    frames: int = 0
    """The most in one picture, or in the first one of a film's track."""


def av1_cost(file: Path, most: int) -> Av1Cost:
    """Of all coded pictures of an AVIF file: photo, cells of a grid, transparency, previews. Counting ends where
    `pixels` is beyond `most`: a file that points to the same bytes a thousand times takes no longer to be refused than
    to be read. Raises OSError."""
    cost = Av1Cost()
    with file.open("rb") as stream:
        length = os.fstat(stream.fileno()).st_size
        for pieces in (*_items(stream, length), *_tracks(stream, length)):
            picture = _Picture()
            for at, size in pieces:
                picture.read(stream, at, min(at + size, length), most - cost.pixels)
            cost.pixels += picture.pixels
            cost.frames = max(cost.frames, picture.frames)
            if cost.pixels > most:
                break
    return cost


@dataclass
class _Picture:
    frames: int = 0
    pixels: int = 0
    size: int = field(default=_LEAST)

    def read(self, stream: IO[bytes], at: int, end: int, most: int) -> None:
        """OBUs from here to there; each that is none of the three counts a little too."""
        while at < end and self.pixels <= most:
            stream.seek(at)
            head = stream.read(16)
            kind, start = head[0] >> 3 & 15, 2 if head[0] & 4 else 1
            size, start = _leb128(head, start) if head[0] & 2 else (end - at - start, start)
            if kind == _SEQUENCE:
                stream.seek(at + start)
                self.size = max(_LEAST, _largest(stream.read(min(size, 512))))
            elif kind in (_HEADER, _FRAME):
                self.frames += 1
                self.pixels += self.size
            else:
                self.pixels += 16
            at += start + size


def _leb128(head: bytes, at: int) -> tuple[int, int]:
    """A number of at most eight bytes, and where it ends."""
    value = 0
    for place, byte in enumerate(head[at : at + 8]):
        value |= (byte & 127) << 7 * place
        if byte < 128:
            return value, at + place + 1
    return value, at + 8


class _Bits:
    def __init__(self, content: bytes) -> None:
        self._value, self._left = int.from_bytes(content, "big"), 8 * len(content)

    def take(self, count: int) -> int:
        """Zero where the content ends before."""
        self._left -= count
        return self._value >> self._left & (1 << count) - 1 if self._left >= 0 else 0

    def universal(self) -> None:
        """Pass over a number in the code uvlc."""
        zeros = 0
        while zeros < 32 and self._left > 0 and not self.take(1):
            zeros += 1
        self.take(zeros)


def _largest(header: bytes) -> int:
    """Pixels of the largest frame that a sequence's header allows."""
    bits = _Bits(header)
    bits.take(4)  # profile, still picture
    if bits.take(1):  # reduced: a still picture's
        bits.take(5)
    else:
        delay = 0
        if bits.take(1):  # timing
            bits.take(64)
            if bits.take(1):
                bits.universal()
            if bits.take(1):  # decoder model
                delay = bits.take(5) + 1
                bits.take(42)
        with_delay = bits.take(1)
        modelled = delay > 0
        for _ in range(bits.take(5) + 1):  # operating points
            bits.take(12)
            if bits.take(5) > 7:
                bits.take(1)
            if modelled and bits.take(1):
                bits.take(2 * delay + 1)
            if with_delay and bits.take(1):
                bits.take(4)
    wide, high = bits.take(4) + 1, bits.take(4) + 1
    return (bits.take(wide) + 1) * (bits.take(high) + 1)


def _items(stream: IO[bytes], length: int) -> Iterator[list[tuple[int, int]]]:
    """Where the coded pictures lie, each in one piece or several: place in the file and bytes."""
    found = box_at(stream, length, b"meta")
    if found is None:
        return
    content = stream.read(min(found[1], _META))
    at, idat, inside = found[0] + 4, 0, dict[bytes, bytes]()
    for kind, body in boxes(content[4:]):
        idat = at + 8 if kind == b"idat" else idat
        inside.setdefault(kind, body)
        at += 8 + len(body)
    coded = set(_coded(inside.get(b"iinf", b"")))
    for item, method, pieces in _located(inside.get(b"iloc", b"")):
        if item in coded:
            base = idat if method == 1 else 0
            # A piece without a length goes to the end of what it lies in.
            yield [(base + at, size or length) for at, size in pieces]


def _coded(content: bytes) -> Iterator[int]:
    """Numbers of the items that are AV1."""
    for kind, entry in boxes(content[4 + (2 if content[:1] == b"\0" else 4) :]):
        wide = 4 if entry[:1] == b"\3" else 2
        if kind == b"infe" and entry[6 + wide : 10 + wide] == b"av01":
            yield number(entry, 4, wide)


def _located(content: bytes) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Of each item its number, where its places count from (0: the file, 1: the box idat), and its pieces."""
    version = number(content, 0, 1)
    offset, size, base, index = (number(content, 4 + place // 2, 1) >> (4, 0)[place % 2] & 15 for place in range(4))
    wide = 4 if version == 2 else 2
    at, count = 6 + wide, number(content, 6, wide)
    for _ in range(count):
        if at >= len(content):
            return
        item, method = number(content, at, wide), number(content, at + wide, 2) & 15 if version else 0
        at += wide + (4 if version else 2)
        first, pieces = number(content, at, base), number(content, at + base, 2)
        at += base + 2
        found = []
        for _ in range(pieces):
            if at >= len(content):
                return
            at += index if version else 0
            found.append((first + number(content, at, offset), number(content, at + offset, size)))
            at += offset + size
        yield item, method, found


def _tracks(stream: IO[bytes], length: int) -> Iterator[list[tuple[int, int]]]:
    """Where the first picture of each of a film's tracks lies: the photo, and its transparency."""
    found = box_at(stream, length, b"moov")
    for kind, track in boxes(stream.read(min(found[1], _META))) if found else ():
        table = track if kind == b"trak" else b""
        for name in (b"mdia", b"minf", b"stbl"):
            table = dict(boxes(table)).get(name, b"")
        inside = dict(boxes(table))
        sizes, places = inside.get(b"stsz", b""), inside.get(b"stco", b"")
        place = number(places, 8, 4) or number(inside.get(b"co64", b""), 8, 8)
        if place:
            yield [(place, number(sizes, 4, 4) or number(sizes, 12, 4))]
