"""What is stored of a tree: a manifest's tree that the SDK takes, and walks as training did."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from amirnet import ModelBundle
from amirnet_training.data.items import Items
from amirnet_training.network import AMIRNet, build
from amirnet_training.tree import finish
from amirnet_training.tree.assignment import Assignment
from amirnet_training.tree.features import FreshCrops, item_codes

FULL, LEFT, ROOT = (0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4, 5), (0,)
"""Nodes that exist: all; node 2 with one child; the root alone."""


def network_of(nodes: tuple[int, ...], seed: int = 0) -> AMIRNet:
    torch.manual_seed(seed)
    network = build("tiny", 3).eval()
    network.heads.exists[:] = False
    network.heads.exists[list(nodes)] = True
    with torch.no_grad():  # untrained features are small: spread the items over the tree
        network.heads.mask.weight *= 30
        network.heads.mask.bias.zero_()
    return network


@pytest.fixture
def described(make_config):
    """described(network) -> the tree, and the items' masks and codes that it came from."""

    def run(network: AMIRNet) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
        config = make_config()
        items = Items(config.data, 30, 3)
        source = FreshCrops(items, 0)
        masks, codes = item_codes(network, source, finish.CROPS, config.train.steps + 1, lambda _: None)
        return finish.describe(network, items, source, config), masks, codes

    return run


@pytest.mark.parametrize("nodes", [FULL, LEFT, ROOT], ids=["full", "one child", "root alone"])
def test_the_sdk_takes_the_tree(described, reseal, nodes: tuple[int, ...]) -> None:
    tree, _, codes = described(network_of(nodes))
    opened = ModelBundle.open(reseal(lambda manifest: manifest.update(tree=tree))).tree
    assert [node.id for node in opened.nodes] == list(nodes)
    assert opened.root.share == 1.0 and opened.root.confidence == 0.0
    assert all(opened.node(child).confidence == 0.0 for child in opened.root.children), "no walk ends at the root"
    for node in opened.nodes:
        below = [opened.node(child).share for child in node.children]
        assert not below or sum(below) == pytest.approx(node.share, abs=2e-4)
        assert all((value * 64).is_integer() and abs(value) <= 1 for value in node.code)
    assert np.abs(np.array(opened.root.code) - codes.mean(axis=0)).max() <= 0.5 / 64 + 1e-9


@pytest.mark.parametrize("nodes", [FULL, LEFT, ROOT], ids=["full", "one child", "root alone"])
def test_training_walks_as_the_runtime_does(described, reseal, nodes: tuple[int, ...]) -> None:
    network = network_of(nodes, seed=4)
    tree, masks, _ = described(network)
    sure = {**tree, "nodes": [{**node, "confidence": 0.0} for node in tree["nodes"]]}
    opened = ModelBundle.open(reseal(lambda manifest: manifest.update(tree=sure))).tree
    walked = finish.walk_down(masks, network.heads.exists.numpy(), 3)
    ties = np.tile([1.0, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25], (1, 1))
    masks = np.concatenate([masks, ties])
    walked = np.concatenate([walked, finish.walk_down(ties, network.heads.exists.numpy(), 3)])
    for mask, path in zip(masks, walked, strict=True):
        assert opened.walk(mask).path == tuple(path[path >= 0])


def test_a_node_that_nobody_reaches(described, reseal) -> None:
    network = network_of(FULL)
    with torch.no_grad():
        network.heads.mask.bias[2] = -1e3  # nobody goes to node 2 or below
    tree, _, _ = described(network)
    by_id = {node["id"]: node for node in tree["nodes"]}
    for lost, parent in ((2, 0), (5, 2), (6, 2)):
        assert by_id[lost]["share"] == 0.0 and by_id[lost]["label"] == "" and by_id[lost]["kinds"] == {}
        assert by_id[lost]["code"] == by_id[parent]["code"], "walking into it changes nothing"
    ModelBundle.open(reseal(lambda manifest: manifest.update(tree=tree)))


def test_masks_that_are_zero_for_both_children() -> None:
    masks = np.array([[1.0, 0.0, 0.0]] * 4)
    exists = np.ones(3, bool)
    with np.errstate(all="raise"):
        assert finish._confidence(1, masks, np.ones(4, bool), exists) == 0.5


def test_confidence_stops_the_least_sure_of_a_nodes_own_photos() -> None:
    sure = np.linspace(0.51, 0.99, 200)
    masks = np.stack([np.ones(200), sure, 1 - sure], axis=1)
    exists, here = np.ones(3, bool), np.ones(200, bool)
    here[sure > 0.95] = False  # photos of elsewhere do not count
    here[sure < 0.60] = False
    found = finish._confidence(1, masks, here, exists)
    assert (found * 64).is_integer() and 0.5 < found < 1
    stopped = (sure[here] < found).mean()
    assert stopped <= finish.UNSURE_SHARE < (sure[here] < found + 1 / 64).mean()
    assert finish._confidence(0, masks, here, exists) == 0.0, "everybody is at the root"
    assert finish._confidence(1, masks, np.zeros(200, bool), exists) == 63 / 64, "nobody went there in training"
    exists[2] = False
    assert finish._confidence(1, masks, here, exists) == 0.0, "an only child is certain"


def test_labels_name_the_commonest_kinds() -> None:
    kinds = np.array(["noise"] * 12 + ["jpeg"] * 7 + ["none"])
    assert finish._label(kinds) == "noise 0.60, jpeg 0.35"
    assert finish._label(kinds[:0]) == ""


def test_assignments_count_grown_levels() -> None:
    assignment = Assignment(5, 3)
    assert assignment.depth == 0
    assignment.labels[:, 1] = [0, 1, 1, 0, 0]
    assert assignment.depth == 1
    assert assignment.nodes(1).tolist() == [1, 2]
    sums, counts = assignment.sums(assignment.of(torch.tensor([0, 1, 2])), torch.eye(3, 7))
    assert counts.tolist() == [3, 1, 2, 0, 0, 0, 0]
    assert sums[2].tolist() == [0, 1, 1, 0, 0, 0, 0]
    assert not sums[3:].any(), "a level that has not been grown adds nothing"


def test_nodes_are_drawn_by_step_and_lie_on_the_path() -> None:
    assignment = Assignment(400, 3)
    assignment.labels[:, 1] = 1
    labels = assignment.of(torch.arange(400))
    nodes = assignment.draw_nodes(labels, 0.5, 9, 7)
    assert set(nodes.tolist()) == {-1, 0, 2}
    assert float((nodes >= 0).float().mean()) == pytest.approx(0.5, abs=0.08)
    assert torch.equal(nodes, assignment.draw_nodes(labels, 0.5, 9, 7)), "a resumed run draws the same"
    assert not torch.equal(nodes, assignment.draw_nodes(labels, 0.5, 9, 8))
    assert not torch.equal(nodes, assignment.draw_nodes(labels, 0.5, 8, 7))
    assert (assignment.draw_nodes(labels, 0.0, 9, 7) == -1).all()
    assert set(assignment.draw_nodes(labels, 1.0, 9, 7).tolist()) == {0, 2}


@pytest.mark.parametrize("world", [2, 4])
def test_processes_draw_the_nodes_that_one_would(world: int) -> None:
    assignment = Assignment(64, 3)
    assignment.labels[:, 1] = np.arange(64) % 2
    assignment.labels[:, 2] = np.arange(64) % 4
    labels = assignment.of(torch.arange(64))
    whole = assignment.draw_nodes(labels, 0.5, 3, 11)
    for rank in range(world):
        share = assignment.draw_nodes(labels[rank::world], 0.5, 3, 11, rank, world)
        assert torch.equal(share, whole[rank::world])


def test_a_nodes_kinds_are_their_shares(described, reseal) -> None:
    tree, _, _ = described(network_of(FULL))
    for node in tree["nodes"]:
        assert sum(node["kinds"].values()) == pytest.approx(1.0 if node["share"] else 0.0, abs=2e-4)
    root = tree["nodes"][0]["kinds"]
    assert set(root) == {"none", "noise", "defocus", "lowlight"}
    children = [tree["nodes"][number] for number in (1, 2)]
    for kind, share in root.items():
        below = sum(child["share"] * child["kinds"].get(kind, 0.0) for child in children)
        assert below == pytest.approx(share, abs=3e-4)
    opened = ModelBundle.open(reseal(lambda manifest: manifest.update(schema="1.2", tree=tree))).tree
    assert [dict(node.kinds) for node in opened.nodes] == [node["kinds"] for node in tree["nodes"]]
