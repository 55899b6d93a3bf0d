"""How much memory restoring a photo takes, before it is done; docs/MEMORY.md says where the numbers come from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from PIL.ExifTags import Base

from amirnet.errors import EngineError, OutOfMemoryError
from amirnet.photo.deep_samples import is_deep
from amirnet.photo.photo_decoder import opened
from amirnet.photo.photo_encoder import Writer, writer_for
from amirnet.runtime.input_window import row_span
from amirnet.runtime.tile_plan import TilePlan
from amirnet.runtime.transparency import BLOCK

if TYPE_CHECKING:
    from amirnet.restorer import Restorer
    from amirnet.runtime.engine import EngineMemory

MEGABYTE = 10**6

_HELD = {"L": 1, "1": 1}
_OPENED = {"L": 1, "1": 2, "P": 5, "CMYK": 8}
"""Bytes a pixel by Pillow's mode; any other takes 4. While it is opened, a photo may be there in two modes."""
_DEEP = 36
_PROGRESSIVE = 6
"""Bytes a pixel that libjpeg adds: all coefficients are known only at the end."""
_DECODER = {"WEBP": 13, "JPEG2000": 16, "AVIF": 7, "HEIF": 7}
"""Bytes a pixel that these decoders add: they give a photo out only when it is whole."""
_ENCODER = {"WEBP": 14, "AVIF": 44}
"""Bytes a pixel that these encoders add: they do not take a photo row by row."""


@dataclass(frozen=True)
class PixelCost:
    """Bytes a pixel of the photo: the most while it is opened or written, and while it is restored."""

    most: int
    held: int

    @classmethod
    def of(cls, image: Image.Image, writer: Writer) -> PixelCost:
        """Of an image that is opened and not loaded yet, restored into a file of this format."""
        alpha = image.has_transparency_data
        if is_deep(image):
            channels = (1 if image.mode in ("L", "I", "I;16", "I;16B", "LA") else 3) + alpha
            held, most = 2 * channels, _DEEP
            into = 0 if writer.deep else 4
        else:
            held, most = _HELD.get(image.mode, 4), _OPENED.get(image.mode, 4)
            if alpha and image.mode == "RGB":
                most = 8
            if image.format == "TIFF" and image.getexif().get(Base.Orientation, 1) != 1:
                most *= 2  # Pillow turns it by itself, in memory
            if image.info.get("progressive"):
                most += _PROGRESSIVE
            most += _DECODER.get(image.format or "", 0)
            into = 4 if (alpha and not writer.alpha) or (held == 1 and not writer.gray) else 0
        return cls(max(most, held + into + _ENCODER.get(writer.kind, 0)), held)


def peak(plan: TilePlan, cost: PixelCost, engine: EngineMemory) -> int:
    """The most bytes that the whole process has resident while it restores a photo of this plan (CONTRACT S4)."""
    starts = [*plan.vertical.positions, plan.height]
    core = min(plan.vertical.core, plan.height)
    held = max(end - first for first, end in (row_span(plan, row) for row in range(len(starts) - 1)))
    shared = max(min(y + core, plan.height) - following for y, following in pairwise(starts))
    rows = plan.width * (3 * (held + BLOCK) + 24 * shared)
    pixels = plan.width * plan.height
    tile = (plan.vertical.core + 2 * plan.halo) * (plan.horizontal.core + 2 * plan.halo)
    return engine.runtime + max(cost.most * pixels, cost.held * pixels + rows) + engine.tile_pixel * tile


def sizes_within(memory: int, photo: Path, plan: TilePlan, restorer: Restorer, cost: PixelCost) -> tuple[int, ...]:
    """Those of the tile sizes with which the process stays within so many megabytes (10^6 bytes), largest first.

    Raises OutOfMemoryError when none is, EngineError when nobody knows what the engine takes.
    """
    engine, sizes = restorer.engine.memory, restorer.sizes(plan)
    if engine is None:
        raise EngineError(f"{restorer.engine.title}: what it takes in memory is not known; leave --memory out")
    peaks = {size: peak(replace(plan, size=size), cost, engine) for size in sizes}
    found = tuple(size for size, most in peaks.items() if most <= memory * MEGABYTE)
    if not found:
        needed = -(-min(peaks.values()) // MEGABYTE)
        only = "the smallest there are" if len(sizes) > 1 else "the only size there is"
        reason = f"takes {needed} MB with tiles of {min(sizes)}, {only}, more than {memory}"
        raise OutOfMemoryError(f"{photo}: {reason}; allow --memory {needed}, or scale the photo down")
    return found


def pixel_cost(photo: Path, output: Path, first_frame: bool) -> tuple[PixelCost, int, int]:
    """What a pixel of the photo file costs, its width and its height as stored; decodes nothing. Raises ImageError."""
    with opened(photo, first_frame) as image:
        return PixelCost.of(image, writer_for(output)), *image.size


def check_limit(restorer: Restorer, photo: Path, output: Path, memory: int, first_frame: bool) -> PixelCost:
    """What a pixel of the photo costs. Raises, before anything is decoded, OutOfMemoryError when no tile size keeps the
    process within the limit, and EngineError when nobody knows what the engine takes."""
    cost, width, height = pixel_cost(photo, output, first_frame)
    plan = restorer.plan_for(min(width, height), max(width, height))  # orientation may turn it: the cheaper way
    sizes_within(memory, photo, plan, restorer, cost)
    return cost
