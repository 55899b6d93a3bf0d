"""What restoring a photo gives: the photo, and how it came about."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amirnet.photo.photo_file import PhotoFile
from amirnet.photo.save_options import PLAIN_SAVE, SaveOptions
from amirnet.runtime.arrays import Pixels
from amirnet.runtime.change import LEFT_ALONE
from amirnet.runtime.diagnosis import Diagnosis
from amirnet.runtime.restore_options import RestoreOptions


@dataclass(frozen=True, eq=False)
class Restored:
    """How a photo was restored."""

    diagnosis: Diagnosis
    """What was found wrong with it."""
    options: RestoreOptions
    """At whose wish."""
    tile: int
    """Pixels a side of the tiles that the restorer was given."""
    tiles: int
    """How many tiles it took."""
    change_psnr: float
    """PSNR in dB of the result against the photo, at most 100, where nothing changed (CONTRACT R5)."""
    seconds: dict[str, float]
    """Stage -> how long it took, "encode", "restore" and "total" among them."""

    @property
    def left_alone(self) -> bool:
        """Whether there was nothing to mend: the photo is as good as unchanged."""
        return self.change_psnr >= LEFT_ALONE


@dataclass(frozen=True, eq=False)
class RestoreResult(Restored):
    """A restored photo. `seconds` holds "decode" too, where a path was given."""

    image: Pixels
    """uint8 RGB (H, W, 3) of the photo's upright size."""
    photo: PhotoFile
    """What was given, with all that its file said."""

    @property
    def warnings(self) -> tuple[str, ...]:
        return self.photo.warnings

    def save(self, path: str | os.PathLike[str], saving: SaveOptions = PLAIN_SAVE, **changes: Any) -> tuple[str, ...]:
        """Write the photo in the format its suffix names, whole or not at all, with what its file said beside pixels.

        As PhotoFile.save: `changes` are fields of SaveOptions. Returns a line for each thing that was lost. Raises
        OutputError.
        """
        return self.photo.save(self.image, path, saving, **changes)


@dataclass(frozen=True, eq=False)
class FileResult(Restored):
    """A photo restored into a file. `seconds` holds "decode" and "save" too."""

    output: Path
    """The file that was written."""
    warnings: tuple[str, ...]
    """What was lost, one line each."""
