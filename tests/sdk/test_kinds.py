"""Kinds of damage: what a user means, which leaves belong to one, and walks that keep to them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from replay import tree

from amirnet.errors import NodeError
from amirnet.runtime.kinds import allowed_for, check_kind, commonest, kind_of, kinds_of, likelihoods, shares

TREE = tree("example")

masks = st.lists(st.floats(0, 1), min_size=7, max_size=7).map(np.array)


def with_kinds(**kinds):
    """The examples' tree with these kinds instead, by node: n3={"noise": 1.0}."""
    return replace(TREE, nodes=tuple(replace(node, kinds=kinds.get(f"n{node.id}", {})) for node in TREE.nodes))


def test_camera_noise_is_noise():
    assert (kind_of("camera"), kind_of("noise"), kind_of("jpeg")) == ("noise", "noise", "jpeg")
    assert shares(TREE.node(3)) == {"lowlight": 0.25, "noise": 0.75}
    assert kinds_of(TREE) == ("jpeg", "lowlight", "motion", "noise", "none")


def test_the_commonest_kind():
    assert [commonest(node) for node in TREE.nodes] == ["motion", None, None, "noise", "lowlight", "jpeg"]
    assert commonest(replace(TREE.root, kinds={"noise": 0.0})) is None


def test_leaves_that_belong_and_what_is_above_them():
    assert allowed_for(TREE, {"noise"}) == {0, 1, 3}
    assert allowed_for(TREE, {"noise", "jpeg"}) == {0, 1, 3, 2, 5}
    assert allowed_for(TREE, {"none"}) == {0, 2, 5}, "the largest share where it is nobody's commonest"
    equal = with_kinds(n3={"none": 0.25, "jpeg": 0.75}, n4={"none": 0.25, "noise": 0.75}, n5={"jpeg": 1.0})
    assert allowed_for(equal, {"none"}) == {0, 1, 3, 4}, "all leaves of the largest share"


@given(masks, st.sets(st.sampled_from(["noise", "lowlight", "jpeg", "none"]), min_size=1))
def test_a_restricted_walk_ends_at_an_allowed_leaf(mask, wanted):
    allowed = allowed_for(TREE, wanted)
    walk = TREE.walk(mask, allowed)
    assert set(walk.path) <= allowed
    assert walk.path == TREE.path_to(walk.node)
    assert not TREE.node(walk.node).children
    assert all(0.0 <= step <= 1.0 for step in walk.confidences)


@given(masks)
def test_a_walk_to_all_leaves_goes_on_from_the_unrestricted_one(mask):
    free = TREE.walk(mask)
    whole = TREE.walk(mask, [node.id for node in TREE.nodes])
    assert whole.path[: len(free.path)] == free.path
    assert whole.confidences[: len(free.path)] == free.confidences


@given(masks)
def test_likelihoods_add_up_and_the_likeliest_comes_first(mask):
    found = likelihoods(TREE, mask)
    if found:
        assert sum(found.values()) == pytest.approx(1)
        assert sorted(found) == list(kinds_of(TREE))
        assert list(found.values()) == sorted(found.values(), reverse=True)


def test_a_tree_without_kinds_says_nothing():
    bare = with_kinds()
    assert (kinds_of(bare), likelihoods(bare, np.ones(7))) == ((), {})
    with pytest.raises(NodeError, match="kind noise: this model does not state what its nodes are for"):
        check_kind(bare, "noise")


def test_a_kind_that_is_none_is_named_with_those_there_are():
    with pytest.raises(NodeError, match="no such kind; choose one of jpeg, lowlight, motion, noise, none"):
        check_kind(TREE, "rain")
    with pytest.raises(NodeError, match="kind motion: no leaf of this model's tree is for it"):
        check_kind(TREE, "motion")
    check_kind(TREE, "camera")
