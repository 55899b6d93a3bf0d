"""Small photos for the vectors, as lists of rows of (R, G, B), made from whole numbers alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

Pixel: TypeAlias = tuple[int, ...]
Photo: TypeAlias = list[list[Pixel]]


def stream(seed: int) -> Iterator[int]:
    """Whole numbers of 0..65535 without end: the upper bits of a linear congruential generator."""
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state >> 48


def made_photo(width: int, height: int, seed: int, noise: int = 32, base: int = 60) -> Photo:
    """Ramps across and down with noise on top: neighbours differ, and no two places look alike."""
    numbers = stream(seed)

    def level(x: int, y: int, channel: int) -> int:
        ramp = base + (3 - channel) * x * 40 // width + (1 + channel) * y * 40 // height
        return min(255, max(0, ramp + next(numbers) % (2 * noise + 1) - noise))

    return [[tuple(level(x, y, channel) for channel in range(3)) for x in range(width)] for y in range(height)]


def to_bytes(photo: Photo) -> bytes:
    """Row by row, a byte a channel."""
    return bytes(level for row in photo for pixel in row for level in pixel)


def shape_of(photo: Photo) -> list[int]:
    """Height, width, channels."""
    return [len(photo), len(photo[0]), len(photo[0][0])]
