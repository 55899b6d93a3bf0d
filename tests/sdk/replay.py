"""The contract's vectors, as sdk/contract/vectors/README.md describes them: what the tests replay. JSON only."""

import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import amirnet
from amirnet import DegradationTree, TreeNode, errors

CONTRACT = Path(amirnet.__file__).parents[1] / "contract"
VECTORS = CONTRACT / "vectors"
REPLAYED = set()
"""(file, group) that some test asked for."""


@cache
def document(name):
    """The vectors of one file, whole."""
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))


def replay(file, group):
    """Parametrizes a test with all cases of a group: it gets `given` and `expected`."""
    REPLAYED.add((file, group))
    cases = document(file)["groups"][group]["cases"]
    assert cases
    values = [pytest.param(case["given"], case["expected"], id=case["name"]) for case in cases]
    return pytest.mark.parametrize(("given", "expected"), values)


def content(stated):
    """The bytes that an object of the vectors stands for."""
    if "hex" in stated:
        return bytes.fromhex(stated["hex"])
    whole = (VECTORS / stated["file"]).read_bytes()
    found = whole[stated["offset"] : stated["offset"] + stated["length"]]
    assert len(found) == stated["length"]
    return found


def array(stated):
    """The numpy array that an object of the vectors stands for."""
    kind = np.dtype(stated["type"]).newbyteorder("<")
    return np.frombuffer(content(stated), kind).reshape(stated["shape"])


def doubles(numbers):
    return np.array(numbers, dtype=np.float64)


@cache
def tree(name):
    """A tree of trees.json."""
    stated = document("trees")["shared"]["trees"][name]
    lists = ("children", "code")
    nodes = [TreeNode(**{**node, **{key: tuple(node[key]) for key in lists}}) for node in stated["nodes"]]
    return DegradationTree(stated["levels"], stated["grid"], stated["conditioning"], tuple(nodes))


class refused_as:
    """Holds that what runs within is refused as the vectors expect, or, where they expect no error, not at all."""

    def __init__(self, expected):
        self.expected = expected

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        wanted = self.expected.get("error")
        if wanted is None:
            return False
        assert kind is not None, f"nothing was raised, not {wanted}"
        if kind is not getattr(errors, wanted):
            return False
        for text in self.expected.get("names", []):
            assert re.search(rf"(?<![\w.]){re.escape(text)}(?![\w])", str(error)), f"{error}: does not name {text}"
        return True
