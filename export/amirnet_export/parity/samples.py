"""The sample photos of a parity check: three clean crops, each damaged in every way, the same on every machine."""

from __future__ import annotations

from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from amirnet.photo import image_io
from amirnet.runtime.arrays import Pixels
from amirnet.runtime.padding import crop
from amirnet_training.data.images import is_image
from amirnet_training.degradations import parse

from ..errors import ExportError

DAMAGE = ("none", "noise:10", "noise:25", "noise:50", "camera:0.01:0.02", "defocus:1.5", "defocus:3", "motion:6:60",
          "motion:11:30", "lowlight:0.4", "lowlight:0.2", "lowlight:0.1", "jpeg:15", "jpeg:40")  # fmt: skip
"""Kinds and degrees enough to come by most nodes of a tree."""
SEED = 20
"""Of every damage, so that the photos are the same everywhere."""


class SamplePhoto(NamedTuple):
    """A photo to compare engines on."""

    name: str
    """The clean photo's and the damage's, or the file's."""
    pixels: Pixels
    """uint8 (height, width, 3)."""


def middle_tile(photo: Pixels, size: int) -> Pixels:
    """A tile of ``size`` x ``size`` from a photo's middle, uint8 (S, S, 3), padded by reflection where it is larger."""
    height, width = photo.shape[:2]
    return crop(photo, (width - size) // 2, (height - size) // 2, size, size)


def sample_photos(folder: Path | None = None) -> list[SamplePhoto]:
    """The package's own photos in all kinds of damage, or the photos of ``folder`` as they are.

    Raises:
        ExportError: the folder is missing or holds no photo.
        ImageError: a photo in it cannot be read.
    """
    if folder is not None:
        files = sorted(path for path in folder.glob("*") if is_image(path))
        if not files:
            raise ExportError(f"{folder}: no photos in it: name a folder of PNG or JPEG files")
        return [SamplePhoto(file.name, image_io.load(file)) for file in files]
    photos = []
    place = resources.files(__package__) / "photos"
    for file in sorted((entry for entry in place.iterdir() if entry.name.endswith(".png")), key=lambda e: e.name):
        with Image.open(BytesIO(file.read_bytes())) as image:
            clean = np.asarray(image.convert("RGB"))
        for spec in DAMAGE:
            photos.append(SamplePhoto(f"{file.name[:-4]} {spec}", parse(spec)(clean, np.random.default_rng(SEED))))
    return photos
