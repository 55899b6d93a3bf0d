"""What a photo's file says beside its pixels' numbers, and how those numbers become what the network sees, and back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from amirnet.photo.color_profile import ColorProfile
from amirnet.photo.formats.table import format_of
from amirnet.photo.jpeg_end import notes_of
from amirnet.photo.jpeg_quality import not_worse_than
from amirnet.photo.metadata import NOTHING, Metadata
from amirnet.photo.photo_encoder import DEFAULT_QUALITY
from amirnet.runtime.arrays import Pixels, Samples

_BAND = 256
"""Rows put together at a time, so that the sums in wide integers stay small."""


@dataclass(frozen=True, eq=False)
class PhotoFacts:
    """What a file was, beside its pixels."""

    gray: bool = False
    """One channel of colour."""
    alpha: bool = False
    """An alpha channel comes last."""
    deep: bool = False
    """16 bits a channel."""
    profile: ColorProfile | None = None
    """Its colours, where they are not sRGB."""
    metadata: Metadata = NOTHING
    """What else the file said."""
    quality: int = DEFAULT_QUALITY
    """What its result is written with where nobody asks for another, 1..100: not worse than a JPEG's own."""
    lossless: bool = False
    """The file is of a kind that loses nothing."""
    source: Path | None = None
    """The file; None: there was none."""
    warnings: tuple[str, ...] = ()
    """What was lost on the way in, one line each."""

    @classmethod
    def of(
        cls,
        image: Image.Image,
        channels: int,
        deep: bool,
        source: Path | None,
        notes: list[str],
        on_its_side: bool = False,
    ) -> PhotoFacts:
        """What Pillow found beside the pixels of a loaded image, whose samples have so many channels.

        `notes`: what was lost so far. `on_its_side`: orientation exchanges width and height. Raises ImageError for
        colours that are stated and not understood.
        """
        form, gray, profile = format_of(image), channels < 3, None
        metadata = Metadata.of(image, on_its_side, form.states_density(image))
        notes = [*notes, *notes_of(image)]
        if texts := form.texts(image):
            notes.append(f"{', '.join(texts)}: not carried")
        if image.format == "MPO":
            notes.append("a second picture behind the photo: not kept")
        if image.mode in ("CMYK", "LAB"):  # a profile for inks or for Lab is wrong for what becomes of them, RGB
            metadata = replace(metadata, icc=None)
        elif metadata.icc is None:
            metadata = replace(metadata, icc=_stated_icc(image))
        if metadata.icc is not None:
            try:
                profile = ColorProfile.of(metadata.icc, gray)
            except ValueError as error:
                notes = [*notes, f"the colour profile cannot be used ({error}); taken as sRGB, and kept as it is"]
        tables = getattr(image, "quantization", None)
        return cls(
            gray=gray,
            alpha=channels in (2, 4),
            deep=deep,
            profile=profile,
            metadata=metadata,
            quality=max(DEFAULT_QUALITY, not_worse_than(tables)) if tables else DEFAULT_QUALITY,
            lossless=source is not None and form.is_lossless(source),
            source=source,
            warnings=tuple(notes),
        )

    @property
    def colors(self) -> ColorProfile:
        """Between the file's colours and sRGB."""
        return self.profile or ColorProfile.plain(self.gray)

    @property
    def says_more(self) -> bool:
        """Whether the file's samples hold more than the network sees."""
        return self.alpha or self.deep or self.profile is not None

    def visible(self, own: Samples) -> NDArray[np.bool_] | None:
        """Which pixels of the file's own numbers, HWC, have an alpha above 0, HW; None where there is no alpha."""
        return own[..., -1] > 0 if self.alpha else None

    def rebuilt(self, own: Samples, seen: Pixels, restored: Pixels) -> Samples:
        """The restored rows in the file's own colours, depth and transparency: all arguments HWC, of the same rows.

        Where the file says more than the network saw (16 bits, colours beyond sRGB) the change is added to the file's
        own numbers: out = clip(own + s (back(restored) - back(seen))), s = 257 at 16 bits, else 1.
        """
        back = self.colors.from_srgb
        if not self.says_more:
            return back(restored)
        result = own.copy()
        for top in range(0, len(result), _BAND):
            rows = slice(top, top + _BAND)
            result[rows] = self._changed(own[rows], back(seen[rows]), back(restored[rows]))
        return result

    def _changed(self, own: Samples, before: Pixels, after: Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
        result = own.astype(np.int32)
        color = result[..., : after.shape[2]]
        visible = own[..., -1:] > 0 if self.alpha else np.True_
        if self.deep or self.profile is not None:
            scale, top = (257, 65535) if self.deep else (1, 255)
            wanted = np.clip(color + scale * (after.astype(np.int32) - before), 0, top)
        else:
            wanted = after.astype(np.int32)
        color[...] = np.where(visible, wanted, color)
        return result


def _stated_icc(image: Image.Image) -> bytes | None:
    name = getattr(image, "filename", "")
    file = Path(name) if isinstance(name, str) and name else None
    gray = image.mode in ("L", "LA", "1", "I", "F") or image.mode.startswith("I;16")
    return format_of(image).stated_icc(image, file, gray)
