"""Which nodes of the tree a bundle's restorers are folded for (DESIGN section 3.3, CONTRACT G5)."""

from __future__ import annotations

import copy
from typing import Any, Literal

import torch
from torch import Tensor

Fold = Literal["none", "node", "leaf"]
"""`none`: one restorer takes the code. `node`: one restorer for each node. `leaf`: for each leaf, and no walk stops
before one."""
FOLDS: tuple[Fold, ...] = ("none", "node", "leaf")
"""All of them."""


def fold_tree(tree: dict[str, Any], fold: Fold) -> tuple[dict[str, Any], dict[int, Tensor] | None]:
    """The tree as the manifest holds it, and node -> code (K,) of the restorers to fold; None where none is."""
    if fold == "none":
        return tree, None
    tree = copy.deepcopy(tree)
    tree["conditioning"] = "node"
    chosen = [node for node in tree["nodes"] if fold == "node" or not node["children"]]
    if fold == "leaf":
        for node in tree["nodes"]:
            node["confidence"] = 0.0
    return tree, {node["id"]: torch.tensor(node["code"], dtype=torch.float32) for node in chosen}
