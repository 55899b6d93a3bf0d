"""How much memory restoring a photo takes, before it is done; docs/MEMORY.md says where the numbers come from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from amirnet.errors import EngineError, OutOfMemoryError
from amirnet.runtime.engine import Engine, EngineMemory
from amirnet.runtime.input_window import row_span
from amirnet.runtime.tile_plan import TilePlan, tile_sizes
from amirnet.runtime.transparency import BLOCK

MEGABYTE = 10**6


_ROOM, _ROOM_EIGHTHS = 262_500_000, 25
"""Bytes that a photo may take without being asked, and how many eighths of a byte more a pixel: 300 MB for 12
megapixels, 600 MB for 108."""


@dataclass(frozen=True)
class PixelCost:
    """Bytes a pixel of the photo."""

    most: int
    """The most while it is opened or written."""
    held: int
    """While it is restored."""


_EIGHT_BIT = PixelCost(4, 4)
"""Most photos: 8 bits a channel, 32 a pixel."""


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


def preferred_size(plan: TilePlan, otherwise: int, engine: EngineMemory | None) -> int:
    """The tile for a photo where nobody asks for one (CONTRACT L7): the plan's size, or the first smaller one with
    which the process stays within what such a photo may take; `otherwise` where none does. It follows from the photo's
    size and the engine alone, so the same photo comes out the same whatever else runs.

    `engine`: None, where nobody knows what it takes, gives `otherwise`.
    """
    if engine is None:
        return otherwise
    room = _ROOM + _ROOM_EIGHTHS * plan.width * plan.height // 8
    for size in tile_sizes(plan.size, plan.halo, plan.alignment, plan.flexible):
        if peak(replace(plan, size=size), _EIGHT_BIT, engine) <= room:
            return size
    return otherwise


def sizes_within(
    memory: int, photo: Path, plan: TilePlan, sizes: tuple[int, ...], engine: Engine, cost: PixelCost
) -> tuple[int, ...]:
    """Those of the tile sizes with which the process stays within so many megabytes (10^6 bytes), largest first.

    Raises OutOfMemoryError when none is, EngineError when nobody knows what the engine takes.
    """
    taken = engine.memory
    if taken is None:
        raise EngineError(f"{engine.title}: what it takes in memory is not known; leave --memory out")
    peaks = {size: peak(replace(plan, size=size), cost, taken) for size in sizes}
    found = tuple(size for size, most in peaks.items() if most <= memory * MEGABYTE)
    if not found:
        needed = -(-min(peaks.values()) // MEGABYTE)
        only = "the smallest there are" if len(sizes) > 1 else "the only size there is"
        reason = f"takes {needed} MB with tiles of {min(sizes)}, {only}, more than {memory}"
        raise OutOfMemoryError(f"{photo}: {reason}; allow --memory {needed}, or scale the photo down")
    return found
