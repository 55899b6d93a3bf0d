"""A photo's light as a tone curve a channel, applied to its bytes before the network sees them (CONTRACT E3-E6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from amirnet.runtime.arrays import Pixels
from amirnet.runtime.level_powers import level_powers

MOST_GAIN, MOST_BEND = 255.0, 15.0
"""What is above is taken for these (CONTRACT E3)."""


@dataclass(frozen=True)
class LightCurve:
    """Of each channel: level / 255 becomes (1 + gain) (level / 255)^(1 / (1 + bend)); with both 0 it stays as it is."""

    gain: tuple[float, ...]
    """Of R, G and B, 0 or more."""
    bend: tuple[float, ...]
    """Of R, G and B, 0 or more."""

    @classmethod
    def of(cls, gain: Sequence[float], bend: Sequence[float]) -> LightCurve:
        """Numbers of any size, three each, brought between 0 and the caps."""
        return cls(
            tuple(min(max(0.0, number), MOST_GAIN) for number in gain),
            tuple(min(max(0.0, number), MOST_BEND) for number in bend),
        )

    def scaled(self, by: float) -> LightCurve:
        """Gain and bend times a number of 0 or more, and capped again: 0 changes no photo, 1 is the curve itself."""
        return LightCurve.of([number * by for number in self.gain], [number * by for number in self.bend])

    @property
    def is_identity(self) -> bool:
        return not any(self.gain + self.bend)

    @cached_property
    def tables(self) -> Pixels:
        """What each level of each channel becomes, uint8 (3, 256); never falling (CONTRACT E4)."""
        return np.stack([_table(gain, bend) for gain, bend in zip(self.gain, self.bend, strict=True)])

    def applied(self, pixels: Pixels) -> Pixels:
        """uint8 HWC, looked up level by level; the same array where nothing changes."""
        if self.is_identity:
            return pixels
        lit = np.empty(pixels.shape, dtype=np.uint8)
        self.apply(pixels, lit)
        return lit

    def apply(self, pixels: Pixels, into: Pixels) -> None:
        """As `applied`, into a place of the same shape, where the pixels of a row lie side by side."""
        even = pixels.shape[1] // 2 * 2
        found, lit = _pairs(pixels[:, :even]), _pairs(into[:, :even])
        for place, table in enumerate(self._pair_tables):
            lit[..., place] = table[found[..., place]]
        for channel, table in enumerate(self.tables):
            into[:, even:, channel] = table[pixels[:, even:, channel]]

    @cached_property
    def _pair_tables(self) -> npt.NDArray[np.uint16]:
        """The tables of two numbers that lie side by side, (3, 65536): half as many look-ups."""
        first, second = np.arange(65536, dtype=np.uint16).view(np.uint8).reshape(-1, 2).T
        red, green, blue = self.tables
        of_two = [np.stack([one[first], other[second]], 1) for one, other in ((red, green), (blue, red), (green, blue))]
        return np.stack(of_two).view(np.uint16)[..., 0]


NO_LIGHT = LightCurve((0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
"""Changes nothing."""


def _pairs(pixels: Pixels) -> npt.NDArray[np.uint16]:
    """Pixels, an even number a row, as pairs of numbers, (H, W / 2, 3): R and G, B and R, G and B of each two. A view,
    unless the pixels of a row lie apart."""
    height, width, channels = pixels.shape
    return pixels.reshape(height, width * channels).view(np.uint16).reshape(height, width // 2, channels)


def _table(gain: float, bend: float) -> Pixels:
    scale = 255.0 * (1.0 + gain)
    levels = np.minimum(255.0, np.floor(scale * level_powers(1.0 / (1.0 + bend)) + 0.5))
    levels[0] = 0.0
    return levels.astype(np.uint8)
