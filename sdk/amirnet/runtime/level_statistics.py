"""How bright a photo is, counted exactly: what its probes' levels say, in every language the same (CONTRACT E1)."""

from __future__ import annotations

import numpy as np

from amirnet.runtime.arrays import Doubles, Integers, Pixels

PERCENTS = (1, 10, 25, 50, 75, 90, 99)
"""At these the levels of a channel are taken."""
STATISTICS = 3 * (len(PERCENTS) + 1)
"""How many numbers `level_statistics` gives: with the mean, eight a channel."""


def count_levels(probes: Pixels) -> Integers:
    """How often each level occurs: uint8 (N, s, s, 3) to int64 of shape (3, 256)."""
    flat = probes.reshape(-1, 3)
    return np.stack([np.bincount(flat[:, channel], minlength=256) for channel in range(3)]).astype(np.int64)


def level_statistics(counts: Integers) -> Doubles:
    """24 numbers in 0..1, float64: of each channel its levels at PERCENTS of the pixels, and its mean (CONTRACT E1)."""
    found: list[float] = []
    for channel in counts:
        below, total = np.cumsum(channel), int(channel.sum())
        # The least level at which 100 times the pixels up to it reach so many times all of them.
        levels = [int(np.searchsorted(100 * below, percent * total)) for percent in PERCENTS]
        found += [level / 255 for level in levels]
        found.append(int((channel * np.arange(256)).sum()) / (255 * total))
    return np.array(found)


def mean_level(counts: Integers, tables: Pixels | None = None) -> float:
    """The mean over all channels, 0..255; with `tables`, uint8 (3, 256), after the levels are looked up in them."""
    levels = np.arange(256, dtype=np.int64)[None] if tables is None else tables.astype(np.int64)
    return int((counts * levels).sum()) / int(counts.sum())
