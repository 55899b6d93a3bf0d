"""How a restored photo is written: the same for one photo, a file, and a batch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from amirnet.photo.photo_encoder import check_quality


@dataclass(frozen=True)
class SaveOptions:
    """How a result is written. Raises OutputError for a quality that is out of range."""

    quality: int | None = None
    """JPEG's, WebP's and AVIF's, 1 to 100; None: 95, or what is not worse than a JPEG input's, or lossless from a
    lossless WebP to another."""
    strip_gps: bool = False
    """Leave out where the photo was taken (EXIF and XMP)."""
    overwrite: bool = False
    """The output may be the photo's own file."""

    def __post_init__(self) -> None:
        check_quality(self.quality)

    def but(self, **changes: Any) -> SaveOptions:
        """These options with some changed."""
        return replace(self, **changes) if changes else self


PLAIN_SAVE = SaveOptions()
"""As the photo's own file was."""
