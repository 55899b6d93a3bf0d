"""Where each engine's encoder puts each photo, and how close that decision was (CONTRACT D4-T7)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.runtime.arrays import Doubles, Floats
from amirnet.runtime.degradation_tree import DegradationTree
from amirnet.runtime.engine import Engine
from amirnet.runtime.probe_plan import ProbePlan, average

from .report import PhotoReport
from .samples import SamplePhoto


class Place(NamedTuple):
    """One engine's answer for a photo."""

    path: tuple[int, ...]
    """Node ids from the root to where the walk ends."""
    mask: Doubles
    """(K,): the probes' masks, averaged."""
    code: Floats
    """(K,): what the restorer is given."""
    margin: float
    """How close the decision was, 0 to 1, see `margin`."""

    @property
    def node(self) -> int:
        """Where the walk ends."""
        return self.path[-1]


def place(bundle: ModelBundle, engine: Engine, photo: SamplePhoto) -> Place:
    """Runs an engine's encoder on a photo. Raises EngineError."""
    probe, tree = bundle.manifest.probe, bundle.tree
    height, width = photo.pixels.shape[:2]
    probes = ProbePlan(width, height, probe.size, probe.probes_per_side).gather(
        lambda top, bottom: photo.pixels[top:bottom]
    )
    mask, soft = average(*engine.encode(probes), probe.trim)
    walk = tree.walk(mask)
    return Place(walk.path, mask, tree.code_for(walk.node, soft), margin(tree, mask, walk.path))


def margin(tree: DegradationTree, mask: Doubles, path: tuple[int, ...]) -> float:
    """How far the closest comparison of a walk is from flipping: between the children's shares of their sum (T3), and
    between a step's probability and the confidence that it needs (T5). 1 when there was nothing to decide."""
    closest = 1.0
    for node in map(tree.node, path):
        children = [tree.node(child) for child in node.children]
        total = sum(float(mask[child.entry]) for child in children)
        if len(children) < 2 or total <= 0:
            continue
        shares = sorted(((float(mask[child.entry]) / total, child) for child in children), key=lambda pair: -pair[0])
        (best, likelier), (second, _) = shares[:2]
        if node.id != path[-1]:
            closest = min(closest, best - second)
        # A confidence of 0 is always reached.
        if likelier.confidence > 0:
            closest = min(closest, abs(best - likelier.confidence))
    return closest


def compare_places(photo: str, places: dict[str, Place], grid: int) -> PhotoReport:
    """One photo's places by engine, side by side."""
    codes = np.stack([found.code for found in places.values()])
    apart = float((codes.max(axis=0) - codes.min(axis=0)).max()) * grid
    nodes = {name: found.node for name, found in places.items()}
    margins = {name: round(found.margin, 6) for name, found in places.items()}
    return PhotoReport(photo, nodes, margins, round(apart))
