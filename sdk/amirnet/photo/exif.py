"""EXIF blocks, entry by entry: values travel as bytes, so that nothing is lost that this program does not know."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Literal

from amirnet.photo.exif_kept import KEPT, KEPT_DETAILS, KEPT_INTEROP

ORIENTATION = 0x0112
EXIF_IFD = 0x8769
GPS_IFD = 0x8825
INTEROP_IFD = 0xA005
WIDTH, HEIGHT = 0xA002, 0xA003
X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 0x011A, 0x011B, 0x0128
_ACROSS = ((X_RESOLUTION, Y_RESOLUTION), (0xA20E, 0xA20F))
"""Tags that change places where a photo is turned by a quarter: resolution, the focal plane's resolution."""

BYTE, SHORT, LONG, RATIONAL, UNDEFINED = 1, 3, 4, 5, 7
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
"""Field type -> bytes a value. 129 is EXIF 3.0's text in UTF-8."""

_BELOW = {0: (EXIF_IFD, GPS_IFD), EXIF_IFD: (INTEROP_IFD,)}
"""Which tags of a directory lead to another one; 0 stands for the first directory."""

_OF_THE_PIXELS = frozenset(
    [*range(254, 259), 259, *range(262, 267), 273, *range(277, 282), 284, *range(288, 292), *range(301, 302)]
    + [*range(317, 326), 330, *range(332, 344), 347, *range(512, 533), 559, 700, *range(33421, 33423)]
    + [33723, 34377, 34675, 37724]
)
"""Tags of a TIFF file that describe how its pixels lie, or that travel by another way (XMP, ICC), or that may hold an
old picture (Photoshop's blocks). Never carried into another file."""


@dataclass(frozen=True)
class Entry:
    """A field of a directory."""

    kind: int
    """Its type, by its number in TIFF."""
    count: int
    """How many values."""
    value: bytes
    """Their bytes, in the block's byte order."""


@dataclass
class Directory:
    """Fields, and the directories that some of them lead to."""

    entries: dict[int, Entry] = field(default_factory=dict)
    """By tag."""
    below: dict[int, Directory] = field(default_factory=dict)
    """By the tag that leads there."""


@dataclass
class ExifBlock:
    """A whole block. Its second directory, the thumbnail's, is not read: it would show the photo as it was."""

    order: Literal["<", ">"]
    """Byte order, '<' or '>'."""
    top: Directory
    """Its first directory."""

    @classmethod
    def parse(cls, block: bytes) -> ExifBlock:
        """Read a block, with or without 'Exif\\0\\0' before it. Raises ValueError where it makes no sense."""
        while block.startswith(b"Exif\0\0"):
            block = block[6:]
        if block[:4] not in (b"II*\0", b"MM\0*"):
            raise ValueError("no TIFF header")
        order: Literal["<", ">"] = "<" if block[:1] == b"I" else ">"
        try:
            return cls(order, _Reader(block, order).directory(_number(block, 4, order + "L"), 0))
        except struct.error as error:
            raise ValueError("cut short") from error

    @property
    def is_empty(self) -> bool:
        return not self.top.entries and not self.top.below

    def number(self, tag: int) -> int | None:
        """The first value of a SHORT or LONG field of the first directory."""
        entry = self.top.entries.get(tag)
        if entry is None or entry.kind not in (SHORT, LONG) or entry.count < 1:
            return None
        return _number(entry.value, 0, self.order + ("H" if entry.kind == SHORT else "L"))

    def integers(self, kind: int, *values: int) -> Entry:
        """A field of SHORTs or LONGs."""
        form = f"{self.order}{len(values)}{'H' if kind == SHORT else 'L'}"
        return Entry(kind, len(values), struct.pack(form, *values))

    def set_resolution(self, x: float, y: float) -> None:
        """State dots an inch, across and down."""
        for tag, dots in ((X_RESOLUTION, x), (Y_RESOLUTION, y)):
            self.top.entries[tag] = Entry(RATIONAL, 1, struct.pack(self.order + "LL", round(dots * 10_000), 10_000))
        self.top.entries[RESOLUTION_UNIT] = self.integers(SHORT, 2)

    def clean(self, width: int, height: int, strip_gps: bool, turned: bool = False) -> None:
        """Make the block true of an upright photo of this size, `turned` by a quarter or not; drop what describes the
        old file's pixels. With `strip_gps` only tags that are known to tell no place are kept."""
        for tag in _OF_THE_PIXELS:
            self.top.entries.pop(tag, None)
        if ORIENTATION in self.top.entries:
            self.top.entries[ORIENTATION] = self.integers(SHORT, 1)
        details = self.top.below.get(EXIF_IFD, Directory())
        for tag, size in ((WIDTH, width), (HEIGHT, height)):
            if tag in details.entries:
                details.entries[tag] = self.integers(LONG, size)
        for directory in (self.top, details) if turned else ():
            for one, other in _ACROSS:
                exchange(directory.entries, one, other)
        if strip_gps:
            self.top.below.pop(GPS_IFD, None)
            _keep(self.top, KEPT)
            _keep(details, KEPT_DETAILS)
            _keep(details.below.get(INTEROP_IFD, Directory()), KEPT_INTEROP)

    def header(self, first: int = 8) -> bytes:
        """The eight bytes before everything; `first` is where the first directory lies."""
        return (b"II*\0" if self.order == "<" else b"MM\0*") + struct.pack(self.order + "L", first)

    def packed(self, at: int = 8) -> bytes:
        """The directories as bytes that begin `at` bytes into the block."""
        return _packed(self.top, self.order, at)

    def tobytes(self) -> bytes:
        """The whole block, without 'Exif\\0\\0' before it."""
        return self.header() + self.packed()


def exchange(entries: dict[int, Entry], one: int, other: int) -> None:
    """Let two tags change places, each of which may be missing."""
    first, second = entries.pop(one, None), entries.pop(other, None)
    if first is not None:
        entries[other] = first
    if second is not None:
        entries[one] = second


def _keep(directory: Directory, tags: frozenset[int]) -> None:
    for tag in directory.entries.keys() - tags:
        del directory.entries[tag]


class _Reader:
    def __init__(self, block: bytes, order: str) -> None:
        self.block, self.order, self.read = block, order, 0

    def directory(self, at: int, tag: int) -> Directory:
        found = Directory()
        for place in range(_number(self.block, at, self.order + "H")):
            start = at + 2 + 12 * place
            name, kind, count = struct.unpack_from(self.order + "HHL", self.block, start)
            if name in _BELOW.get(tag, ()):
                if name in found.below:  # read again and again, they would multiply
                    raise ValueError("a directory stands in another one twice")
                found.below[name] = self.directory(_number(self.block, start + 8, self.order + "L"), name)
                continue
            size = _SIZES.get(kind, 0) * count
            offset = start + 8 if size <= 4 else _number(self.block, start + 8, self.order + "L")
            if not size or offset + size > len(self.block):
                continue
            self.read += size
            if self.read > len(self.block):  # values that share their bytes would multiply them
                raise ValueError("its values overlap")
            found.entries[name] = Entry(kind, count, self.block[offset : offset + size])
        return found


def _packed(directory: Directory, order: str, at: int) -> bytes:
    tags = sorted({**directory.entries, **directory.below})
    values_at = at + 2 + 12 * len(tags) + 4
    table, values = bytearray(struct.pack(order + "H", len(tags))), bytearray()
    for tag in tags:
        where = values_at + len(values)
        if tag in directory.below:
            table += struct.pack(order + "HHLL", tag, LONG, 1, where)
            values += _packed(directory.below[tag], order, where)
        else:
            entry = directory.entries[tag]
            table += struct.pack(order + "HHL", tag, entry.kind, entry.count)
            if len(entry.value) <= 4:
                table += entry.value.ljust(4, b"\0")
            else:
                table += struct.pack(order + "L", where)
                values += entry.value
        values += b"\0" * (len(values) % 2)  # offsets are even
    return bytes(table + struct.pack(order + "L", 0) + values)


def _number(block: bytes, at: int, form: str) -> int:
    return int(struct.unpack_from(form, block, at)[0])
