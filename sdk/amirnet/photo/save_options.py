"""How a restored photo is written: the same for one photo, a file, and a batch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from amirnet.photo.photo_encoder import check_quality


@dataclass(frozen=True)
class SaveOptions:
    """Raises OutputError for a quality that is out of range.

    `quality`: JPEG's, WebP's and AVIF's, 1 to 100; None: 95, or what is not worse than a JPEG input's, or lossless from
    a lossless WebP to another. `strip_gps`: leave out where the photo was taken (EXIF and XMP). `overwrite`: the output
    may be the photo's own file.
    """

    quality: int | None = None
    strip_gps: bool = False
    overwrite: bool = False

    def __post_init__(self) -> None:
        check_quality(self.quality)

    def but(self, **changes: Any) -> SaveOptions:
        """These options with some changed."""
        return replace(self, **changes) if changes else self


PLAIN_SAVE = SaveOptions()
"""As the photo's own file was."""
