"""A photo with all that its file said: what the network sees, and what it takes to write the restored photo alike."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from amirnet.arrays import Pixels, Samples
from amirnet.atomic_file import write_file
from amirnet.color_profile import ColorProfile, cmyk_to_rgb
from amirnet.deep_samples import is_deep, raw_mode, read_deep
from amirnet.errors import ImageError, OutputError
from amirnet.jpeg_quality import not_worse_than
from amirnet.metadata import NOTHING, Metadata
from amirnet.photo_decoder import is_lossless_webp, opened
from amirnet.photo_encoder import DEFAULT_QUALITY, check_quality, encode, fitted, to_8_bits, writer_for
from amirnet.transparency import fill_hidden

_ORIENTATION = 0x0112
_GRAY = ("1", "L", "LA", "La")
_BAND = 256
"""Rows put together at a time, so that the sums in wide integers stay small."""


@dataclass(frozen=True, eq=False)
class PhotoFile:
    """`pixels`: what the network sees, uint8 RGB HWC, upright, sRGB, with colour under full transparency filled in.

    `samples`: the file's own numbers, upright, HWC, uint8 or uint16, alpha last; None when `pixels` says it all.
    `warnings`: what was lost on the way in, one line each.
    """

    pixels: Pixels
    gray: bool = False
    samples: Samples | None = None
    profile: ColorProfile | None = None
    metadata: Metadata = NOTHING
    quality: int = DEFAULT_QUALITY
    lossless: bool = False
    source: Path | None = None
    warnings: tuple[str, ...] = ()

    @classmethod
    def open(cls, path: str | os.PathLike[str], first_frame: bool = False) -> PhotoFile:
        """Read a photo file. Raises ImageError naming the file; `first_frame` accepts an animation's first picture."""
        file = Path(path)
        with opened(file, first_frame) as image:
            return cls.of(image, file)

    @classmethod
    def of(cls, image: Image.Image, source: Path | None = None) -> PhotoFile:
        """A Pillow image. Raises ImageError for samples without a stated range (floating-point, 32-bit)."""
        raw = raw_mode(image)
        samples, notes = _samples(image, raw)
        metadata = Metadata.of(image)
        upright = _upright(samples, _orientation(image))
        gray = upright.shape[2] < 3
        own, profile = to_8_bits(upright), None
        if image.mode == "CMYK":
            metadata = Metadata(metadata.exif, metadata.xmp)
        elif metadata.icc is not None:
            try:
                profile = ColorProfile.of(metadata.icc, gray)
            except ValueError as error:
                notes.append(f"the colour profile cannot be used ({error}); taken as sRGB, and kept as it is")
        has_alpha = upright.shape[2] in (2, 4)
        if has_alpha:
            own = fill_hidden(own[..., :-1], upright[..., -1] == 0)
        tables = getattr(image, "quantization", None)
        return cls(
            pixels=np.ascontiguousarray((profile or ColorProfile.plain(gray)).to_srgb(own)),
            gray=gray,
            samples=upright if has_alpha or profile is not None or upright.dtype == np.uint16 else None,
            profile=profile,
            metadata=metadata,
            quality=max(DEFAULT_QUALITY, not_worse_than(tables)) if tables else DEFAULT_QUALITY,
            lossless=source is not None and is_lossless_webp(source),
            source=source,
            warnings=tuple(notes),
        )

    def rebuilt(self, restored: Pixels) -> Samples:
        """The restored photo (uint8 RGB HWC) in the file's own colours, depth and transparency.

        Where the file says more than the network saw (16 bits, colours beyond sRGB) the change is added to the file's
        own numbers: out = clip(own + s (back(restored) - back(pixels))), s = 257 at 16 bits, else 1.
        """
        if restored.shape != self.pixels.shape or restored.dtype != np.uint8:
            height, width = self.pixels.shape[:2]
            raise ImageError(f"array of {restored.dtype} {restored.shape}: not the photo's {width}x{height} uint8 RGB")
        back = (self.profile or ColorProfile.plain(self.gray)).from_srgb
        if self.samples is None:
            return back(restored)
        result = self.samples.copy()
        for top in range(0, len(result), _BAND):
            rows = slice(top, top + _BAND)
            result[rows] = self._band(self.samples[rows], back(self.pixels[rows]), back(restored[rows]))
        return result

    def _band(self, own: Samples, before: Pixels, after: Pixels) -> NDArray[np.int32]:
        deep = own.dtype == np.uint16
        result = own.astype(np.int32)
        color = result[..., : after.shape[2]]
        visible = own[..., -1:] > 0 if own.shape[2] > after.shape[2] else np.True_
        if deep or self.profile is not None:
            scale, top = (257, 65535) if deep else (1, 255)
            wanted = np.clip(color + scale * (after.astype(np.int32) - before), 0, top)
        else:
            wanted = after.astype(np.int32)
        color[...] = np.where(visible, wanted, color)
        return result

    def save(
        self,
        restored: Pixels,
        path: str | os.PathLike[str],
        quality: int | None = None,
        strip_gps: bool = False,
        overwrite: bool = False,
    ) -> tuple[str, ...]:
        """Write the restored photo in the format its suffix names, whole or not at all; missing folders are made.

        `quality` is JPEG's, WebP's and AVIF's, 1 to 100: by default 95, or what is not worse than a JPEG input's, or
        lossless from a lossless WebP to another. The photo's own file is replaced only with `overwrite`. Returns a
        line for each thing that the format cannot hold. Raises OutputError.
        """
        file = Path(path)
        writer = writer_for(file)
        check_quality(quality)
        if self.source is not None and is_same_file(file, self.source):
            if not overwrite:
                raise OutputError(f"{file}: would overwrite the input; choose another name, or give overwrite=True")
            file = file.resolve()  # of a link, its target is replaced
        height, width = restored.shape[:2]
        metadata, stripped = self.metadata.for_result(width, height, strip_gps)
        samples, metadata, losses = fitted(self.rebuilt(restored), metadata, writer)
        lossless = self.lossless and quality is None
        try:
            content = encode(samples, metadata, writer, self.quality if quality is None else quality, lossless)
        except (OSError, ValueError) as error:  # for example a side beyond JPEG's 65,535 or WebP's 16,383 pixels
            problem = f"{writer.kind} cannot hold {width}x{height} pixels ({error})"
            raise OutputError(f"{file}: {problem}; choose .png or .tif") from error
        write_file(file, content)
        return stripped + losses


def is_same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, by name, link or hard link."""
    return one.resolve() == other.resolve() or (one.exists() and other.exists() and one.samefile(other))


def _samples(image: Image.Image, raw: str) -> tuple[Samples, list[str]]:
    """The image's own samples, HWC, gray or RGB, alpha last if there is transparency; and what was lost."""
    if image.mode in ("F", "I"):
        raise ImageError(f"image mode {image.mode}: samples have no stated range; save it with 8 or 16 bits a channel")
    if is_deep(raw) or image.mode.startswith("I;16") or image.info.get("bit_depth", 8) > 8:  # pillow-heif says the last
        deep = read_deep(image, raw)
        if deep is not None:
            return deep, ["16 bits a channel: restored at 8 bits, and the change added to the 16-bit samples"]
        return _plain_samples(image), ["more than 8 bits a channel are read as 8 in this kind of file"]
    return _plain_samples(image), []


def _plain_samples(image: Image.Image) -> NDArray[np.uint8]:
    image.load()
    if image.mode == "CMYK":
        image = cmyk_to_rgb(image, image.info.get("icc_profile"))
    mode = "L" if image.mode in _GRAY else "RGB"
    if image.has_transparency_data:
        mode = "LA" if mode == "L" else "RGBA"
    array = np.array(image.convert(mode), dtype=np.uint8)
    return array[..., None] if array.ndim == 2 else array


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # broken EXIF is common and no reason to refuse the pixels
        return 1


def _upright(samples: Samples, orientation: int) -> Samples:
    if orientation in (5, 6, 7, 8):
        samples = samples.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        samples = samples[::-1]
    if orientation in (2, 3, 6, 7):
        samples = samples[:, ::-1]
    return samples if samples.flags.c_contiguous else samples.copy()
