"""float32 in a language that has float64 alone."""

from __future__ import annotations

import struct


def float32(number: float) -> float:
    """The nearest float32, ties to even, as the float64 that it is."""
    (found,) = struct.unpack("<f", struct.pack("<f", number))
    return float(found)


def packed(numbers: list[float]) -> bytes:
    """As float32, little-endian."""
    return struct.pack(f"<{len(numbers)}f", *numbers)
