"""The directories of a TIFF file, BigTIFF too, as far as they say what kind of picture each leads to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

_SIZES = {1: 1, 3: 2, 4: 4, 13: 4, 16: 8, 18: 8}
"""Field type -> bytes a value, of whole numbers."""
_DIRECTORIES = 64
_ENTRIES = 4_096
SUBFILE, WIDTH, HEIGHT, PHOTOMETRIC, SUB_IFDS, DNG_VERSION = 254, 256, 257, 262, 330, 0xC612
COLOR_FILTER = (32803, 34892)
"""Photometric interpretations of a sensor's data."""


@dataclass(frozen=True)
class TiffDirectory:
    """One directory of a TIFF file."""

    values: dict[int, int]
    """Tag -> its first whole number."""
    below: int
    """How deep it lies; 0 for those in the file's own chain."""

    @property
    def pixels(self) -> int:
        return self.values.get(WIDTH, 0) * self.values.get(HEIGHT, 0)

    @property
    def is_reduced(self) -> bool:
        return bool(self.values.get(SUBFILE, 0) & 1) or self.values.get(255) == 2


def directories(file: Path | str) -> list[TiffDirectory]:
    """The first few, in the file's order, each before those below it; none of what makes no sense. Raises OSError."""
    with open(file, "rb") as stream:
        return list(_Reader(stream).directories())


class _Reader:
    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        head = stream.read(16)
        self._order: Literal["little", "big"] = "little" if head[:2] == b"II" else "big"
        self._wide = head[2:4] in (b"+\0", b"\0+")
        self._first = self._integer(head[8:16] if self._wide else head[4:8])

    def directories(self) -> Iterator[TiffDirectory]:
        pending, seen = [(self._first, 0)], set[int]()
        while pending and len(seen) < _DIRECTORIES:
            at, below = pending.pop()
            if at < 8 or at in seen:
                continue
            seen.add(at)
            values, inside, following = self._read(at)
            yield TiffDirectory(values, below)
            if not below:
                pending.append((following, 0))
            if below < 2:
                pending += [(place, below + 1) for place in reversed(inside)]

    def _read(self, at: int) -> tuple[dict[int, int], list[int], int]:
        count_size, entry_size, offset_size = (8, 20, 8) if self._wide else (2, 12, 4)
        self._stream.seek(at)
        count = min(self._integer(self._stream.read(count_size)), _ENTRIES)
        table = self._stream.read(count * entry_size)
        following = self._integer(self._stream.read(offset_size))
        values: dict[int, int] = {}
        inside: list[int] = []
        for start in range(0, len(table) - entry_size + 1, entry_size):
            entry = table[start : start + entry_size]
            tag, kind = self._integer(entry[:2]), self._integer(entry[2:4])
            number = self._integer(entry[4 : 4 + offset_size])
            size = _SIZES.get(kind, 0)
            if not size or not number:
                continue
            content = entry[4 + offset_size :]
            if size * number > offset_size:
                self._stream.seek(self._integer(content))
                content = self._stream.read(size * min(number, 16))
            found = [self._integer(content[place : place + size]) for place in range(0, size * min(number, 16), size)]
            values.setdefault(tag, found[0])
            if tag == SUB_IFDS:
                inside += found
        return values, inside, following

    def _integer(self, content: bytes) -> int:
        return int.from_bytes(content, self._order)
