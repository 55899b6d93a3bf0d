"""CONTRACT.md's tables of light, kinds and strength, read from the document and derived by the code."""

import numpy as np
import pytest
from contract_tables import integers, numbers, shares, table, tree

from amirnet import LightCurve
from amirnet.errors import NodeError
from amirnet.runtime.kinds import allowed_for, likelihoods
from amirnet.runtime.level_powers import level_powers
from amirnet.runtime.level_statistics import level_statistics
from amirnet.runtime.light_head import Layer
from amirnet.runtime.strength import mixed, parts_of


@pytest.mark.parametrize("row", table("restricted"), ids=str)
def test_restricted(row):
    mask, wanted = np.array(numbers(row["averaged mask"])), set(row["kinds"].split())
    if row["path"] == "NodeError":
        with pytest.raises(NodeError):
            allowed_for(tree(), wanted)
        return
    walk = tree().walk(mask, allowed_for(tree(), wanted))
    assert list(walk.path) == integers(row["path"])
    assert list(walk.confidences) == numbers(row["probabilities"])
    assert {"C1": True, "stored": False}[row["code"]] == (walk.path == tree().walk(mask).path)


@pytest.mark.parametrize("row", table("likelihoods"), ids=str)
def test_likelihoods(row):
    found = likelihoods(tree(), np.array(numbers(row["averaged mask"])))
    assert list(found.items()) == list(shares(row["likelihoods"]).items()), "in this order"


@pytest.mark.parametrize("row", table("statistics"), ids=str)
def test_statistics(row):
    counts = np.zeros((3, 256), np.int64)
    for pair in row["levels and how many"].split():
        level, count = map(int, pair.split(":"))
        counts[1, level] = count
        counts[0, 0] += count
        counts[2, 255] += count
    levels = [level / 255 for level in integers(row["at 1 10 25 50 75 90 99 percent"])]
    assert level_statistics(counts).tolist() == [0.0] * 8 + levels + [float(row["mean"])] + [1.0] * 8


@pytest.mark.parametrize("row", table("layer"), ids=str)
def test_layer(row):
    layer = Layer((tuple(numbers(row["weights"])),), (float(row["bias"]),))
    assert layer(np.array(numbers(row["z"]))).tolist() == [float(row["sum"])]


@pytest.mark.parametrize("row", table("curve"), ids=str)
def test_curve(row):
    output = numbers(row["output"])
    curve = LightCurve.of(output[:3], output[3:]).scaled(float(row["times"]))
    assert (list(curve.gain), list(curve.bend)) == (numbers(row["gain"]), numbers(row["bend"]))


@pytest.mark.parametrize("row", table("power"), ids=str)
def test_power(row):
    assert float(level_powers(float(row["e"]))[int(row["v"])]) == float(row["power"])


@pytest.mark.parametrize("row", table("table"), ids=str)
def test_table(row):
    tables = LightCurve((float(row["gain"]),) * 3, (float(row["bend"]),) * 3).tables
    for channel in tables:
        assert channel[integers(row["levels"])].tolist() == integers(row["become"])


@pytest.mark.parametrize("row", table("strength"), ids=str)
def test_strength(row):
    photo, restored = (np.array(integers(row[key]), np.uint8) for key in ("photo", "restored"))
    parts = parts_of(float(row["strength"]))
    assert parts == int(row["n"])
    assert mixed(photo, restored, parts).tolist() == integers(row["result"])
