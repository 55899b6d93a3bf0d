"""A photo held once: decoded rows go out to the network, and restored rows take their place (CONTRACT S1-S6)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from amirnet.errors import ImageError
from amirnet.photo.metadata import orientation
from amirnet.photo.photo_decoder import opened
from amirnet.photo.photo_encoder import to_8_bits
from amirnet.photo.photo_facts import PhotoFacts
from amirnet.photo.photo_file import deep_samples, lies_on_its_side, plain_image, turned
from amirnet.photo.row_buffer import MODES, ArrayRows, ImageRows, Rows, row_chunks, upright
from amirnet.runtime.arrays import Pixels
from amirnet.runtime.change import Change
from amirnet.runtime.transparency import BLOCK, HiddenFill


@dataclass(eq=False)
class PhotoStream:
    """What PhotoFile holds three times, once."""

    rows: Rows
    """The file's own numbers, upright; in the end, the result's."""
    facts: PhotoFacts
    """What the file was."""
    fill: HiddenFill | None = None
    """Of the colour under full transparency; None where there is none."""
    change: Change = field(default_factory=Change)
    """By how much the rectangles written so far differ from the photo."""
    first_frame: bool = False
    """Of an animation the first picture was taken, and is when the file is opened again."""

    @classmethod
    def open(cls, path: str | os.PathLike[str], first_frame: bool = False) -> PhotoStream:
        """Read a photo file. Raises ImageError naming the file; `first_frame` accepts an animation's first picture."""
        file = Path(path)
        with opened(file, first_frame) as image:
            return replace(cls.taking(image, file), first_frame=first_frame)

    @classmethod
    def taking(cls, image: Image.Image, source: Path | None = None) -> PhotoStream:
        """A Pillow image, which is used up. Raises ImageError as PhotoFile.of does, and the two see the same photo."""
        on_its_side = lies_on_its_side(image)
        deep, notes = deep_samples(image)
        if deep is not None:
            rows: Rows = ArrayRows(turned(deep, orientation(image)))
            side = on_its_side or lies_on_its_side(image, loaded=True)
            facts = PhotoFacts.of(image, rows.shape[2], True, source, notes, side)
            image.close()
        else:
            plain, turn = plain_image(image), orientation(image)
            side = on_its_side or lies_on_its_side(image, loaded=True)
            facts = PhotoFacts.of(image, MODES[plain.mode], False, source, notes, side)
            if plain.readonly:  # it is the file itself, mapped into memory
                plain = plain.copy()
            if plain is not image:
                image.close()
            plain.info = {}  # or encoders would find the old file's comments there
            rows = ImageRows(upright(plain, turn))
        return cls(rows, facts, _fill(rows) if facts.alpha else None)

    @property
    def width(self) -> int:
        return self.rows.shape[1]

    @property
    def height(self) -> int:
        return self.rows.shape[0]

    def read(self, top: int, bottom: int) -> Pixels:
        """Rows as the network sees them, uint8 RGB HWC. They must not be overwritten yet; nor, where the photo has
        hidden pixels, those from the last multiple of transparency.BLOCK on."""
        if self.fill is not None and (top % BLOCK or bottom % BLOCK):
            first, end = top // BLOCK * BLOCK, min(-(-bottom // BLOCK) * BLOCK, self.height)
            if (first, end) != (top, bottom):
                return self.read(first, end)[top - first : bottom - first]
        own = self.rows.read(top, bottom)
        color = to_8_bits(own)
        if self.facts.alpha:
            color = color[..., :-1]
        if self.fill is not None:
            color = self.fill.band(top, color, own[..., -1] == 0)
        return np.ascontiguousarray(self.facts.colors.to_srgb(color))

    def write(self, top: int, left: int, seen: Pixels, restored: Pixels) -> None:
        """Let a restored rectangle, uint8 RGB HWC, take the place of the own one; `seen` is what the network saw
        there. `change` grows by it."""
        own = self.rows.block(top, left, *restored.shape[:2]) if self.facts.says_more else seen
        self.change.add(seen, restored, self.facts.gray, self.facts.visible(own))
        self.rows.write(top, left, self.facts.rebuilt(own, seen, restored))

    def reopened(self) -> PhotoStream:
        """The file read again, once the memory of this one is given back. Raises ImageError, also where the photo never
        was a file."""
        if self.facts.source is None:
            raise ImageError("a photo that is no file cannot be read again; give its path, or more memory")
        self.rows = ArrayRows(np.empty((0, 0, 3), dtype=np.uint8))
        return PhotoStream.open(self.facts.source, self.first_frame)


def _fill(rows: Rows) -> HiddenFill | None:
    def bands() -> Iterator[tuple[Pixels, NDArray[np.bool_]]]:
        for start, end in row_chunks(0, rows.shape[0]):
            own = rows.read(start, end)
            yield to_8_bits(own)[..., :-1], own[..., -1] == 0

    return HiddenFill(bands()) if any(hidden.any() for _, hidden in bands()) else None
