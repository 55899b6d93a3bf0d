"""Growing the tree by one level: every leaf is split in two by K-means over its own items (paper section 3.2)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from .policy import POLICIES, Features

Labels = npt.NDArray[np.int64]

SMALLEST_CHILD = 4
"""Items below which a child would have nothing to learn from, whatever its share."""

FITTED = 4096
"""Items of a leaf, at most, that K-means places its centres by."""


@dataclass(frozen=True)
class Growth:
    """A new level."""

    labels: Labels
    """Of all items on it."""
    report: tuple[str, ...]
    """One line a leaf about how it was split."""


def split(features: Features, policy: str, min_share: float, seed: int) -> tuple[Labels | None, str]:
    """Divides one leaf's items in two: labels 0 and 1, (items,), or None with the reason.

    Child 0 is the one whose items moved less, so that child order does not depend on K-means' start.
    """
    count = len(features)
    smallest = max(SMALLEST_CHILD, int(np.ceil(min_share * count)))
    if count < 2 * smallest:
        return None, f"kept whole: {count} items are too few for two children of {smallest}"
    if not np.isfinite(features).all():
        return None, "kept whole: its features are not finite"
    if np.allclose(features, features[0], rtol=0, atol=1e-9):
        return None, "kept whole: its items are all alike"
    scaled = POLICIES[policy](features)
    # A single outlier can be a cluster of its own: the tails are drawn in, then the share is checked.
    low, high = np.quantile(scaled, [0.01, 0.99], axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        drawn = np.clip(scaled, low, high)
        some = np.random.default_rng(seed).permutation(count)[:FITTED]
        found = KMeans(n_clusters=2, n_init=10, random_state=seed).fit(drawn[some]).predict(drawn)
    sizes = np.bincount(found, minlength=2)
    if sizes.min() < smallest:
        return None, f"kept whole: K-means would part {sizes.min()} of {count} items, fewer than {smallest}"
    length = np.linalg.norm(features, axis=1)
    if length[found == 0].mean() > length[found == 1].mean():
        found = 1 - found
    sizes = np.bincount(found, minlength=2)
    return found.astype(np.int64), f"split into {sizes[0]} and {sizes[1]} items"


def grow(features: npt.NDArray[np.floating[Any]], leaves: Labels, policy: str, min_share: float, seed: int) -> Growth:
    """Splits every leaf: node i becomes 2i and 2i + 1; a leaf that cannot be split goes on as 2i alone.

    Args:
        features: degraded minus clean, (items, features).
        leaves: node of each item on the level that is being split, (items,).
        policy: name in `POLICIES`.
        min_share: smallest share of a leaf that a child may have, in [0, 0.5].
        seed: K-means' seed.
    """
    labels = np.full(len(leaves), -1, dtype=np.int64)
    report = []
    for node in np.unique(leaves):
        members = np.flatnonzero(leaves == node)
        found, what = split(features[members].astype(np.float64), policy, min_share, seed)
        labels[members] = 2 * node + (found if found is not None else 0)
        report.append(f"node {node}: {what}")
    return Growth(labels, tuple(report))


def purity(labels: Labels, kinds: Sequence[str]) -> float:
    """Share of items that belong to the commonest kind of their node, in [0, 1]."""
    kind = np.asarray(kinds)
    best = sum(np.unique(kind[labels == node], return_counts=True)[1].max() for node in np.unique(labels))
    return float(best / len(labels))


def confusion(labels: Labels, kinds: Sequence[str]) -> dict[int, dict[str, int]]:
    """How many items of each kind lie in each node."""
    kind = np.asarray(kinds)
    return {
        int(node): {name: int(((labels == node) & (kind == name)).sum()) for name in sorted(set(kinds))}
        for node in np.unique(labels)
    }
