"""Nodes that hold no photos give their numbers of the code up."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from amirnet_training.network import AMIRNet, build
from amirnet_training.tree.pruning import LEAST, prune


def network_of(*nodes: int, severity: bool = True) -> AMIRNet:
    torch.manual_seed(0)
    network = build("tiny", 3, severity=severity).eval()
    network.heads.exists[list(nodes)] = True
    return network


def tree_with(shares: dict[int, float]) -> dict[str, Any]:
    return {"nodes": [{"id": node, "share": share} for node, share in shares.items()]}


@pytest.mark.parametrize(
    ("shares", "given_up"),
    [
        ({0: 1, 1: 0.5, 2: 0.5, 3: 0.25, 4: 0.25, 5: 0.5 - LEAST, 6: LEAST}, []),
        ({0: 1, 1: 0.5, 2: 0.5, 3: 0.25, 4: 0.25, 5: 0.4999, 6: 0.0001}, [6]),
        ({0: 1, 1: 0.001, 2: 0.999, 3: 0.001, 4: 0.0, 5: 0.5, 6: 0.499}, [1, 3, 4]),
        ({0: 1, 1: 0.001, 2: 0.999, 3: 0.01, 4: 0.01, 5: 0.5, 6: 0.499}, [1, 3, 4]),  # never a child without a parent
        ({0: 0.0}, []),
    ],
)
def test_which_nodes_are_given_up(shares: dict[int, float], given_up: list[int]) -> None:
    network = network_of(*shares)
    assert prune(network, tree_with(shares)) == given_up
    assert network.heads.exists.nonzero().flatten().tolist() == [node for node in shares if node not in given_up]


def test_what_is_computed_is_at_first_the_same() -> None:
    shares = {0: 1.0, 1: 0.5, 2: 0.5, 3: 0.25, 4: 0.25, 5: 0.5, 6: 0.0}
    network, plain = network_of(*shares), network_of(*list(shares)[:-1], severity=False)
    prune(network, tree_with(shares))
    probes = torch.rand(4, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    assert torch.equal(network.place(probes).code, plain.place(probes).code)
    assert network.heads.free().tolist() == [False] * 6 + [True]
