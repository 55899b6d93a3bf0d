"""What is stored of a grown tree: each node's prototype code, its confidence and its share of the photos."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .. import progress as bars
from ..config import Config
from ..data.items import Items
from ..network import AMIRNet
from .features import CropSource, item_codes

GRID = 64
"""Codes are kept on multiples of 1/64: coarse enough that engines agree, fine enough to cost nothing measurable."""
CROPS = 9
"""Crops an item's code is averaged over: the order of a phone's probe count."""
UNSURE_SHARE = 0.02
"""Share of a node's own training photos that would stop before it. Small on purpose: thresholds set by agreement
with the pseudo-labels stopped most JPEG photos short of their leaf, which then came out no better than they went in."""


def describe(network: AMIRNet, items: Items, source: CropSource, config: Config) -> dict[str, Any]:
    """The tree as the bundle's manifest holds it (CONTRACT: tree).

    Args:
        network: trained, in eval mode.
        items: the training items.
        source: of their crops.
        config: that they were trained with.
    """
    with bars.task("finishing the tree", len(items)) as advance:
        masks, codes = item_codes(network, source, CROPS, config.train.steps + 1, advance)
    exists = network.heads.exists.cpu().numpy()
    levels = config.network.levels
    path = walk_down(masks, exists, levels)
    kinds = np.asarray(items.kinds)
    nodes: list[dict[str, Any]] = []
    stored: dict[int, npt.NDArray[np.float64]] = {}
    for node in map(int, np.flatnonzero(exists)):
        level = (node + 1).bit_length() - 1
        here = path[:, level] == node
        # A node that no item reaches keeps its parent's code: walking into it then changes nothing.
        code = codes[here].mean(axis=0) if here.any() else stored[(node - 1) // 2]
        stored[node] = np.floor(code * GRID + 0.5) / GRID
        nodes.append({
            "id": node, "level": level, "index": node + 1 - 2**level,
            "parent": None if node == 0 else (node - 1) // 2, "children": _children(node, exists),
            # No walk ends at the root: its code is the mean of all kinds, and would brighten a photo that nothing ails.
            "confidence": 0.0 if level == 1 else _confidence(node, masks, here, exists),
            "code": stored[node].tolist(),
            "share": round(float(here.mean()), 4), "label": _label(kinds[here]), "kinds": _shares(kinds[here]),
        })  # fmt: skip
    return {"levels": levels, "grid": GRID, "conditioning": "soft", "nodes": nodes}


def _children(node: int, exists: npt.NDArray[np.bool_]) -> list[int]:
    return [child for child in (2 * node + 1, 2 * node + 2) if child < len(exists) and exists[child]]


def walk_down(masks: npt.NDArray[np.float64], exists: npt.NDArray[np.bool_], levels: int) -> npt.NDArray[np.int64]:
    """Likelier child on every level, without confidences: (items, levels) node numbers, -1 below a leaf."""
    path = np.full((len(masks), levels), -1, dtype=np.int64)
    path[:, 0] = 0
    for level in range(1, levels):
        for node in np.unique(path[:, level - 1]):
            if node < 0 or not (children := _children(int(node), exists)):
                continue
            here = path[:, level - 1] == node
            path[here, level] = np.array(children)[masks[here][:, children].argmax(axis=1)]
    return path


def _confidence(
    node: int, masks: npt.NDArray[np.float64], here: npt.NDArray[np.bool_], exists: npt.NDArray[np.bool_]
) -> float:
    """Step probability, on a grid of 1/64 from 1/2, that all but `UNSURE_SHARE` of the node's training photos reach.

    A photo that is less sure than those is unlike what the node was trained on, and the walk stops before it. ``here``:
    which items go to the node, (items,).
    """
    siblings = [] if node == 0 else _children((node - 1) // 2, exists)
    if len(siblings) < 2:
        return 0.0
    if not here.any():
        return (GRID - 1) / GRID
    total = masks[here][:, siblings].sum(axis=1)
    probability = np.divide(masks[here, node], total, out=np.zeros_like(total), where=total > 0)  # CONTRACT T4
    threshold = np.floor(np.quantile(probability, UNSURE_SHARE) * GRID) / GRID
    return float(np.clip(threshold, 0.5, (GRID - 1) / GRID))


def _shares(kinds: npt.NDArray[np.str_]) -> dict[str, float]:
    """Kind -> its share of a node's items, as far as any has it; a walk that is restricted to a kind goes by them."""
    names, counts = np.unique(kinds, return_counts=True)
    return {str(name): round(float(count / len(kinds)), 4) for name, count in zip(names, counts, strict=True)}


def _label(kinds: npt.NDArray[np.str_]) -> str:
    """The commonest kinds among a node's items, for people to read; no runtime depends on it."""
    if len(kinds) == 0:
        return ""
    names, counts = np.unique(kinds, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    shown = [index for index in order[:3] if counts[index] >= 0.1 * len(kinds)]
    return ", ".join(f"{names[index]} {counts[index] / len(kinds):.2f}" for index in shown)
