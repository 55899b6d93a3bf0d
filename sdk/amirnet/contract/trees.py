"""The trees that the vectors walk, in the form of the manifest's `tree` (B4)."""

from __future__ import annotations

from typing import Any

from amirnet.contract.pixels import stream
from amirnet.contract.vector_file import VectorFile

Tree = dict[str, Any]
Node = dict[str, Any]


def _node(
    number: int, level: int, index: int, parent: int | None, children: list[int], confidence: float, code: list[float]
) -> Node:
    return {"id": number, "level": level, "index": index, "parent": parent, "children": children,
            "confidence": confidence, "code": code, "kinds": {}}  # fmt: skip


def example() -> Tree:
    """The contract's example: three levels, one node with a single child, and kinds."""
    nodes = [
        _node(0, 0, 0, None, [1, 2], 0.0, [0.0] * 7),
        _node(1, 1, 0, 0, [3, 4], 0.6, [0.25] * 7),
        _node(2, 1, 1, 0, [5], 0.6, [0.5] * 7),
        _node(3, 2, 0, 1, [], 0.5, [0.75] * 7),
        _node(4, 2, 1, 1, [], 0.6, [1.0] * 7),
        _node(5, 2, 3, 2, [], 1.0, [-1.0] * 7),
    ]
    nodes[0]["kinds"] = {"motion": 0.125}
    nodes[3]["kinds"] = {"noise": 0.5, "camera": 0.25, "lowlight": 0.25}
    nodes[4]["kinds"] = {"lowlight": 0.75, "jpeg": 0.25}
    nodes[5]["kinds"] = {"none": 0.5, "jpeg": 0.5}
    return {"levels": 3, "grid": 64, "conditioning": "soft", "nodes": nodes}


def without_kinds() -> Tree:
    """The same, of a model that does not say what its nodes are for, and takes the nodes' own codes."""
    tree = example()
    for node in tree["nodes"]:
        node["kinds"] = {}
    return {**tree, "conditioning": "node"}


def minor_kinds() -> Tree:
    """Kinds that no leaf belongs to: `none` and `rain` are nobody's commonest."""
    tree = example()
    for node in tree["nodes"]:
        node["kinds"] = {}
    tree["nodes"][3]["kinds"] = {"noise": 0.5, "none": 0.25}
    tree["nodes"][4]["kinds"] = {"lowlight": 0.5, "none": 0.25, "rain": 0.125}
    tree["nodes"][5]["kinds"] = {"jpeg": 0.5, "none": 0.125, "rain": 0.25}
    return tree


def shuffled() -> Tree:
    """Children not in the order of their indices, nodes not in that of their ids, and all confidences 0."""
    tree = example()
    for node in tree["nodes"]:
        node["children"].reverse()
        node["confidence"] = 0.0
    tree["nodes"].reverse()
    return tree


def lone_root() -> Tree:
    """One node, one number."""
    root = _node(7, 0, 0, None, [], 0.0, [0.5])
    root["kinds"] = {"noise": 1.0}
    return {"levels": 1, "grid": 2, "conditioning": "soft", "nodes": [root]}


def full() -> Tree:
    """Four levels, all 15 nodes; odd ids, shares that do not round well, and ties between kinds."""
    numbers, nodes = stream(11), []
    for level in range(4):
        for index in range(2**level):
            entry = 2**level - 1 + index
            parent = None if level == 0 else 100 + (entry - 1) // 2
            children = [] if level == 3 else [100 + 2 * entry + 1, 100 + 2 * entry + 2]
            code = [(next(numbers) % 129 - 64) / 48 for _ in range(15)]
            node = _node(100 + entry, level, index, parent, children, 0.5 if level else 0.0, code)
            names = ["camera", "jpeg", "lowlight", "motion", "noise", "none"]
            kinds = {name: (next(numbers) % 10) / 10 for name in names if next(numbers) % 3}
            node["kinds"] = {"camera": 0.3, "noise": 0.1, "lowlight": 0.4} if entry == 9 else kinds
            nodes.append(node)
    return {"levels": 4, "grid": 48, "conditioning": "soft", "nodes": nodes}


TREES = {
    "example": example(),
    "without_kinds": without_kinds(),
    "shuffled": shuffled(),
    "lone_root": lone_root(),
    "full": full(),
    "minor_kinds": minor_kinds(),
}
"""By the name that the vectors cite."""


def node_of(tree: Tree, number: int) -> Node:
    """By its id."""
    return next(node for node in tree["nodes"] if node["id"] == number)


def root_of(tree: Tree) -> Node:
    return next(node for node in tree["nodes"] if node["level"] == 0)


def entry(node: Node) -> int:
    """T2."""
    return int(2 ** node["level"] - 1 + node["index"])


def path_to(tree: Tree, number: int) -> list[int]:
    """The ids from the root to a node."""
    node = node_of(tree, number)
    return [*([] if node["parent"] is None else path_to(tree, node["parent"])), number]


def vectors() -> VectorFile:
    """No cases of its own: what the other files' cases call `tree` stands here."""
    about = "Trees that other files' cases name: shared.trees, name -> a manifest's `tree`."
    file = VectorFile("trees", "T1 T2 B4 R3", about)
    file.shared = {"trees": TREES}
    group = file.group(
        "path",
        "The way to a node that a caller forces (R3).",
        {"tree": "a name in shared.trees", "node": "an id"},
        {"path": "ids from the root to the node", "entry": "where the node's number stands in a mask"},
    )
    for name, tree in TREES.items():
        for node in tree["nodes"]:
            given = {"tree": name, "node": node["id"]}
            group.add(f"{name}: {node['id']}", given, {"path": path_to(tree, node["id"]), "entry": entry(node)})
        missing = {"tree": name, "node": 6}
        group.add(f"{name}: no such node", missing, {"error": "NodeError", "names": ["6"]})
    return file
