"""A photo as the runtime knows it: rows that it reads, and rectangles that it overwrites (CONTRACT S2, S3)."""

from __future__ import annotations

from typing import Protocol, Self

from amirnet.runtime.arrays import Pixels
from amirnet.runtime.change import Change


class PhotoRows(Protocol):
    """A photo, upright, that restored rectangles are put into while rows further down are still to be read. An array, a
    file, a phone's bitmap are kinds of it."""

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def change(self) -> Change:
        """By how much the rectangles written so far differ from the photo (CONTRACT R5)."""
        ...

    def read(self, top: int, bottom: int) -> Pixels:
        """The rows top .. bottom - 1 as the network sees them, uint8 RGB HWC (CONTRACT N2); top is a multiple of
        `transparency.BLOCK`, and none of them has been overwritten."""
        ...

    def write(self, top: int, left: int, seen: Pixels, restored: Pixels) -> None:
        """Let a restored rectangle, uint8 RGB HWC, take the place of the photo's, and add it to `change`; `seen` is
        what the network saw there."""
        ...

    def reopened(self) -> Self:
        """The photo as it was before anything was written, with no change: where an attempt ended half way."""
        ...
