"""Numbers of the code for severity: nodes that hold next to no photos give theirs up."""

from __future__ import annotations

from typing import Any

import torch

from ..network import AMIRNet

LEAST = 0.002
"""Share of the training photos below which a node is given up: the tree tells nothing apart by it."""


@torch.no_grad()
def prune(network: AMIRNet, tree: dict[str, Any], least: float = LEAST) -> list[int]:
    """Gives up every node of a finished tree, with all below it, that holds less than ``least`` of the photos.

    The values of the numbers that no node owns then begin at 0, so that a network with `severity` computes at first
    what it did before.

    Args:
        network: is changed.
        tree: of the same network, as `finish.describe` makes it.
        least: in 0-1.

    Returns:
        The nodes that were given up.
    """
    given_up = {node["id"] for node in tree["nodes"] if node["id"] and node["share"] < least}
    for node in sorted(node["id"] for node in tree["nodes"]):
        if node and (node - 1) // 2 in given_up:
            given_up.add(node)
    heads = network.heads
    heads.exists[sorted(given_up)] = False
    heads.value.weight[~heads.exists] = 0
    heads.value.bias[~heads.exists] = 0
    return sorted(given_up)
