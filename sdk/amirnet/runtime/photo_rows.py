"""A photo as the runtime knows it: rows that it reads, and rectangles that it overwrites (CONTRACT S2, S3)."""

from __future__ import annotations

from typing import Protocol

from amirnet.runtime.arrays import Pixels


class PhotoRows(Protocol):
    """A photo, upright, that restored rectangles are put into while rows further down are still to be read."""

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    def seen(self, top: int, bottom: int) -> Pixels:
        """The rows top .. bottom - 1 as the network sees them, uint8 RGB HWC (CONTRACT N2); top is a multiple of
        `transparency.BLOCK`, and none of them has been overwritten."""
        ...

    def put(self, top: int, left: int, seen: Pixels, restored: Pixels) -> None:
        """Let a restored rectangle, uint8 RGB HWC, take the place of the photo's; `seen` is what the network saw
        there."""
        ...
