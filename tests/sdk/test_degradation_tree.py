"""The walk, the code, and trees that are none."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amirnet import DegradationTree, TreeNode
from amirnet.errors import ManifestError, NodeError

ROOT = TreeNode(0, 0, 0, None, (1, 2), 0.0, (0.0,) * 7)
LEFT = TreeNode(1, 1, 0, 0, (3, 4), 0.6, (0.25,) * 7)
RIGHT = TreeNode(2, 1, 1, 0, (5,), 0.6, (0.5,) * 7)
NODES = (
    ROOT,
    LEFT,
    RIGHT,
    TreeNode(3, 2, 0, 1, (), 0.6, (0.75,) * 7),
    TreeNode(4, 2, 1, 1, (), 0.6, (1.0,) * 7),
    TreeNode(5, 2, 3, 2, (), 1.0, (-1.0,) * 7),
)
TREE = DegradationTree(3, 64, "soft", NODES)


def mask(*numbers: float) -> np.ndarray:
    return np.array(numbers, dtype=np.float64)


def test_walk_takes_the_likelier_child_to_the_leaf():
    walk = TREE.walk(mask(1, 0.75, 0.25, 0.1, 0.3, 0.5, 0.1))
    assert walk.path == (0, 1, 4)
    assert walk.confidences == (1.0, 0.75, 0.3 / (0.1 + 0.3))
    assert walk.confidence == 1.0 * 0.75 * (0.3 / (0.1 + 0.3))
    assert walk.node == 4


def test_walk_stops_below_the_childs_confidence_and_not_at_it():
    assert TREE.walk(mask(1, 0.59, 0.41, 0, 1, 0, 0)).path == (0,)
    assert TREE.walk(mask(1, 0.6, 0.4, 0.5, 0.5, 0, 0)).path == (0, 1)


def test_a_tie_takes_the_lower_index_whatever_the_order_of_the_children():
    swapped = replace(ROOT, children=(2, 1))
    brave = [replace(node, confidence=0.0) for node in NODES[1:]]
    assert DegradationTree(3, 64, "soft", (swapped, *brave)).walk(mask(1, 0.5, 0.5, 0.2, 0.2, 0, 0)).path == (0, 1, 3)


def test_an_only_child_is_certain():
    assert TREE.walk(mask(1, 0.1, 0.9, 0.4, 0.4, 0.2, 0.0)).path == (0, 2, 5)


def test_children_without_any_mask_have_probability_zero():
    assert TREE.walk(mask(1, 0, 0, 0, 0, 0, 0)).path == (0,)


def test_soft_code_is_rounded_to_the_grid_down_to_the_nodes_level():
    soft = mask(0.1, -0.1, 0.5 / 64, 9, 9, 9, 9)
    code = TREE.code_for(1, soft)
    assert code.dtype == np.float32
    assert code.tolist() == [6 / 64, -6 / 64, 1 / 64, 0.25, 0.25, 0.25, 0.25]


def test_half_steps_round_up_also_below_zero():
    assert TREE.code_for(0, mask(-0.5 / 64, 0, 0, 0, 0, 0, 0))[0] == 0.0
    assert TREE.code_for(0, mask(-1.5 / 64, 0, 0, 0, 0, 0, 0))[0] == -1 / 64


def test_node_conditioning_and_a_forced_node_give_the_stored_code():
    assert DegradationTree(3, 64, "node", NODES).code_for(4, mask(*[9.0] * 7)).tolist() == [1.0] * 7
    assert TREE.code_for(4).tolist() == [1.0] * 7


@given(st.lists(st.floats(0, 1), min_size=7, max_size=7))
def test_every_walk_is_a_path_of_the_tree(numbers):
    walk = TREE.walk(mask(*numbers))
    assert walk.path == TREE.path_to(walk.node)
    assert len(walk.confidences) == len(walk.path)
    assert all(step >= TREE.node(node).confidence for node, step in zip(walk.path, walk.confidences, strict=True))
    assert 0.0 <= walk.confidence <= 1.0


def test_unknown_node_is_named():
    with pytest.raises(NodeError, match="node 9: the tree has no such node; choose one of 0, 1"):
        TREE.path_to(9)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda nodes: [*nodes, nodes[1]], "same id"),
        (lambda nodes: [*nodes, replace(nodes[1], id=9)], "same level and index"),
        (lambda nodes: nodes[1:], "exactly one node must be the root"),
        (lambda nodes: [replace(nodes[0], code=(0.0,) * 6), *nodes[1:]], "6 code numbers, not 7"),
        (lambda nodes: [replace(nodes[0], code=(0.01,) * 7), *nodes[1:]], "off the steps of 1/64"),
        (lambda nodes: [replace(nodes[0], code=(float("nan"),) * 7), *nodes[1:]], "off the steps of 1/64"),
        (lambda nodes: [replace(nodes[0], confidence=1.5), *nodes[1:]], "outside 0 to 1"),
        (lambda nodes: [replace(nodes[0], children=(1, 7)), *nodes[1:]], "lists child 7"),
        (lambda nodes: [replace(nodes[0], children=(1, 1)), *nodes[1:]], "lists a child twice"),
        (lambda nodes: [replace(nodes[0], children=(1, 3)), *nodes[1:]], "node 0 and its child 3 disagree"),
        (lambda nodes: [replace(nodes[0], children=(1,)), *nodes[1:]], "not among its parent's children"),
        (lambda nodes: [*nodes[:5], replace(nodes[5], level=3)], "level 3 of 3"),
        (lambda nodes: [*nodes[:5], replace(nodes[5], index=4)], "index 4"),
        (lambda nodes: [*nodes[:5], replace(nodes[5], parent=None)], "must have a parent"),
    ],
)
def test_what_is_no_tree_is_refused(change, problem):
    with pytest.raises(ManifestError, match=problem):
        DegradationTree(3, 64, "soft", tuple(change(list(NODES))))
