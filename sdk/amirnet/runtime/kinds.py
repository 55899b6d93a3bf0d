"""Kinds of damage, as a tree's nodes state them: which leaves are for which, how likely each is (CONTRACT T8-T10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from amirnet.errors import NodeError
from amirnet.runtime.arrays import Doubles
from amirnet.runtime.degradation_tree import DegradationTree, TreeNode

LOW_LIGHT = "lowlight"
_MEANS = {"camera": "noise"}
"""Kinds that training tells apart and nobody else does: for a user both are the second."""


def kind_of(name: str) -> str:
    """What a user means by the name of a kind."""
    return _MEANS.get(name, name)


def shares(node: TreeNode) -> dict[str, float]:
    """The node's share of each of the users' kinds, names rising; {} where it states none."""
    found: dict[str, float] = {}
    for name in sorted(node.kinds):
        found[kind_of(name)] = found.get(kind_of(name), 0.0) + node.kinds[name]
    return dict(sorted(found.items()))


def commonest(node: TreeNode) -> str | None:
    """The kind of the largest share, of several the first by name; None where no share is above 0."""
    found = shares(node)
    best = min(found, key=lambda kind: (-found[kind], kind), default=None)
    return best if best is not None and found[best] > 0.0 else None


def kinds_of(tree: DegradationTree) -> tuple[str, ...]:
    """Every kind that a node states, names rising."""
    return tuple(sorted({kind for node in tree.nodes for kind in shares(node)}))


def check_kind(tree: DegradationTree, name: str) -> None:
    """Raises NodeError unless a walk can be restricted to that kind."""
    known = kinds_of(tree)
    if not known:
        raise NodeError(f"kind {name}: this model does not state what its nodes are for; leave it out, or give a node")
    if kind_of(name) not in known:
        raise NodeError(f"kind {name}: this model knows no such kind; choose one of {', '.join(known)}")
    allowed_for(tree, {kind_of(name)})


def allowed_for(tree: DegradationTree, wanted: Collection[str]) -> frozenset[int]:
    """The leaves that belong to one of the kinds, and the nodes above them, by their ids (CONTRACT T8, T9).

    Raises NodeError where no leaf has a share of any.
    """
    leaves = [node for node in tree.nodes if not node.children]
    found = [leaf for leaf in leaves if commonest(leaf) in wanted]
    if not found:
        parts = {leaf.id: added(share for kind, share in shares(leaf).items() if kind in wanted) for leaf in leaves}
        most = max(parts.values())
        found = [leaf for leaf in leaves if parts[leaf.id] == most > 0.0]
    if not found:
        raise NodeError(f"kind {' or '.join(sorted(wanted))}: no leaf of this model's tree is for it; leave it out")
    return frozenset(node for leaf in found for node in tree.path_to(leaf.id))


def likelihoods(tree: DegradationTree, mask: Doubles) -> dict[str, float]:
    """How likely each kind is by the averaged mask, float64 (K,); they add up to 1, and the likeliest comes first.

    {} where the tree states no kinds, or the mask says nothing (CONTRACT T10).
    """
    sums = dict.fromkeys(kinds_of(tree), 0.0)
    for leaf, likelihood in _leaves(tree, tree.root, 1.0, mask):
        for kind, share in shares(leaf).items():
            sums[kind] += likelihood * share
    total = added(sums.values())
    if total <= 0.0:
        return {}
    return {kind: sums[kind] / total for kind in sorted(sums, key=lambda kind: (-sums[kind], kind))}


def added(numbers: Iterable[float]) -> float:
    """Their sum, in their order from 0, rounded at each step: Python's own `sum` is more exact since 3.12."""
    total = 0.0
    for number in numbers:
        total += number
    return total


def _leaves(tree: DegradationTree, node: TreeNode, reached: float, mask: Doubles) -> Iterator[tuple[TreeNode, float]]:
    """The leaves below a node, children in their order, each with the product of the steps that lead to it."""
    if not node.children:
        yield node, reached
    for child, step in tree.steps(node, mask):
        yield from _leaves(tree, child, reached * step, mask)
