"""T8 to T10: what a node is for, which leaves a walk may be restricted to, and how likely each kind is."""

from __future__ import annotations

from collections.abc import Iterable

from amirnet.contract.trees import Node, Tree, entry, node_of, path_to, root_of


def shares(node: Node) -> dict[str, float]:
    """A user's kinds, names rising."""
    found: dict[str, float] = {}
    for name in sorted(node["kinds"]):
        meant = "noise" if name == "camera" else name
        found[meant] = found.get(meant, 0.0) + node["kinds"][name]
    return {name: found[name] for name in sorted(found)}


def commonest(node: Node) -> str | None:
    best, most = None, 0.0
    for name, share in shares(node).items():
        if share > most:
            best, most = name, share
    return best


def all_kinds(tree: Tree) -> list[str]:
    return sorted({name for node in tree["nodes"] for name in shares(node)})


def allowed(tree: Tree, wanted: list[str]) -> set[int] | None:
    """The ids that a walk restricted to these kinds may tread on; None: there is no such leaf."""
    leaves = [node for node in tree["nodes"] if not node["children"]]
    found = [leaf for leaf in leaves if commonest(leaf) in wanted]
    if not found:
        part = {leaf["id"]: in_order(shares(leaf).get(kind, 0.0) for kind in sorted(wanted)) for leaf in leaves}
        most = max(part.values())
        found = [leaf for leaf in leaves if part[leaf["id"]] == most and most > 0]
    return {number for leaf in found for number in path_to(tree, leaf["id"])} or None


def likelihoods(tree: Tree, mask: list[float]) -> dict[str, float]:
    """In the order of the names; {}: nothing is known."""
    sums = dict.fromkeys(all_kinds(tree), 0.0)

    def down(node: Node, reached: float) -> None:
        if not node["children"]:
            for kind, share in shares(node).items():
                sums[kind] += reached * share
        for child in node["children"]:
            down(node_of(tree, child), reached * step(tree, node, child, mask))

    down(root_of(tree), 1.0)
    total = in_order(sums[kind] for kind in sorted(sums))
    return {kind: part / total for kind, part in sums.items()} if total > 0 else {}


def step(tree: Tree, node: Node, child: int, mask: list[float]) -> float:
    """T4: the probability of the step from a node to that child."""
    if len(node["children"]) == 1:
        return 1.0
    total = in_order(mask[entry(node_of(tree, each))] for each in node["children"])
    return mask[entry(node_of(tree, child))] / total if total > 0 else 0.0


def in_order(numbers: Iterable[float]) -> float:
    """Their sum from 0, one after the other: Python's own is more exact."""
    total = 0.0
    for number in numbers:
        total += number
    return total
