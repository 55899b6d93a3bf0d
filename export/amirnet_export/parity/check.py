"""Runs every engine of a bundle on the same photos and tiles, and compares what comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.bundle.model_paths import folded_role, is_folded
from amirnet.engines.registry import ENGINES, make_engine
from amirnet.runtime.arrays import Floats
from amirnet.runtime.engine import Answer, Engine
from amirnet.runtime.int8 import real_pixels

from ..errors import ExportError
from ..levels import LevelDifference, compare_levels
from .half_sums import check_half_sums
from .places import Place, compare_places, place
from .report import BARS, NodeDifference, PairReport, ParityReport, PhotoReport
from .samples import SamplePhoto, middle_tile

Engines = dict[str, Engine]
BROKEN = LevelDifference(255, 1.0, 0.0)
"""What stands for a difference from a result that holds NaN or an infinity."""
Advance = Callable[[int], Any]


def check(
    bundle: ModelBundle,
    photos: Sequence[SamplePhoto],
    names: Sequence[str] = tuple(ENGINES),
    advance: Advance = lambda count: None,
) -> ParityReport:
    """Compares a bundle's engines in every precision that it holds.

    Args:
        bundle: verified.
        photos: what the encoders are asked about, and where tiles are cut from.
        names: engines, of `ENGINES`; the first one's encoder says which photo is most like a node's.
        advance: called with 1 after each photo and each node, `units` times in all.

    Raises:
        EngineError: an engine or a model is missing, or one of them fails.
    """
    engines = {precision: _engines(bundle, names, precision) for precision in precisions(bundle, names)}
    encoders = next(iter(engines.values()))
    places: dict[str, dict[str, Place]] = {}
    half, emulated = [], set[int]()
    exact = make_engine(bundle, "onnx") if "coreml" in names else None
    for photo in photos:
        places[photo.name] = found = {name: place(bundle, engine, photo) for name, engine in encoders.items()}
        # One photo a node: the code is much the same in a node, and the emulation is slow.
        if exact is not None and found["coreml"].node not in emulated:
            emulated.add(found["coreml"].node)
            half.append(check_half_sums(bundle, exact, photo, found["coreml"]))
        advance(1)
    reports = tuple(compare_places(name, found, bundle.tree.code_steps) for name, found in places.items())
    nodes: dict[tuple[str, str, str], list[NodeDifference]] = {}
    for node in nodes_to_check(bundle):
        entry = bundle.tree.node(node).entry
        photo = max(photos, key=lambda each: places[each.name][names[0]].mask[entry])
        for precision, chosen in engines.items():
            for pair, apart in _compare_node(bundle, chosen, node, photo).items():
                nodes.setdefault((*pair, precision), []).append(NodeDifference(node, photo.name, *apart))
        advance(1)
    pairs = tuple(_pair(key, rows, reports) for key, rows in nodes.items())
    failures = _failures(pairs, reports) + [line for _, line in half if line]
    titles = {name: engine.title for name, engine in encoders.items()}
    sums = tuple(row for row, _ in half)
    manifest = bundle.manifest
    return ParityReport(manifest.name, manifest.identity, titles, pairs, reports, sums, tuple(failures))


def engine_names(text: str) -> tuple[str, ...]:
    """Engine names from "onnx,tflite". Raises ExportError for an unknown one, or for fewer than two."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names:
        if name not in ENGINES:
            raise ExportError(f"{name}: no such engine: choose two or more of {', '.join(ENGINES)}")
    if len(names) < 2:
        raise ExportError(f"{text or 'no engine'}: parity takes two engines or more: choose of {', '.join(ENGINES)}")
    return names


def units(bundle: ModelBundle, photos: Sequence[SamplePhoto]) -> int:
    """How often `check` advances."""
    return len(photos) + len(nodes_to_check(bundle))


def nodes_to_check(bundle: ModelBundle) -> list[int]:
    """The nodes that the bundle can restore by their stored code."""
    ids = [node.id for node in bundle.tree.nodes]
    return [node for node in ids if not is_folded(bundle) or folded_role(node) in bundle.manifest.models]


def precisions(bundle: ModelBundle, names: Sequence[str]) -> list[str]:
    """"float" and, if every one of the engines has it, "int8"."""
    role = "restorer" if not is_folded(bundle) else folded_role(nodes_to_check(bundle)[0])
    backends = bundle.manifest.models[role]
    return ["float", "int8"] if all("int8" in backends.get(name, {}) for name in names) else ["float"]


def core_of(bundle: ModelBundle, restored: Answer) -> Floats:
    """A tile's result without its halo, which is what the runtime uses of it, as numbers, (H, W, 3)."""
    halo = bundle.manifest.tile.halo
    return real_pixels(restored[halo : restored.shape[0] - halo, halo : restored.shape[1] - halo])


def _engines(bundle: ModelBundle, names: Sequence[str], precision: str) -> Engines:
    return {name: make_engine(bundle, name, precision) for name in names}


def _compare_node(
    bundle: ModelBundle, engines: Engines, node: int, photo: SamplePhoto
) -> dict[tuple[str, str], LevelDifference]:
    code = bundle.tree.code_for(node)
    tile = middle_tile(photo.pixels, bundle.manifest.tile.size)
    found = {name: core_of(bundle, engine.restore(tile, code)) for name, engine in engines.items()}
    return {pair: _apart(found[pair[0]], found[pair[1]]) for pair in combinations(found, 2)}


def _apart(one: Floats, two: Floats) -> LevelDifference:
    if not (np.isfinite(one).all() and np.isfinite(two).all()):
        return BROKEN
    return compare_levels(one, two, axis=2)


def _pair(key: tuple[str, str, str], nodes: list[NodeDifference], photos: Sequence[PhotoReport]) -> PairReport:
    one, two, precision = key
    levels, share = max(n.max_levels for n in nodes), max(n.share_over_1 for n in nodes)
    psnr = min(n.psnr for n in nodes)
    agrees = all(photo.nodes[one] == photo.nodes[two] for photo in photos)
    within = BARS[precision].holds(LevelDifference(levels, share, psnr))
    return PairReport((one, two), precision, levels, share, psnr, agrees, within and agrees, tuple(nodes))


def _failures(pairs: Sequence[PairReport], photos: Sequence[PhotoReport]) -> list[str]:
    lines = []
    for pair in pairs:
        bar, name = BARS[pair.precision], f"{' and '.join(pair.engines)} in {pair.precision}"
        for node in pair.nodes:
            if not bar.holds(node):
                lines.append(f"{name}: node {node.node}, {node.photo}: {node.max_levels} levels apart, "
                             f"{node.share_over_1:.3%} of the pixels by more than 1 "
                             f"(bar: {bar.max_levels} and {bar.share_over_1:.1%})")  # fmt: skip
    for photo in photos:
        if len(set(photo.nodes.values())) > 1:
            found = ", ".join(f"{name} node {node}" for name, node in photo.nodes.items())
            lines.append(f"{photo.photo}: {found}; the decision's margin is {min(photo.margins.values()):.4f}")
    return lines
