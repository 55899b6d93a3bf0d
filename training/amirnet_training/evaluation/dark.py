"""Photos that are meant to be dark: what must not be brightened. Clean photos darkened, with that as their target.

Two kinds: `dim`, all levels times one factor, as a photo is exposed for a dark room; `night`, levels to a power, which
leaves lamps and signs bright in a black street. `+noise` adds what a camera's sensor does in such light: the input has
it, the target does not.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from amirnet.photo.image_io import load

from ..data.images import list_images
from ..degradations.kinds import Image, to_uint8
from .measure import SEED, Row, Sample

FACTORS = (0.1, 0.5)
POWERS = (2.0, 4.0)
SHOT, READ = (0.0005, 0.004), (0.002, 0.012)
"""Noise of variance shot * x + read^2 on levels x in [0, 1]; both are drawn a photo. In black that is a deviation of
half a level to three, in the lamps of a night of 6 to 16."""

TOO_BRIGHT = 1.1
"""`glow` from which a dark photo counts as brightened."""

SPEC = re.compile(r"(dim|night)(?::(\d+(?:\.\d+)?))?(\+noise)?")


@dataclass(frozen=True)
class Darkening:
    """How photos are darkened."""

    night: bool
    """By a power instead of a factor."""
    strength: float | None = None
    """The factor in (0, 1], or the power, at least 1; None draws one a photo, from `FACTORS` or `POWERS`."""
    noise: bool = False
    """Whether the input has a sensor's noise."""

    def __call__(self, image: Image, rng: np.random.Generator) -> tuple[Image, Image]:
        """The dark photo as it came, and as it is meant to be: uint8 (H, W, 3) like ``image``."""
        low, high = POWERS if self.night else FACTORS
        drawn = float(rng.uniform(low, high))
        strength = drawn if self.strength is None else self.strength
        levels = image.astype(np.float32) / 255
        dark = levels**strength if self.night else levels * strength
        target = to_uint8(255 * dark)
        if not self.noise:
            return target.copy(), target
        shot, read = rng.uniform(*SHOT), rng.uniform(*READ)
        noise = rng.standard_normal(image.shape, dtype=np.float32) * np.sqrt(shot * dark + read**2)
        return to_uint8(255 * (dark + noise)), target


def parse(spec: str) -> Darkening:
    """``dim``, ``dim:FACTOR``, ``night`` or ``night:POWER``; ``+noise`` after any of them.

    Raises:
        ValueError: anything else, a factor outside (0, 1], or a power below 1.
    """
    found = SPEC.fullmatch(spec)
    if found is None:
        raise ValueError(f"{spec!r} is no darkening: use dim, dim:0.3, night or night:3, with +noise after it")
    night, strength = found[1] == "night", None if found[2] is None else float(found[2])
    if strength is not None and (strength < 1 if night else not 0 < strength <= 1):
        raise ValueError(f"{spec!r}: a factor lies between 0 and 1, a power is 1 or more: mend the number")
    return Darkening(night, strength, found[3] is not None)


def darkened(folder: Path, darkening: Darkening) -> tuple[int, Iterator[Sample]]:
    """How many clean photos a folder holds, and each darkened (the same on every call).

    Raises:
        DataError: the folder is missing or empty.
        ImageError: (while iterating) a photo cannot be decoded.
    """
    found = list_images(folder)

    def samples() -> Iterator[Sample]:
        for path in found:
            rng = np.random.default_rng([SEED, zlib.crc32(path.stem.encode())])
            yield Sample(path.stem, *darkening(load(path), rng))

    return len(found), samples()


def glow(row: Row) -> float:
    """How many times brighter a dark photo came back than it is meant to be, by mean level.

    Where noise cut off at black makes the input itself brighter than meant, it counts from the input: a photo that
    comes back as it was is not brightened.
    """
    return min(row.brightened, row.exposure)


def too_bright(rows: list[Row]) -> int:
    """How many dark photos came back brighter than they are meant to be, by more than a tenth."""
    return sum(glow(row) > TOO_BRIGHT for row in rows)
