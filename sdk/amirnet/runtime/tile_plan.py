"""How a photo is cut into tiles, in integers only (CONTRACT L1-L6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from amirnet.errors import TileError


@dataclass(frozen=True)
class Tile:
    """One tile: its core is the rectangle of width x height at (x, y); its input has the halo all around.

    The core begins inside the photo and may end beyond it (those pixels are dropped by the blend).
    """

    index: int
    """Its number in the plan, from 0."""
    column: int
    """Its column, from 0."""
    row: int
    """Its row, from 0."""
    x: int
    """The core's left edge in pixels, a multiple of the alignment, as are the next three."""
    y: int
    """The core's top edge."""
    width: int
    """The core's width."""
    height: int
    """The core's height."""


@dataclass(frozen=True)
class Axis:
    """One axis of a plan. The cores are guaranteed to cover [0, padded)."""

    core: int
    """Pixels of a core along this axis."""
    padded: int
    """Where the last core ends, at least the photo's length."""
    positions: tuple[int, ...]
    """Where the cores begin, ascending, multiples of the alignment."""

    @classmethod
    def plan(cls, length: int, core: int, overlap: int, alignment: int, flexible: bool) -> Axis:
        """CONTRACT L3, L4 for one axis; core is a multiple of alignment and greater than overlap."""
        count = 1 if length <= core else -(-(length - overlap) // (core - overlap))
        if flexible:
            core = min(core, _round_up(-(-(length + (count - 1) * overlap) // count), alignment))
        padded = max(core, _round_up(length, alignment))
        if count == 1:
            return cls(core, padded, (0,))
        room = padded - core
        return cls(core, padded, tuple((i * room) // (count - 1) // alignment * alignment for i in range(count)))


@dataclass(frozen=True)
class TilePlan:
    """The tiles of a photo. Raises TileError for sizes that contradict (CONTRACT L1-L6).

    Because every position and the halo are multiples of the alignment, each pixel sees the same stride phase as in an
    untiled run. Iterating gives the tiles row by row, the order in which the Blender wants them.
    """

    width: int
    """The photo's width in pixels."""
    height: int
    """The photo's height in pixels."""
    size: int
    """The largest tile input, pixels a side."""
    halo: int
    """Pixels of context around a core."""
    overlap: int
    """How many pixels neighbouring cores share."""
    alignment: int
    """The network's stride."""
    flexible: bool = True
    """Whether the graph takes tiles smaller than `size`."""

    def __post_init__(self) -> None:
        check_sizes(self.size, self.halo, self.overlap, self.alignment)
        if self.width < 1 or self.height < 1:
            raise TileError(f"a photo of {self.width}x{self.height} has no pixels; give one of at least 1x1")

    @property
    def shared(self) -> int:
        """The overlap in use: the stated one, but never more than half the largest core (CONTRACT L2)."""
        return min(self.overlap, (self.size - 2 * self.halo) // 2)

    @cached_property
    def horizontal(self) -> Axis:
        return self._axis(self.width)

    @cached_property
    def vertical(self) -> Axis:
        return self._axis(self.height)

    def _axis(self, length: int) -> Axis:
        return Axis.plan(length, self.size - 2 * self.halo, self.shared, self.alignment, self.flexible)

    def __len__(self) -> int:
        return len(self.horizontal.positions) * len(self.vertical.positions)

    def __iter__(self) -> Iterator[Tile]:
        index = 0
        for row, y in enumerate(self.vertical.positions):
            for column, x in enumerate(self.horizontal.positions):
                yield Tile(index, column, row, x, y, self.horizontal.core, self.vertical.core)
                index += 1


def check_sizes(size: int, halo: int, overlap: int, alignment: int) -> None:
    """Raises TileError unless a plan can be made of these (CONTRACT L1)."""
    if alignment < 1 or halo < 0 or overlap < 0:
        raise TileError(f"alignment {alignment}, halo {halo}, overlap {overlap}: must be at least 1, 0 and 0")
    if halo % alignment:
        raise TileError(f"halo {halo}: must be a multiple of the alignment {alignment}")
    smallest = 2 * halo + alignment
    if size < smallest:
        raise TileError(f"tile {size}: its core would be empty with a halo of {halo}; choose {smallest} or more")
    if size % alignment:
        nearest = max(smallest, size // alignment * alignment)
        raise TileError(f"tile {size}: must be a multiple of {alignment}; choose {nearest} or {nearest + alignment}")


def tile_sizes(size: int, halo: int, alignment: int, flexible: bool) -> tuple[int, ...]:
    """The tile sizes to try where memory is short, largest first (CONTRACT S5): the core shrinks by a quarter at a
    time, until it is narrower than half the halo and a tile would do 25 times the work."""
    cores = [size - 2 * halo]
    while flexible and (smaller := cores[-1] * 3 // 4 // alignment * alignment) >= max(alignment, halo // 2):
        cores.append(smaller)
    return tuple(core + 2 * halo for core in cores)


def _round_up(number: int, step: int) -> int:
    return -(-number // step) * step
