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
    """How a photo was restored: by which diagnosis, at whose wish, in how many tiles of which size a side.

    `change_psnr`: PSNR in dB of the result against the photo, at most 100, where nothing changed (CONTRACT R5).
    `seconds`: stage -> how long it took, "encode", "restore" and "total" among them.
    """

    diagnosis: Diagnosis
    options: RestoreOptions
    tile: int
    tiles: int
    change_psnr: float
    seconds: dict[str, float]

    @property
    def left_alone(self) -> bool:
        """Whether there was nothing to mend: the photo is as good as unchanged."""
        return self.change_psnr >= LEFT_ALONE


@dataclass(frozen=True, eq=False)
class RestoreResult(Restored):
    """A restored photo: `image` is uint8 RGB of the photo's upright size.

    `seconds` holds "decode" too, where a path was given. `photo` is what was given, with all that its file said, and
    `warnings` what was lost in reading it, one line each.
    """

    image: Pixels
    photo: PhotoFile

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
    """A photo restored into the file `output`. `seconds` holds "decode" and "save" too. `warnings`: what was lost, one
    line each."""

    output: Path
    warnings: tuple[str, ...]
