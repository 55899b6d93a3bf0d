"""A photo whose pixels lie in an array, and its result in another: PhotoRows that leave the photo as it is."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from amirnet.photo.photo_file import PhotoFile
from amirnet.runtime.arrays import Pixels
from amirnet.runtime.change import Change


@dataclass(frozen=True, eq=False)
class PixelRows:
    """A photo in memory, and its restored one."""

    photo: PhotoFile
    """As it was."""
    image: Pixels
    """The restored one, uint8 RGB HWC; nothing is in it where nothing was written."""
    change: Change = field(default_factory=Change)
    """By how much what was written so far differs from the photo."""

    @classmethod
    def of(cls, photo: PhotoFile) -> PixelRows:
        """Rows of a photo of which nothing is restored yet."""
        return cls(photo, np.empty_like(photo.pixels))

    @property
    def width(self) -> int:
        return int(self.image.shape[1])

    @property
    def height(self) -> int:
        return int(self.image.shape[0])

    def read(self, top: int, bottom: int) -> Pixels:
        """A view."""
        return self.photo.pixels[top:bottom]

    def write(self, top: int, left: int, seen: Pixels, restored: Pixels) -> None:
        place = slice(top, top + restored.shape[0]), slice(left, left + restored.shape[1])
        own = None if self.photo.samples is None else self.photo.samples[place]
        self.change.add(seen, restored, self.photo.facts.gray, None if own is None else self.photo.facts.visible(own))
        self.image[place] = restored

    def reopened(self) -> PixelRows:
        """The same arrays: what was written is written over."""
        return PixelRows(self.photo, self.image)
