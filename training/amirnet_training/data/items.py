"""The training set as a list of items: a fixed photo with a fixed degradation.

The tree is grown over items, as the paper grows it over its training images; every visit to an item cuts fresh
crops. All randomness comes from counters, (seed, stream, index), so any sample can be made again at any time, in any
process, in any order: that is what makes resuming and data-parallel training exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath

import cv2
import numpy as np
import numpy.typing as npt

from ..data_config import CleanSource, DataConfig
from ..degradations import Degradation, draw
from ..degradations.kinds import Clean, Image
from ..errors import DataError
from .counters import ITEM_STREAM, counter_rng
from .holdout import pool
from .images import ImageCache

SHRINKS = (1.3, 3.0)
"""A photo is made smaller by something between these, as long as a crop can still be cut from it."""


@dataclass(frozen=True)
class Item:
    """One photo with one degradation; for a real pair the degradation is in `degraded` already."""

    clean: Path
    """The photo as it should come back, before it is shrunk or darkened."""
    degraded: Path | None
    """Of a real pair, the photo as it was taken; None: it is damaged anew at every visit."""
    degradation: Degradation
    """How it is damaged."""
    kind: str
    """What it suffers from, for tables."""
    group: str
    """For tables: the pairs' folder, or the kind."""
    shrink: float = 1.0
    """How many times smaller the photo is made before it is damaged."""
    colours: tuple[int, int, int] = (0, 1, 2)
    """Where the photo's red, green and blue come from."""
    exposed: float = 1.0
    """Of a pair: the least factor that both are darkened by, in half of the visits."""
    swapped: float = 0.0
    """Of a pair: share of the visits in which red and blue change places."""


@dataclass(frozen=True)
class Crops:
    """Crops of one item, uint8 RGB: (count, side, side, 3) each."""

    degraded: npt.NDArray[np.uint8]
    """As the network is given them."""
    clean: npt.NDArray[np.uint8]
    """As they should come back."""


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
        self.least = config.window // 2 + 1 if config.window else config.patch  # what a window lacks is mirrored, once
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
                self.items.append(self._damaged(clean, kind, source, rng))
            else:
                group = PurePath(source.inputs).parts[0]
                self.items.append(Item(clean, degraded, Clean(), source.kind, group, exposed=source.exposed,
                                       swapped=source.swapped))  # fmt: skip

    @staticmethod
    def _damaged(clean: Path, kind: str, source: CleanSource, rng: np.random.Generator) -> Item:
        shrink = float(np.exp(rng.uniform(*np.log(SHRINKS)))) if rng.random() < source.shrunk else 1.0
        order = rng.permutation(3) if rng.random() < source.shuffled else range(3)
        red, green, blue = map(int, order)
        names = ("common_noise", "recompressed", "after_blur_noise", "dimmed")
        shares = {name: getattr(source, name) for name in names}
        return Item(clean, None, draw(kind, rng, **shares), kind, kind, shrink, (red, green, blue))

    def __len__(self) -> int:
        return len(self.items)

    @property
    def kinds(self) -> list[str]:
        """The kind of every item, for tables."""
        return [item.kind for item in self.items]

    @property
    def groups(self) -> list[str]:
        """The group of every item, for tables that tell real damage from made."""
        return [item.group for item in self.items]

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
        self.cache.fill(self.files(), advance)
        for item in self.items:
            self._photos(item)

    def crops(self, index: int, count: int, rng: np.random.Generator) -> Crops:
        """``count`` random crops of item ``index``, all with the same random flip and quarter turn: which way a blur
        reaches is told by other crops than the one that is restored.

        Raises:
            DataError: the photo is smaller than a patch, or a pair differs in size.
        """
        turns, flip = int(rng.integers(4)), bool(rng.integers(2))
        made = [self._cut(self.items[index], self.patch, rng) for _ in range(count)]
        degraded, clean = (np.stack([_turn(image, turns, flip) for image in part]) for part in zip(*made, strict=True))
        return Crops(degraded, clean)

    def window(self, index: int, side: int, rng: np.random.Generator) -> tuple[Image, Image]:
        """A random window of item ``index``, damaged and clean, (side, side, 3) each; a smaller photo is mirrored
        at its border.

        Raises:
            DataError: the photo is smaller than a patch, or a pair differs in size.
        """
        degraded, clean = self._cut(self.items[index], side, rng)
        return np.ascontiguousarray(degraded), np.ascontiguousarray(clean)

    def _photos(self, item: Item) -> tuple[Image, Image | None]:
        clean = self.cache[item.clean]
        degraded = None if item.degraded is None else self.cache[item.degraded]
        if degraded is not None and degraded.shape != clean.shape:
            raise DataError(f"{item.degraded}: its size differs from {item.clean}: pairs must match pixel by pixel")
        if min(clean.shape[:2]) < self.least:
            setting = "data.patch or data.window"
            problem = f"smaller than {self.least} px, too small for a patch"
            raise DataError(f"{item.clean}: {problem}: remove it or set {setting} lower")
        return clean, degraded

    def _cut(self, item: Item, side: int, rng: np.random.Generator) -> tuple[Image, Image]:
        """A random window of one photo, damaged and clean."""
        clean, degraded = self._photos(item)
        clean = _prepared(clean, item, side)
        if degraded is not None:
            degraded = _mirrored(degraded, side)
        height, width = clean.shape[:2]
        y, x = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
        margin = item.degradation.margin
        # Up to 7 more pixels, so that JPEG's block grid lies anywhere in the crop, as it does in a photo's probes.
        shift = rng.integers(0, 8, 2)
        top, left = min(margin + int(shift[0]), y), min(margin + int(shift[1]), x)
        window = np.s_[y - top : y + side + margin, x - left : x + side + margin]
        inner = np.s_[top : top + side, left : left + side]
        if degraded is not None:
            return _exposed(degraded[window][inner], clean[window][inner], item, rng)
        target = item.degradation.target(np.ascontiguousarray(clean[window]))
        return item.degradation(target, rng)[inner], target[inner]


def _prepared(clean: Image, item: Item, side: int) -> Image:
    """The clean photo as the item wants it: made smaller, colours in another order, and no smaller than a crop."""
    shrink = min(item.shrink, min(clean.shape[:2]) / side)
    if shrink > 1:
        height, width = (round(length / shrink) for length in clean.shape[:2])
        clean = cv2.resize(clean, (width, height), interpolation=cv2.INTER_AREA)
    if item.colours != (0, 1, 2):
        clean = clean[:, :, item.colours]
    return _mirrored(clean, side)


def _mirrored(image: Image, side: int) -> Image:
    height, width = image.shape[:2]
    below, right = max(0, side - height), max(0, side - width)
    if below or right:
        image = cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_REFLECT_101).astype(np.uint8, copy=False)
    return image


def _exposed(degraded: Image, clean: Image, item: Item, rng: np.random.Generator) -> tuple[Image, Image]:
    """A pair under another exposure: what light the sensor had is unknown, and real noise stays with its levels."""
    if item.exposed < 1 and rng.random() < 0.5:
        factor = np.float32(rng.uniform(item.exposed, 1))
        degraded, clean = (np.rint(image * factor).astype(np.uint8) for image in (degraded, clean))
    if item.swapped and rng.random() < item.swapped:
        degraded, clean = degraded[:, :, ::-1], clean[:, :, ::-1]
    return degraded, clean


def _turn(image: Image, turns: int, flip: bool) -> Image:
    turned = np.rot90(image, turns)
    return np.ascontiguousarray(turned[:, ::-1] if flip else turned)
