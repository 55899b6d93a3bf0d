"""Restoring a set of photos whose clean originals are known, and comparing before and after."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from amirnet.photo.image_io import load
from amirnet.restorer import Restorer
from amirnet.runtime.change import EQUAL, LEFT_ALONE

from ..data.images import list_images, list_pairs
from ..degradations import Degradation
from ..degradations.kinds import Image
from ..errors import DataError
from .quality import SSIM_SIDE, measure_quality

IDENTICAL = EQUAL
"""PSNR, in dB, that equal photos count as: an infinite one would swallow every mean it enters."""

WORSE = 0.3
"""Loss of PSNR, in dB, from which a photo counts as made worse: below it nobody sees a difference."""

UNHARMED = LEFT_ALONE
"""PSNR, in dB, at which a clean photo still counts as left alone: the SDK says the same of a photo that it changed."""

SEED = 7
"""Seed of the noise that `--degrade` adds; with the file's name it makes each photo's noise its own and repeatable."""


@dataclass(frozen=True)
class Sample:
    """A photo to restore, uint8 RGB HWC."""

    name: str
    """In tables."""
    degraded: Image
    """What is restored."""
    clean: Image
    """What it should look like."""


@dataclass(frozen=True)
class Row:
    """One photo's result."""

    name: str
    """The photo's."""
    psnr_input: float
    """PSNR of the unrestored photo in dB, at most 100."""
    psnr: float
    """PSNR of the result in dB, at most 100."""
    ssim_input: float
    """SSIM of the unrestored photo, in [-1, 1]."""
    ssim: float
    """SSIM of the result, in [-1, 1]."""
    node: int
    """The chosen one."""
    confidence: float
    """0-1."""
    brightened: float
    """The mean level of the result over that of the input."""
    exposure: float
    """The mean level of the result over that of the clean photo."""

    @property
    def loss(self) -> float:
        """How much worse than it went in the photo came back, in dB of PSNR; 0 if it did not."""
        return max(0.0, self.psnr_input - self.psnr)


def pairs(inputs: Path, targets: Path) -> tuple[int, Iterator[Sample]]:
    """How many pairs two folders hold, and the pairs.

    Raises:
        DataError: a folder is missing or empty, a partner is missing, or (while iterating) a pair differs in size.
        ImageError: (while iterating) a photo cannot be decoded.
    """
    found = list_pairs(inputs, targets)

    def samples() -> Iterator[Sample]:
        for degraded_path, clean_path in found:
            degraded, clean = load(degraded_path), load(clean_path)
            if degraded.shape != clean.shape:
                raise DataError(f"{degraded_path}: its size differs from {clean_path}: pairs must match pixel by pixel")
            yield Sample(degraded_path.stem, degraded, clean)

    return len(found), samples()


def degraded(folder: Path, degradation: Degradation) -> tuple[int, Iterator[Sample]]:
    """How many clean photos a folder holds, and each with its degraded copy (the same on every call).

    Raises:
        DataError: the folder is missing or empty.
        ImageError: (while iterating) a photo cannot be decoded.
    """
    found = list_images(folder)

    def samples() -> Iterator[Sample]:
        for path in found:
            clean = load(path)
            rng = np.random.default_rng([SEED, zlib.crc32(path.stem.encode())])
            yield Sample(path.stem, degradation(clean, rng), clean)

    return len(found), samples()


def evaluate(restorer: Restorer, samples: Iterable[Sample], advance: Callable[[int], None]) -> list[Row]:
    """Restores every sample and measures it; ``advance(1)`` is called after each.

    Raises:
        DataError: a photo is too small to measure SSIM.
    """
    rows = []
    for sample in samples:
        if min(sample.clean.shape[:2]) < SSIM_SIDE:
            raise DataError(f"{sample.name}: smaller than SSIM's window of {SSIM_SIDE} pixels: leave it out")
        result = restorer.restore(sample.degraded)
        before = measure_quality(sample.clean, sample.degraded)
        after = measure_quality(sample.clean, result.image)
        psnr = (min(before.psnr, IDENTICAL), min(after.psnr, IDENTICAL))
        ssim = (before.ssim, after.ssim)
        light = (_ratio(result.image, sample.degraded), _ratio(result.image, sample.clean))
        rows.append(Row(sample.name, *psnr, *ssim, result.diagnosis.node, result.diagnosis.confidence, *light))
        advance(1)
    return rows


def mean(rows: list[Row], field: str) -> float:
    """The mean of one number over all rows."""
    return float(np.mean([getattr(row, field) for row in rows]))


def worse(rows: list[Row]) -> int:
    """How many photos came back worse than they went in by more than `WORSE`."""
    return sum(row.loss > WORSE for row in rows)


def worst_loss(rows: list[Row]) -> float:
    """The largest loss of any photo in dB, 0 or above."""
    return max(row.loss for row in rows)


def summary(rows: list[Row]) -> dict[str, float]:
    """The numbers of a set: means of PSNR (dB), SSIM and `brightened`, `worse` (photos), `worst_loss` (dB) and the
    largest `brightened`."""
    means = {name: mean(rows, name) for name in ("psnr", "psnr_input", "ssim", "ssim_input", "brightened")}
    most = max(row.brightened for row in rows)
    return {**means, "brightened_max": most, "worse": worse(rows), "worst_loss": worst_loss(rows)}


def false_restorations(rows: list[Row]) -> float:
    """Of clean photos: the share that came back farther than `UNHARMED` from themselves, in [0, 1]."""
    return float(np.mean([row.psnr < UNHARMED for row in rows]))


def _ratio(photo: Image, reference: Image) -> float:
    """Mean level over mean level; a reference darker than one level counts as one, so that black has a ratio too."""
    return float(photo.mean() / max(reference.mean(), 1.0))
