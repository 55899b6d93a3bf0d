"""The training set as a list of items: a fixed photo with a fixed degradation.

The tree is grown over items, as the paper grows it over its training images; every visit to an item cuts fresh
crops. All randomness comes from counters, (seed, stream, index), so any sample can be made again at any time, in any
process, in any order: that is what makes resuming and data-parallel training exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..config import CleanSource, DataConfig
from ..degradations import Degradation, draw
from ..degradations.kinds import Clean, Image
from ..errors import DataError
from .holdout import pool
from .images import ImageCache

ITEM_STREAM, VISIT_STREAM, ORDER_STREAM, CROP_STREAM = range(4)
NODE_STREAM = 8


def counter_rng(seed: int, stream: int, index: int) -> np.random.Generator:
    """An independent generator for every (seed, stream, index)."""
    return np.random.Generator(np.random.Philox(key=[seed, (stream << 48) + index]))


@dataclass(frozen=True)
class Item:
    """One photo with one degradation; for a real pair the degradation is in `degraded` already."""

    clean: Path
    degraded: Path | None
    degradation: Degradation
    kind: str


@dataclass(frozen=True)
class Crops:
    """Crops of one item, uint8 RGB: (count, side, side, 3) each."""

    degraded: npt.NDArray[np.uint8]
    clean: npt.NDArray[np.uint8]


class Items:
    """``count`` items drawn from the configured mixture.

    Args:
        config: the data section.
        count: how many items.
        seed: the same seed gives the same items.
        validation: draw from the photos held out of training instead.

    Raises:
        DataError: a folder is missing or empty, or a pair is incomplete.
    """

    def __init__(self, config: DataConfig, count: int, seed: int, *, validation: bool = False) -> None:
        self.patch = config.patch
        self.seed = seed
        self.cache = ImageCache()
        pools = [pool(source, config, validation=validation) for source in config.sources]
        weights = np.array([source.weight for source in config.sources])
        self.items: list[Item] = []
        for index in range(count):
            rng = counter_rng(seed, ITEM_STREAM, index)
            which = int(rng.choice(len(pools), p=weights / weights.sum()))
            source, (clean, degraded) = config.sources[which], pools[which][int(rng.integers(len(pools[which])))]
            if isinstance(source, CleanSource):
                kinds = list(source.degradations)
                shares = np.array([source.degradations[kind] for kind in kinds])
                kind = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
                extras = {"common_noise": source.common_noise, "recompressed": source.recompressed}
                self.items.append(Item(clean, None, draw(kind, rng, **extras), kind))
            else:
                self.items.append(Item(clean, degraded, Clean(), source.kind))

    def __len__(self) -> int:
        return len(self.items)

    @property
    def kinds(self) -> list[str]:
        """The kind of every item, for tables."""
        return [item.kind for item in self.items]

    def files(self) -> list[Path]:
        """Every file that the items use, in a fixed order."""
        used = {path for item in self.items for path in (item.clean, item.degraded) if path is not None}
        return sorted(used)

    def preload(self, advance: Callable[[int], None]) -> None:
        """Decodes every file, calling ``advance(1)`` after each, and checks every item: what is wrong with the data
        shows before the first step, and in this process rather than in a data worker.

        Raises:
            DataError: a file cannot be decoded, a photo is smaller than a patch, or a pair differs in size.
        """
        for path in self.files():
            self.cache[path]
            advance(1)
        for item in self.items:
            self._photos(item)

    def crops(self, index: int, count: int, rng: np.random.Generator) -> Crops:
        """``count`` random crops of item ``index`` with a random flip and quarter turn each.

        Raises:
            DataError: the photo is smaller than a patch, or a pair differs in size.
        """
        clean, degraded = self._photos(self.items[index])
        degradation = self.items[index].degradation
        made = [self._crop(degradation, clean, degraded, rng) for _ in range(count)]
        return Crops(np.stack([pair[0] for pair in made]), np.stack([pair[1] for pair in made]))

    def _photos(self, item: Item) -> tuple[Image, Image | None]:
        clean = self.cache[item.clean]
        degraded = None if item.degraded is None else self.cache[item.degraded]
        if degraded is not None and degraded.shape != clean.shape:
            raise DataError(f"{item.degraded}: its size differs from {item.clean}: pairs must match pixel by pixel")
        if min(clean.shape[:2]) < self.patch:
            raise DataError(f"{item.clean}: smaller than a {self.patch} px patch: remove it or set data.patch lower")
        return clean, degraded

    def _crop(
        self, degradation: Degradation, clean: Image, degraded: Image | None, rng: np.random.Generator
    ) -> tuple[Image, Image]:
        side, (height, width) = self.patch, clean.shape[:2]
        y, x = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
        margin = degradation.margin
        # Up to 7 more pixels, so that JPEG's block grid lies anywhere in the crop, as it does in a photo's probes.
        shift = rng.integers(0, 8, 2)
        top, left = min(margin + int(shift[0]), y), min(margin + int(shift[1]), x)
        window = np.s_[y - top : y + side + margin, x - left : x + side + margin]
        turns, flip = int(rng.integers(4)), bool(rng.integers(2))
        target = clean[window]
        source = degradation(target, rng) if degraded is None else degraded[window]
        inner = np.s_[top : top + side, left : left + side]
        return _turn(source[inner], turns, flip), _turn(target[inner], turns, flip)


def _turn(image: Image, turns: int, flip: bool) -> Image:
    turned = np.rot90(image, turns)
    return np.ascontiguousarray(turned[:, ::-1] if flip else turned)
