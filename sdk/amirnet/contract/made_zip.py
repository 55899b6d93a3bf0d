"""Zip files, byte by byte: sound ones, and ones that no library would write."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

STORED, DEFLATED = 0, 8
FILE, FOLDER, LINK, PIPE = 0o100644, 0o040755, 0o120777, 0o010644
"""Unix modes, as a zip keeps them."""


@dataclass(frozen=True)
class Entry:
    """A file of a zip, as lying as a case wants it."""

    name: bytes
    """As it is written."""
    content: bytes
    """Before it is packed."""
    method: int = STORED
    """The zip format's number."""
    mode: int = FILE
    """Unix mode, the upper half of the external attributes."""
    flags: int = 0
    """General purpose bits."""


def zipped(entries: list[Entry], comment: bytes = b"") -> bytes:
    """The whole zip: the files, the directory, its end."""
    body, directory = b"", b""
    for entry in entries:
        packed = _deflated(entry.content) if entry.method == DEFLATED else entry.content
        sizes = (zlib.crc32(entry.content), len(packed), len(entry.content), len(entry.name), 0)
        # Version 2.0, the first day that a zip can name, and no time.
        common = struct.pack("<HHHHHIIIHH", 20, entry.flags, entry.method, 0, 33, *sizes)
        more = struct.pack("<HHHII", 0, 0, 0, entry.mode << 16, len(body))
        directory += b"PK\x01\x02" + struct.pack("<H", 3 << 8 | 20) + common + more + entry.name
        body += b"PK\x03\x04" + common + entry.name + packed
    end = struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(directory), len(body), len(comment))
    return body + directory + b"PK\x05\x06" + end + comment


def _deflated(content: bytes) -> bytes:
    """One last block with the fixed codes of RFC 1951, no repetition made use of: what zlib writes may change."""
    bits = [1, 1, 0]
    for byte in content:
        code, length = (0x30 + byte, 8) if byte < 144 else (0x190 + byte - 144, 9)
        bits += [code >> place & 1 for place in reversed(range(length))]
    bits += [0] * 7
    bits += [0] * (-len(bits) % 8)
    return bytes(sum(bit << place for place, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits), 8))
