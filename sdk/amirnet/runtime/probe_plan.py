"""Which patches of a photo the encoder sees, and how its answers become one (CONTRACT D1-D5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from amirnet.runtime.arrays import Doubles, Floats, Pixels
from amirnet.runtime.padding import crop


def axis_positions(length: int, size: int, most: int) -> tuple[int, ...]:
    """Where probes of `size` begin on an axis of `length` pixels: at most so many of them, ascending (CONTRACT D2)."""
    if length <= size:
        return (0,)
    count = min(most, -(-length // size))
    if count == 1:
        return ((length - size) // 2,)
    return tuple((i * (length - size)) // (count - 1) for i in range(count))


@dataclass(frozen=True)
class ProbePlan:
    """The probes of a photo: squares at native resolution (CONTRACT D1-D3).

    `columns` and `rows` are guaranteed to be ascending and within the photo; a probe reaches beyond the photo only
    where a side is shorter than `size`. Iterating gives (left, top), rows first.
    """

    width: int
    """The photo's width in pixels."""
    height: int
    """The photo's height in pixels."""
    size: int
    """Pixels a side of a probe."""
    probes_per_side: int
    """How many at most along a side."""

    @property
    def columns(self) -> tuple[int, ...]:
        return axis_positions(self.width, self.size, self.probes_per_side)

    @property
    def rows(self) -> tuple[int, ...]:
        return axis_positions(self.height, self.size, self.probes_per_side)

    def __len__(self) -> int:
        return len(self.columns) * len(self.rows)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return ((left, top) for top in self.rows for left in self.columns)

    def gather(self, read: Callable[[int, int], Pixels]) -> Pixels:
        """The probes of a photo that is read by rows, uint8 (N, size, size, 3), in plan order (CONTRACT D3): read(top,
        bottom) gives the rows top .. bottom - 1, uint8 HWC."""
        probes = []
        for top in self.rows:
            rows = read(top, min(top + self.size, self.height))  # a shorter photo is padded alike from its rows alone
            probes += [crop(rows, left, 0, self.size, self.size) for left in self.columns]
        return np.stack(probes)


def average(mask: Floats, value: Floats, trim: int = 0) -> tuple[Doubles, Doubles]:
    """One mask and one soft code for the photo, from the encoder's (N, K) mask and value (CONTRACT D4, D5).

    The mask is the mean over the probes, summed in plan order. The code is, number by number, the mean of the exact
    products mask * value without the N // `trim` smallest and as many of the largest (none where `trim` is 0), summed
    in rising order: a few probes of a black background do not make a dark photo. Returns two float64 arrays of shape
    (K,).
    """
    count = mask.shape[0]
    products = np.sort(mask.astype(np.float64) * value.astype(np.float64), axis=0)
    drop = count // trim if trim else 0
    kept = products[drop : count - drop]
    return _sum(mask.astype(np.float64)) / count, _sum(kept) / len(kept)


def _sum(rows: Doubles) -> Doubles:
    # A loop, not numpy's sum: its order of additions is not promised, and the order is what other languages repeat.
    total = np.zeros(rows.shape[1], dtype=np.float64)
    for row in rows:
        total += row
    return total
