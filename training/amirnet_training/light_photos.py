"""Photos that the light head is fitted on and judged by, seen as the runtime sees them.

Each is a view as large as its photo allows, damaged as a whole; its probes are those that the runtime plans over it,
and the code is the one that the runtime would ask the head with. So what the fit learns is what a phone does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from amirnet.runtime.degradation_tree import DegradationTree
from amirnet.runtime.probe_plan import ProbePlan, average

from .data.counters import WINDOW_STREAM, counter_rng
from .data.items import Item, Items
from .data_config import CleanSource, DataConfig, PairSource
from .degradations.base import Image, log_uniform
from .degradations.combined import Dimmed
from .degradations.light import DimLight
from .evaluation.dark import Darkening
from .network import AMIRNet
from .network.light import level_statistics

GRID, TRIM = 4, 4
"""Probes along an axis at most, and how their codes are averaged: as in the bundles that `amirnet export` writes."""
VIEWS = 192, 512
"""Least and largest side of a view, in pixels."""
CHOICES = 4
"""Choices of a view's probes that it is judged by: all of them, and others that leave some out."""
POOLED = 16
"""Side of the squares, in pixels, whose means are brightened and compared: noise is none of the head's business."""
NOISY_DARK = 0.3
"""Share of the clean photos that are dark on purpose, with a sensor's noise."""
ONES = (1.0, 1.0, 1.0)

LOW_LIGHT, MADE_LOW_LIGHT, MEANT_DARK, OTHERS = "low light", "made low light", "meant to be dark", "others"
GROUPS = (LOW_LIGHT, MADE_LOW_LIGHT, MEANT_DARK, OTHERS)
"""Real pairs of low light, low light that was made, photos that are dark on purpose, and all other photos."""


@dataclass(frozen=True)
class PhotoViews:
    """What is known of M photos."""

    codes: Tensor
    """(M, V, K): the runtime's codes by each of V choices of the probes; all of them first."""
    statistics: Tensor
    """(M, V, 24): the levels of those probes."""
    photo: Tensor
    """(M, 3, S, S') in [0, 1]: means over squares of the probes."""
    target: Tensor
    """(M, 3, S, S') likewise, as bright as it should be."""
    groups: tuple[str, ...]
    """Of each photo, one of `GROUPS`."""

    def of(self, group: str) -> Tensor:
        """(M,) bool: which photos are of a group."""
        return torch.tensor([own == group for own in self.groups], dtype=torch.bool)


def light_data(data: DataConfig) -> DataConfig:
    """The photos that the head is fitted on: those of the training, low light and dark ones above all.

    Made low light is rare among them: but for its tone curve it is a dark photo with noise, and where nobody can tell
    the two apart, a photo is to stay as it is.
    """
    sources: list[CleanSource | PairSource] = []
    clean = sum(source.weight for source in data.sources if isinstance(source, CleanSource))
    for source in data.sources:
        if isinstance(source, CleanSource):
            damages = {"none": 0.15, "noise": 0.2, "camera": 0.4, "jpeg": 0.1, "lowlight": 0.15}
            weight = 0.55 * source.weight / clean
            sources.append(source.model_copy(update={"degradations": damages, "dimmed": 0.6, "weight": weight}))
        else:
            weight = 0.3 if source.kind == "lowlight" else source.weight / 2
            sources.append(source.model_copy(update={"weight": weight}))
    return data.model_copy(update={"sources": sources})


def light_items(data: DataConfig, count: int, seed: int, *, held_out: bool = False) -> Items:
    """``count`` photos as `light_data` mixes them, of which many are dark on purpose, with noise of all strengths.

    Raises:
        DataError: a folder is missing or empty, or a pair is incomplete.
    """
    items = Items(light_data(data).model_copy(update={"window": VIEWS[0]}), count, seed, validation=held_out)
    for index, item in enumerate(items.items):
        rng = counter_rng(seed, WINDOW_STREAM, count + index)
        if item.degraded is None and item.kind != "lowlight" and rng.random() < NOISY_DARK:
            noise = DimLight(ONES, ONES, log_uniform(rng, 1e-4, 8e-3), log_uniform(rng, 1e-3, 2e-2),
                             rng.uniform(0.35, 0.9) if rng.random() < 0.3 else 0.0, rng.uniform(0, 0.7))  # fmt: skip
            items.items[index] = replace(item, degradation=Dimmed.draw(noise, rng), kind="none")
    return items


class Eyes(NamedTuple):
    """What looks at a photo as the runtime does."""

    network: AMIRNet
    """Whose encoder and heads are asked."""
    tree: DegradationTree
    """Which the code comes by."""
    size: int
    """Side of a probe, in pixels."""


def views(eyes: Eyes, items: Items, advance: Callable[[int], None]) -> PhotoViews:
    """Makes every photo and looks at it, calling ``advance(1)`` after each.

    Raises:
        DataError: a photo cannot be used.
    """
    made = []
    for index, item in enumerate(items.items):
        rng = counter_rng(items.seed, WINDOW_STREAM, index)
        least = min(items.cache[item.clean].shape[:2])
        side = int(np.clip(least / item.shrink, *VIEWS))
        degraded, clean = items.window(index, side, rng)
        made.append(_view(eyes, degraded, clean, _group(item), rng))
        advance(1)
    return _stacked(made)


def darkened_views(
    eyes: Eyes, items: Items, darkenings: Sequence[Darkening], advance: Callable[[int], None]
) -> PhotoViews:
    """The clean photos of ``items``, each once, darkened in the ways that the evaluation darkens photos."""
    made = []
    photos = sorted({item.clean for item in items.items if item.degraded is None})
    for index, path in enumerate(photos):
        image = items.cache[path][: VIEWS[1], : VIEWS[1]]
        for number, darkening in enumerate(darkenings):
            rng = counter_rng(items.seed, WINDOW_STREAM, len(darkenings) * index + number)
            made.append(_view(eyes, *darkening(image, rng), MEANT_DARK, rng))
        advance(1)
    return _stacked(made)


_View = tuple[Tensor, Tensor, Tensor, Tensor, str]


def _group(item: Item) -> str:
    if item.kind == "lowlight":
        return MADE_LOW_LIGHT if item.degraded is None else LOW_LIGHT
    return MEANT_DARK if isinstance(item.degradation, Dimmed) else OTHERS


@torch.no_grad()
def _view(eyes: Eyes, degraded: Image, clean: Image, group: str, rng: np.random.Generator) -> _View:
    height, width = degraded.shape[:2]
    plan = ProbePlan(width, height, eyes.size, GRID)
    seen = plan.gather(lambda top, bottom: degraded[top:bottom])
    wanted = plan.gather(lambda top, bottom: clean[top:bottom])
    probes = torch.from_numpy(seen).permute(0, 3, 1, 2).float() / 255
    place = eyes.network.place(probes)
    mask, value = place.mask.numpy(), place.value.numpy()
    codes, statistics = [], []
    for number in range(CHOICES):
        count = len(seen) if number == 0 else int(rng.integers(max(1, len(seen) // 2), len(seen) + 1))
        chosen = np.sort(rng.permutation(len(seen))[:count])
        codes.append(_code(eyes.tree, mask[chosen], value[chosen]))
        statistics.append(level_statistics(probes[torch.from_numpy(chosen)][None])[0])
    # Of a small photo some probes come twice, so that all photos have as many squares.
    again = np.resize(np.arange(len(seen)), GRID**2)
    photo, target = (_squares(pixels[again]) for pixels in (seen, wanted))
    return torch.stack(codes), torch.stack(statistics), photo, target, group


def _code(tree: DegradationTree, mask: npt.NDArray[np.float32], value: npt.NDArray[np.float32]) -> Tensor:
    """The code (K,) that the runtime asks the head with (CONTRACT D4, T, C)."""
    share, soft = average(mask, value, TRIM)
    return torch.from_numpy(tree.code_for(tree.walk(share).node, soft))


def _squares(pixels: npt.NDArray[np.uint8]) -> Tensor:
    """Means over squares of probes uint8 (N, P, P, 3): (3, N, squares) in [0, 1]."""
    planes = torch.from_numpy(pixels).permute(3, 0, 1, 2).float() / 255
    return torch.nn.functional.avg_pool2d(planes, POOLED).flatten(2)


def _stacked(made: list[_View]) -> PhotoViews:
    parts = (torch.stack([view[part] for view in made]) for part in range(4))  # type: ignore[misc]
    codes, statistics, photo, target = parts
    return PhotoViews(codes, statistics, photo, target, tuple(view[4] for view in made))
