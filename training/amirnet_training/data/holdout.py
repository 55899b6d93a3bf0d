"""Which photos a configuration keeps out of training: decided here for the trainer and for the evaluation alike.

Whole scenes are held out, never one window of a scene that is trained on through another. Which ones follows from the
scenes' names alone, in the order of their hashes: spread over a folder, whatever its order, and the same everywhere.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ..data_config import CleanSource, DataConfig, PairSource
from . import scenes
from .images import list_images, list_pairs

Entry = tuple[Path, Path | None]
"""The clean photo, and its degraded partner if it is a real pair."""

WINDOW = re.compile(r"_\d{4}_\d{4}$")
"""How names of windows cut from one photo end: top and left in pixels, four digits each."""

SCENES = (
    # PolyU: maker and model, exposure or none, what is seen, number or window. The same scenes lie in two sets under
    # names of different length ("bicycle", "bicyc"), so maker and three letters have to do.
    (re.compile(r"(Canon|Nikon|Sony)\w*?_(?:[\d-]+_){0,3}([A-Za-z]{2,3})[A-Za-z]*_+(?:\d+|\d{4}_\d{4})"), r"\1_\2"),
    # SIDD: instance, scene, phone, ISO, exposure, colour temperature, light. One phone's view of a scene is one scene.
    (re.compile(r"\d{4}_(\d{3})_([A-Z]{2}|[A-Z]\d)_\d{5}_\d{5}_\d{4}_[LNH]"), r"\1_\2"),
)
"""Names of the public sets whose scenes are not to be told by `WINDOW` alone -> the scene's name."""


def scene_of(path: Path) -> str:
    """The name of the scene that a photo shows: photos with one name look alike.

    By the file's name: windows of one photo are one scene; of the public sets PolyU and SIDD also what several photos
    of one thing are called. Any other photo is a scene of its own.
    """
    for pattern, name in SCENES:
        if found := pattern.fullmatch(path.stem):
            return found.expand(name)
    return WINDOW.sub("", path.stem)


def held_out(entries: Sequence[Entry], share: float) -> set[str]:
    """The scenes of one source that are held out of training: about ``share`` (in [0, 1]) of its photos.

    Scenes are taken in the order of their hash until they hold enough photos, passing over one that alone holds more
    than twice as many as are wanted. At least one scene if ``share`` is above 0, and never all: a lone scene is not
    held out.
    """
    sizes = Counter(scene_of(clean) for clean, _ in entries)
    ranked = sorted(sizes, key=lambda scene: hashlib.sha256(scene.encode()).digest())
    if share <= 0 or len(ranked) < 2:
        return set()
    wanted = max(1, round(share * len(entries)))
    chosen: list[str] = []
    for scene in ranked:
        if sum(sizes[name] for name in chosen) < wanted and sizes[scene] <= 2 * wanted:
            chosen.append(scene)
    return set((chosen or [min(ranked, key=lambda scene: sizes[scene])])[: len(ranked) - 1])


def pool(source: CleanSource | PairSource, config: DataConfig, *, validation: bool) -> list[Entry]:
    """The photos of a source that are trained on, or those held out of training, by name.

    A scene that one source of the configuration holds out is held out of all, unless nothing were left to train on.
    A source of one photo gives it for both.

    Raises:
        DataError: a folder of the configuration is missing or empty, or a pair is incomplete.
    """
    entries = _entries(source, config)
    scenes = set().union(*(_held_out(other, config) for other in config.sources))
    if scenes.issuperset(scene_of(clean) for clean, _ in entries):
        scenes = _held_out(source, config)
    held = [scene_of(clean) in scenes for clean, _ in entries]
    kept = [entry for entry, out in zip(entries, held, strict=True) if out == validation]
    return kept or entries


def _held_out(source: CleanSource | PairSource, config: DataConfig) -> set[str]:
    return held_out(_entries(source, config), config.holdout)


def _entries(source: CleanSource | PairSource, config: DataConfig) -> list[Entry]:
    if isinstance(source, CleanSource):
        return [(path, None) for folder in source.clean for path in _photos(folder, config)]
    pairs = list_pairs(config.root / source.inputs, config.root / source.targets)
    return [(target, degraded) for degraded, target in pairs]


def _photos(folder: str, config: DataConfig) -> list[Path]:
    drawn = scenes.FOLDER.fullmatch(folder)
    return scenes.scenes(int(drawn[1])) if drawn else list_images(config.root / folder)
