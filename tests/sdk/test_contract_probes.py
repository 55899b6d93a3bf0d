"""Vectors of padding, probes, trees and walks, replayed (CONTRACT N1, P, D, T)."""

import numpy as np
from replay import array, doubles, refused_as, replay, tree

from amirnet import ProbePlan
from amirnet.runtime.kinds import allowed_for, commonest, likelihoods, shares
from amirnet.runtime.padding import crop, source_coordinates, to_tensor
from amirnet.runtime.probe_plan import average


@replay("padding", "coordinates")
def test_padding(given, expected):
    assert source_coordinates(given["first"], given["end"], given["n"]).tolist() == expected["read_from"]


@replay("padding", "rectangle")
def test_rectangle(given, expected):
    box = (given[key] for key in ("left", "top", "width", "height"))
    np.testing.assert_array_equal(crop(array(given["photo"]), *box), array(expected["pixels"]))


@replay("padding", "numbers")
def test_numbers(given, expected):
    pixels = array(given["levels"]).reshape(1, -1, 1)
    assert to_tensor(pixels).ravel().tobytes() == array(expected["numbers"]).tobytes()


@replay("probes", "plan")
def test_probe_plan(given, expected):
    plan = ProbePlan(given["width"], given["height"], given["size"], given["probes_per_side"])
    assert (list(plan.columns), list(plan.rows)) == (expected["x"], expected["y"])
    assert list(plan) == [(x, y) for y in expected["y"] for x in expected["x"]]


@replay("probes", "gather")
def test_gathered(given, expected):
    photo = array(given["photo"])
    plan = ProbePlan(photo.shape[1], photo.shape[0], given["size"], given["probes_per_side"])
    np.testing.assert_array_equal(plan.gather(lambda top, bottom: photo[top:bottom]), array(expected["probes"]))


@replay("probes", "average")
def test_average(given, expected):
    mask, value = (np.array(given[key], np.float32) for key in ("mask", "value"))
    assert (mask.tolist(), value.tolist()) == (given["mask"], given["value"]), "they are float32"
    found = average(mask, value, given["trim"])
    assert [part.tolist() for part in found] == [expected["mask"], expected["soft_code"]]


@replay("trees", "path")
def test_path(given, expected):
    with refused_as(expected):
        assert list(tree(given["tree"]).path_to(given["node"])) == expected["path"]
        assert tree(given["tree"]).node(given["node"]).entry == expected["entry"]


@replay("walk", "walk")
def test_walk(given, expected):
    walk = tree(given["tree"]).walk(doubles(given["mask"]))
    assert list(walk.path) == expected["path"]
    assert list(walk.confidences) == expected["probabilities"]
    assert walk.confidence == expected["confidence"]


@replay("walk", "kinds")
def test_kinds(given, expected):
    node = tree(given["tree"]).node(given["node"])
    assert (shares(node), commonest(node)) == (expected["shares"], expected["commonest"])


@replay("walk", "restricted")
def test_restricted(given, expected):
    its, mask = tree(given["tree"]), doubles(given["mask"])
    with refused_as(expected):
        walk = its.walk(mask, allowed_for(its, set(given["kinds"])))
        assert list(walk.path) == expected["path"]
        assert list(walk.confidences) == expected["probabilities"]
        assert (walk.path != its.walk(mask).path) == expected["stored"]


@replay("walk", "likelihoods")
def test_likelihoods(given, expected):
    found = likelihoods(tree(given["tree"]), doubles(given["mask"]))
    assert found == expected["likelihoods"]
    assert list(found) == sorted(found, key=lambda kind: (-found[kind], kind)), "the likeliest first"
