"""L1 to L5, S1, S4 and S5 as formulas: how a photo is cut, what a tile row reads, what it takes in memory."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import pairwise
from math import ceil, floor

from amirnet.contract.padding import place
from amirnet.contract.vector_file import Fields


@dataclass(frozen=True)
class Axis:
    """One axis of a plan."""

    n: int
    """The photo's length in pixels."""
    core: int
    """The core's length."""
    padded: int
    """Where the last core ends."""
    starts: tuple[int, ...]
    """Where the cores begin."""


@dataclass(frozen=True)
class Plan:
    """A photo and how it is to be cut, in pixels."""

    width: int
    """The photo's."""
    height: int
    """The photo's."""
    size: int
    """A side of a tile's input."""
    halo: int
    """Context around a core."""
    overlap: int
    """What neighbouring cores share."""
    alignment: int
    """The network's stride."""
    flexible: bool
    """Tiles may be smaller than `size`."""

    @property
    def given(self) -> Fields:
        """Its fields, as a case states them."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @property
    def shared(self) -> int:
        """L2: the overlap in use."""
        return min(self.overlap, (self.size - 2 * self.halo) // 2)

    @cached_property
    def x(self) -> Axis:
        return self._axis(self.width)

    @cached_property
    def y(self) -> Axis:
        return self._axis(self.height)

    def _axis(self, n: int) -> Axis:
        """L3, L4."""
        largest, o, a = self.size - 2 * self.halo, self.shared, self.alignment
        count = 1 if n <= largest else ceil((n - o) / (largest - o))
        core = min(largest, ceil(ceil((n + (count - 1) * o) / count) / a) * a) if self.flexible else largest
        padded = max(core, ceil(n / a) * a)
        if count == 1:
            return Axis(n, core, padded, (0,))
        starts = (floor(i * (padded - core) // (count - 1) / a) * a for i in range(count))
        return Axis(n, core, padded, tuple(starts))

    def reads(self) -> list[list[int]]:
        """S1: [first, end) of each tile row."""
        found = []
        for y in self.y.starts:
            rows = [place(at, self.height) for at in range(y - self.halo, y + self.y.core + self.halo)]
            found.append([min(rows), max(rows) + 1])
        return found

    def rectangles(self) -> list[list[int] | None]:
        """M5: top, left, height and width of what is final with each tile, in plan order; None: nothing is."""
        down, across = [*self.y.starts, self.height], [*self.x.starts, self.width]
        return [
            [top, left, bottom - top, right - left] if bottom > top and right > left else None
            for top, bottom in pairwise(down)
            for left, right in pairwise(across)
        ]


def sizes(size: int, halo: int, alignment: int, flexible: bool) -> list[int]:
    """S5: the sizes to try, the largest first."""
    core = size - 2 * halo
    found = [core + 2 * halo]
    while flexible:
        core = 3 * core // 4 // alignment * alignment
        if core < max(alignment, halo // 2):
            break
        found.append(core + 2 * halo)
    return found


@dataclass(frozen=True)
class Memory:
    """What a photo takes (CONTRACT S4)."""

    held_rows: int
    """The most rows held."""
    shared_rows: int
    """The most rows that two tile rows share."""
    tile_pixels: int
    """Of one tile."""
    bytes: int
    """All together."""


def memory(plan: Plan, bytes_held: int, bytes_opening: int, runtime: int, tile_pixel: int) -> Memory:
    """S4. The runtime's own bytes are in it."""
    held = max(end - first for first, end in plan.reads()) + 16
    y = plan.y
    shared = max([0, *(min(at + y.core, plan.height) - after for at, after in pairwise(y.starts))])
    tile = (plan.x.core + 2 * plan.halo) * (y.core + 2 * plan.halo)
    pixels = plan.width * plan.height
    photo = max(bytes_opening * pixels, bytes_held * pixels + plan.width * (3 * held + 24 * shared))
    return Memory(held, shared, tile, runtime + photo + tile_pixel * tile)


def preferred(plan: Plan, otherwise: int, runtime: int, tile_pixel: int) -> int:
    """L7."""
    room = 262_500_000 + 25 * plan.width * plan.height // 8
    for size in sizes(plan.size, plan.halo, plan.alignment, plan.flexible):
        if memory(replace(plan, size=size), 4, 4, runtime, tile_pixel).bytes <= room:
            return size
    return otherwise
