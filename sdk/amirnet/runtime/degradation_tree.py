"""The tree of degradations: nodes, the walk from the root, and the code of a node (CONTRACT T1-T9, C1-C3)."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from amirnet.errors import ManifestError, NodeError
from amirnet.runtime.arrays import Doubles, Floats

Conditioning = Literal["node", "soft"]


@dataclass(frozen=True)
class TreeNode:
    """One kind (and severity) of degradation that training found."""

    id: int
    """Unique in the tree."""
    level: int
    """0 is the root."""
    index: int
    """Counts within the level, 0 .. 2^level - 1."""
    parent: int | None
    """The parent's id; None for the root."""
    children: tuple[int, ...]
    """Ids, none or two."""
    confidence: float
    """The smallest step probability at which the walk enters this node, 0..1."""
    code: tuple[float, ...]
    """Its prototype: 2^levels - 1 numbers."""
    share: float = 1.0
    """Part of the training photos that fell here, 0..1."""
    label: str = ""
    """A few words for people, possibly empty."""
    kinds: dict[str, float] = field(default_factory=dict, hash=False)
    """Kind of damage -> its part of those photos, 0..1; empty where the model does not say."""

    @property
    def entry(self) -> int:
        """Where this node's number stands in a mask or a code (CONTRACT T2)."""
        return (1 << self.level) - 1 + self.index


@dataclass(frozen=True)
class Walk:
    """Where a photo went."""

    path: tuple[int, ...]
    """Node ids from the root to the chosen one."""
    confidences: tuple[float, ...]
    """Each step's probability, 0..1; the root's is 1."""

    @property
    def node(self) -> int:
        return self.path[-1]

    @property
    def confidence(self) -> float:
        """The product of the steps' probabilities, multiplied in path order (CONTRACT T6)."""
        product = 1.0
        for step in self.confidences:
            product *= step
        return product


@dataclass(frozen=True)
class DegradationTree:
    """A checked tree. Raises ManifestError when the nodes are not one tree of at most `levels` levels (CONTRACT T1)."""

    levels: int
    """How deep it may be: a code has 2^levels - 1 numbers."""
    code_steps: int
    """A code's numbers are multiples of 1 / code_steps (the manifest's `tree.grid`)."""
    conditioning: Conditioning
    """Which code a photo gets (CONTRACT C1)."""
    nodes: tuple[TreeNode, ...]
    """In the manifest's order."""
    _by_id: dict[int, TreeNode] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_id.update((node.id, node) for node in self.nodes)
        _check(self)

    @property
    def size(self) -> int:
        """K, the length of masks and codes: 1 + 2 + 4 + ... over the levels."""
        return (1 << self.levels) - 1

    @property
    def root(self) -> TreeNode:
        return next(node for node in self.nodes if node.level == 0)

    def node(self, node_id: int) -> TreeNode:
        """The node of that number. Raises NodeError where there is none."""
        if node_id not in self._by_id:
            known = ", ".join(str(node.id) for node in self.nodes)
            raise NodeError(f"node {node_id}: the tree has no such node; choose one of {known}")
        return self._by_id[node_id]

    def path_to(self, node_id: int) -> tuple[int, ...]:
        """Node ids from the root to that node, both included. Raises NodeError."""
        node = self.node(node_id)
        path = [node.id]
        while node.parent is not None:
            node = self.node(node.parent)
            path.append(node.id)
        return tuple(reversed(path))

    def steps(self, node: TreeNode, mask: Doubles) -> list[tuple[TreeNode, float]]:
        """The node's children in their order, each with the probability of the step to it (CONTRACT T4)."""
        children = [self.node(child) for child in node.children]
        if len(children) == 1:
            return [(children[0], 1.0)]
        total = 0.0
        for child in children:
            total += float(mask[child.entry])
        return [(child, float(mask[child.entry]) / total if total > 0.0 else 0.0) for child in children]

    def walk(self, mask: Doubles, allowed: Collection[int] | None = None) -> Walk:
        """From the root to the deepest confident node, by the averaged mask, float64 of shape (K,) (CONTRACT T3-T6).

        `allowed`: node ids, leaves and all that is above them: the walk keeps to these, and does not stop before it is
        at a leaf (CONTRACT T9).
        """
        node = self.root
        path, confidences = [node.id], [1.0]
        while node.children:
            choice = [pair for pair in self.steps(node, mask) if allowed is None or pair[0].id in allowed]
            best, step = min(choice, key=lambda pair: (-float(mask[pair[0].entry]), pair[0].index))
            if allowed is None and step < best.confidence:
                break
            node = best
            path.append(node.id)
            confidences.append(step)
        return Walk(tuple(path), tuple(confidences))

    def code_for(self, node_id: int, soft: Doubles | None = None) -> Floats:
        """The code, float32 of shape (K,), that the restorer gets (CONTRACT C1-C3). Raises NodeError.

        `soft`: the photo's averaged code, float64 of shape (K,). Without it, or with "node" conditioning, the answer is
        the node's stored code.
        """
        node = self.node(node_id)
        code = np.array(node.code, dtype=np.float64)
        if soft is not None and self.conditioning == "soft":
            known = (1 << (node.level + 1)) - 1
            code[:known] = np.floor(soft[:known] * self.code_steps + 0.5) / self.code_steps
        return code.astype(np.float32)


def _check(tree: DegradationTree) -> None:
    ids = [node.id for node in tree.nodes]
    _require(len(set(ids)) == len(ids), "two nodes have the same id")
    places = [(node.level, node.index) for node in tree.nodes]
    _require(len(set(places)) == len(places), "two nodes stand at the same level and index")
    _require(sum(node.level == 0 for node in tree.nodes) == 1, "exactly one node must be the root (level 0)")
    for node in tree.nodes:
        _check_node(tree, node)
    for node in tree.nodes:
        _check_links(tree, node)


def _check_node(tree: DegradationTree, node: TreeNode) -> None:
    name = f"node {node.id}"
    _require(0 <= node.level < tree.levels, f"{name} is on level {node.level} of {tree.levels}")
    _require(0 <= node.index < 2**node.level, f"{name} has index {node.index}, outside its level")
    _require((node.parent is None) == (node.level == 0), f"{name} must have a parent unless it is the root")
    _require(0.0 <= node.confidence <= 1.0, f"{name} has a confidence outside 0 to 1")
    _require(len(node.code) == tree.size, f"{name} has {len(node.code)} code numbers, not {tree.size}")
    _require(_in_steps(node.code, tree.code_steps), f"{name} has a code off the steps of 1/{tree.code_steps}")
    _require(len(set(node.children)) == len(node.children), f"{name} lists a child twice")
    for kind, share in node.kinds.items():
        _require(re.fullmatch(r"[a-z0-9_+-]{1,32}", kind) is not None, f"{name} has a kind of an odd name, {kind!r}")
        _require(0.0 <= share <= 1.0, f"{name} has a share of {kind} outside 0 to 1")


def _check_links(tree: DegradationTree, node: TreeNode) -> None:
    name = f"node {node.id}"
    for child in node.children:
        below = tree._by_id.get(child)
        _require(below is not None, f"{name} lists child {child}, which is not in the tree")
        assert below is not None
        _require(below.parent == node.id and below.level == node.level + 1, f"{name} and its child {child} disagree")
    if node.parent is not None:
        above = tree._by_id.get(node.parent)
        _require(above is not None and node.id in above.children, f"{name} is not among its parent's children")


def _in_steps(code: Iterable[float], steps: int) -> bool:
    return all(math.isfinite(number) and (number * steps).is_integer() for number in code)


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise ManifestError(f"tree: {problem}; export the bundle again")
