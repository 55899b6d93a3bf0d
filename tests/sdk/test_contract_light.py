"""Vectors of light and transparency, replayed (CONTRACT N2, N4, E1-E6)."""

import numpy as np
from replay import array, doubles, refused_as, replay

from amirnet import LightCurve
from amirnet.bundle.json_fields import Fields
from amirnet.bundle.light_fields import light_head
from amirnet.photo.photo_encoder import to_8_bits
from amirnet.runtime.level_powers import level_powers
from amirnet.runtime.level_statistics import count_levels, level_statistics
from amirnet.runtime.light_head import Layer
from amirnet.runtime.transparency import BLOCK, HiddenFill, fill_hidden


@replay("transparency", "fill")
def test_fill(given, expected):
    photo, hidden = array(given["photo"]), array(given["alpha"]) == 0
    np.testing.assert_array_equal(fill_hidden(photo, hidden), array(expected["photo"]))
    bands = [(top, photo[top : top + BLOCK], hidden[top : top + BLOCK]) for top in range(0, len(photo), BLOCK)]
    fill = HiddenFill((pixels, below) for _, pixels, below in bands)
    np.testing.assert_array_equal(np.concatenate([fill.band(*band) for band in bands]), array(expected["photo"]))


@replay("transparency", "deep")
def test_deep_samples(given, expected):
    samples = np.array(given["samples"], np.uint16).reshape(1, -1, 1)
    assert to_8_bits(samples).ravel().tolist() == expected["levels"]


@replay("lights", "statistics")
def test_statistics(given, expected):
    counts = np.zeros((3, 256), np.int64)
    for level, count in given["counts"]:
        counts[1, level] = count
        counts[0, 0] += count
        counts[2, 255] += count
    assert level_statistics(counts).tolist() == [0.0] * 8 + expected["numbers"] + [1.0] * 8


@replay("lights", "probes")
def test_statistics_of_probes(given, expected):
    assert level_statistics(count_levels(array(given["probes"]))).tolist() == expected["numbers"]


@replay("lights", "layer")
def test_layer(given, expected):
    layer = Layer(tuple(map(tuple, given["weights"])), tuple(given["bias"]))
    assert layer(doubles(given["numbers"])).tolist() == expected["sums"]


@replay("lights", "head")
def test_head(given, expected):
    code = np.array(given["code"], np.float32)
    with refused_as(expected):
        curve = light_head(Fields(given["light"], "light"), len(code)).curve(code, doubles(given["numbers"]), "toy")
        assert (list(curve.gain), list(curve.bend)) == (expected["gain"], expected["bend"])


@replay("lights", "curve")
def test_curve(given, expected):
    curve = LightCurve.of(given["output"][:3], given["output"][3:]).scaled(given["times"])
    assert (list(curve.gain), list(curve.bend)) == (expected["gain"], expected["bend"])


@replay("lights", "power")
def test_power(given, expected):
    assert float(level_powers(given["exponent"])[given["level"]]) == expected["power"]


@replay("lights", "table")
def test_table(given, expected):
    for table in LightCurve((given["gain"],) * 3, (given["bend"],) * 3).tables:
        assert table.tolist() == expected["table"]


@replay("lights", "applied")
def test_applied(given, expected):
    lit = LightCurve(tuple(given["gain"]), tuple(given["bend"])).applied(array(given["photo"]))
    np.testing.assert_array_equal(lit, array(expected["photo"]))
