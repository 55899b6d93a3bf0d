"""What restoring a photo gives: the photo, and how it came about."""

from __future__ import annotations

import os
from dataclasses import dataclass

from amirnet.photo.photo_file import PhotoFile
from amirnet.runtime.arrays import Floats, Pixels
from amirnet.runtime.change import LEFT_ALONE
from amirnet.runtime.diagnosis import Diagnosis
from amirnet.runtime.light_curve import LightCurve
from amirnet.runtime.restore_options import RestoreOptions


@dataclass(frozen=True, eq=False)
class Restored:
    """How a photo was restored: by which diagnosis, at whose wish, in how many tiles.

    `change_psnr`: PSNR in dB of the result against the photo, at most 100, where nothing changed (CONTRACT R5).
    `seconds`: stage -> how long it took, "total" among them.
    """

    diagnosis: Diagnosis
    options: RestoreOptions
    tiles: int
    change_psnr: float
    seconds: dict[str, float]

    @property
    def node(self) -> int:
        return self.diagnosis.node

    @property
    def path(self) -> tuple[int, ...]:
        return self.diagnosis.path

    @property
    def confidences(self) -> tuple[float, ...]:
        return self.diagnosis.confidences

    @property
    def confidence(self) -> float:
        return self.diagnosis.confidence

    @property
    def code(self) -> Floats:
        return self.diagnosis.code

    @property
    def kinds(self) -> dict[str, float]:
        return self.diagnosis.kinds

    @property
    def light(self) -> LightCurve | None:
        return self.diagnosis.light

    @property
    def left_alone(self) -> bool:
        """Whether there was nothing to mend: the photo is as good as unchanged."""
        return self.change_psnr >= LEFT_ALONE


@dataclass(frozen=True, eq=False)
class RestoreResult(Restored):
    """A restored photo: `image` is uint8 RGB of the photo's upright size.

    `seconds` holds "decode" (only when a path was given), "encode", "restore" and "total". `photo` is what was given,
    with all that its file said, and `warnings` what was lost in reading it, one line each.
    """

    image: Pixels
    photo: PhotoFile

    @property
    def warnings(self) -> tuple[str, ...]:
        return self.photo.warnings

    def save(
        self,
        path: str | os.PathLike[str],
        quality: int | None = None,
        strip_gps: bool = False,
        overwrite: bool = False,
    ) -> tuple[str, ...]:
        """Write the photo in the format its suffix names, whole or not at all, with what its file said beside pixels.

        The options are as in PhotoFile.save. Returns a line for each thing that was lost. Raises OutputError.
        """
        return self.photo.save(self.image, path, quality, strip_gps, overwrite)
