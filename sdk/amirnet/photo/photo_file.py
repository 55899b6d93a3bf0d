"""A photo with all that its file said: what the network sees, and what it takes to write the restored photo alike."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from amirnet.errors import ImageError
from amirnet.photo.color_profile import cmyk_to_rgb
from amirnet.photo.deep_samples import is_deep, raw_mode, read_deep
from amirnet.photo.formats.tiff import Tiff
from amirnet.photo.metadata import QUARTERS, Metadata, orientation
from amirnet.photo.photo_decoder import opened
from amirnet.photo.photo_encoder import to_8_bits
from amirnet.photo.photo_facts import PhotoFacts
from amirnet.photo.photo_writer import write_photo
from amirnet.photo.row_buffer import ArrayRows
from amirnet.photo.save_options import PLAIN_SAVE, SaveOptions
from amirnet.runtime.arrays import Pixels, Samples
from amirnet.runtime.transparency import fill_hidden

_GRAY = ("1", "L", "LA", "La")


@dataclass(frozen=True, eq=False)
class PhotoFile:
    """A whole photo in memory. PhotoStream is the same in less of it."""

    pixels: Pixels
    """What the network sees, uint8 RGB HWC, upright, sRGB, with colour under full transparency filled in."""
    samples: Samples | None = None
    """The file's own numbers, upright, HWC, uint8 or uint16, alpha last; None when `pixels` says it all."""
    facts: PhotoFacts = field(default_factory=PhotoFacts)
    """What the file was."""

    @classmethod
    def open(cls, path: str | os.PathLike[str], first_frame: bool = False) -> PhotoFile:
        """Read a photo file. Raises ImageError naming the file; `first_frame` accepts an animation's first picture."""
        file = Path(path)
        with opened(file, first_frame) as image:
            return cls.of(image, file)

    @classmethod
    def of(cls, image: Image.Image, source: Path | None = None) -> PhotoFile:
        """A Pillow image. Raises ImageError for samples without a stated range (floating-point, 32-bit)."""
        if source is None:
            _check_given(image)
        on_its_side = lies_on_its_side(image)
        deep, notes = deep_samples(image)
        if deep is None:
            array = np.array(plain_image(image), dtype=np.uint8)
            samples: Samples = array[..., None] if array.ndim == 2 else array
        else:
            samples = deep
        samples = turned(samples, orientation(image))
        side = on_its_side or lies_on_its_side(image, loaded=True)
        facts = PhotoFacts.of(image, samples.shape[2], deep is not None, source, notes, side)
        own = to_8_bits(samples)
        if facts.alpha:
            own = fill_hidden(own[..., :-1], samples[..., -1] == 0)
        pixels = np.ascontiguousarray(facts.colors.to_srgb(own))
        return cls(pixels, samples if facts.says_more else None, facts)

    @property
    def quality(self) -> int:
        return self.facts.quality

    @property
    def metadata(self) -> Metadata:
        return self.facts.metadata

    @property
    def warnings(self) -> tuple[str, ...]:
        return self.facts.warnings

    def rebuilt(self, restored: Pixels) -> Samples:
        """The restored photo (uint8 RGB HWC) in the file's own colours, depth and transparency (PhotoFacts.rebuilt)."""
        if restored.shape != self.pixels.shape or restored.dtype != np.uint8:
            height, width = self.pixels.shape[:2]
            raise ImageError(f"array of {restored.dtype} {restored.shape}: not the photo's {width}x{height} uint8 RGB")
        return self.facts.rebuilt(self.pixels if self.samples is None else self.samples, self.pixels, restored)

    def save(
        self, restored: Pixels, path: str | os.PathLike[str], saving: SaveOptions = PLAIN_SAVE, **changes: Any
    ) -> tuple[str, ...]:
        """Write the restored photo in the format its suffix names, whole or not at all; missing folders are made.

        `changes` are fields of SaveOptions, for short: save(restored, path, quality=80). Returns a line for each thing
        that the format cannot hold. Raises OutputError.
        """
        return write_photo(ArrayRows(self.rebuilt(restored)), self.facts, Path(path), saving.but(**changes))


def _check_given(image: Image.Image) -> None:
    """The same suspicion towards a TIFF that the caller opened: what it is and holds is lost once it is loaded."""
    if image.format == "TIFF" and hasattr(image, "tag_v2"):
        Tiff().check(image)


def deep_samples(image: Image.Image) -> tuple[Samples | None, list[str]]:
    """The image's samples of 16 bits, HWC, gray or RGB, alpha last if there is transparency; None if they are of 8 bits
    or are read as such; and what is lost. To be called before the image is loaded. Raises ImageError."""
    if not is_deep(image):
        if image.mode in ("F", "I"):
            problem = "samples have no stated range; save it with 8 or 16 bits a channel"
            raise ImageError(f"image mode {image.mode}: {problem}")
        return None, []
    deep = read_deep(image, raw_mode(image))
    if deep is None:
        return None, ["more than 8 bits a channel are read as 8 in this kind of file"]
    return deep, ["16 bits a channel: restored at 8 bits, and the change added to the 16-bit samples"]


def lies_on_its_side(image: Image.Image, loaded: bool = False) -> bool:
    """Whether what makes the photo upright exchanges width and height. Pillow forgets it of a TIFF as it loads that,
    and loads a PNG where it is asked."""
    return (loaded or image.format == "TIFF") and orientation(image) in QUARTERS


def plain_image(image: Image.Image) -> Image.Image:
    """The image, loaded, in the mode among L, LA, RGB and RGBA that holds it; itself where it is in that mode."""
    image.load()
    if image.mode == "CMYK":
        image = cmyk_to_rgb(image, image.info.get("icc_profile"))
    mode = "L" if image.mode in _GRAY else "RGB"
    if image.has_transparency_data:
        mode = "LA" if mode == "L" else "RGBA"
    return image if image.mode == mode else image.convert(mode)


def turned(samples: Samples, orientation: int) -> Samples:
    """The samples upright."""
    if orientation in (5, 6, 7, 8):
        samples = samples.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        samples = samples[::-1]
    if orientation in (2, 3, 6, 7):
        samples = samples[:, ::-1]
    return samples if samples.flags.c_contiguous else samples.copy()
