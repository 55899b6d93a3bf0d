"""The light's tables, statistics and head: exact, monotone, and refused where they make no sense."""

import json
import math
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import amirnet
from amirnet import LightCurve, ModelBundle
from amirnet.errors import EngineError, ManifestError
from amirnet.runtime import level_powers
from amirnet.runtime.level_statistics import PERCENTS, count_levels, level_statistics, mean_level
from amirnet.runtime.light_head import Layer, LightHead

CONSTANTS = json.loads(Path(amirnet.__file__).parents[1].joinpath("contract", "light.json").read_text("utf-8"))

gains, bends = st.floats(0, 255), st.floats(0, 15)


def test_the_runtime_has_the_contracts_constants():
    assert level_powers._LOG2.tolist() == CONSTANTS["log2"]
    assert list(level_powers._EXP2) == CONSTANTS["exp2"]


def test_the_constants_are_what_they_are_called():
    with localcontext() as context:
        context.prec = 60
        two = Decimal(2).ln()
        wanted = [float((Decimal(v) / 255).ln() / two) for v in range(1, 256)]
        terms = [float(two**k / math.factorial(k)) for k in range(15)]
    assert CONSTANTS["log2"] == [0.0, *wanted]
    assert CONSTANTS["exp2"] == terms
    np.testing.assert_allclose(wanted, [math.log2(v) - math.log2(255) for v in range(1, 256)], rtol=0, atol=4e-15)


@given(st.floats(1 / 16, 1))
def test_powers_are_powers(exponent):
    found = level_powers.level_powers(exponent)[1:]
    np.testing.assert_allclose(found, [(v / 255) ** exponent for v in range(1, 256)], rtol=2e-14)


def test_no_light_changes_nothing():
    curve = LightCurve((0.0,) * 3, (0.0,) * 3)
    assert curve.is_identity
    np.testing.assert_array_equal(curve.tables, np.tile(np.arange(256), (3, 1)))
    photo = np.zeros((2, 2, 3), np.uint8)
    assert curve.applied(photo) is photo


@given(st.tuples(gains, gains, gains), st.tuples(bends, bends, bends), st.floats(0, 4))
def test_tables_never_fall_and_never_darken(gain, bend, times):
    curve = LightCurve.of(gain, bend).scaled(times)
    tables = curve.tables.astype(int)
    assert (np.diff(tables) >= 0).all()
    assert (tables >= np.arange(256)).all()
    assert (tables[:, 0] == 0).all() and (tables[:, 255] == 255).all()


@given(gains, bends, st.integers(1, 255))
def test_a_table_is_the_curve(gain, bend, level):
    wanted = 255 * (1 + gain) * (level / 255) ** (1 / (1 + bend))
    found = LightCurve((gain,) * 3, (bend,) * 3).tables[1, level]
    assert abs(min(wanted, 255) - float(found)) <= 0.5 + 1e-9


def test_each_channel_has_its_own_table():
    curve = LightCurve((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    photo = np.full((2, 3, 3), 40, np.uint8)
    np.testing.assert_array_equal(curve.applied(photo)[1, 2], [80, 101, 40])
    assert photo.max() == 40, "a copy"


@pytest.mark.parametrize("width", [0, 1, 2, 7, 8])
def test_two_pixels_at_a_time_are_as_one_at_a_time(width):
    curve = LightCurve((3.0, 0.5, 0.0), (0.0, 1.0, 2.0))
    photo = np.random.default_rng(width).integers(0, 256, (5, 9, 3), dtype=np.uint8)
    part = photo[:, :width]
    for pixels in (part, photo[:, 1 : width + 1][::-1], part.copy(order="F")):
        wanted = np.stack([curve.tables[channel][pixels[..., channel]] for channel in range(3)], axis=-1)
        np.testing.assert_array_equal(curve.applied(pixels), wanted)


@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 9))
def test_statistics_are_what_a_sorted_list_says(seed, count, side):
    rng = np.random.default_rng(seed)
    probes = np.clip(rng.normal(90, 60, (count, side, side, 3)), 0, 255).astype(np.uint8)
    found = level_statistics(count_levels(probes)).reshape(3, 8)
    for channel in range(3):
        ordered = np.sort(probes[..., channel].ravel()).tolist()
        places = [-(-percent * len(ordered) // 100) - 1 for percent in PERCENTS]
        assert found[channel, :7].tolist() == [ordered[place] / 255 for place in places]
        assert found[channel, 7] == sum(ordered) / (255 * len(ordered))
    assert mean_level(count_levels(probes)) == pytest.approx(probes.mean())


def test_the_head_is_two_layers(lit_bundle):
    head = ModelBundle.open(lit_bundle).manifest.light
    rng = np.random.default_rng(0)
    code, statistics = rng.normal(size=7).astype(np.float32), rng.random(24)
    z = [*map(float, code), *map(float, statistics)]
    hidden = []
    for row, bias in zip(head.hidden.weights, head.hidden.bias, strict=True):
        for weight, number in zip(row, z, strict=True):
            bias += weight * number
        hidden.append(max(0.0, bias))
    output = []
    for row, bias in zip(head.output.weights, head.output.bias, strict=True):
        for weight, number in zip(row, hidden, strict=True):
            bias += weight * number
        output.append(max(0.0, bias))
    curve = head.curve(code, statistics, "here")
    assert [*curve.gain, *curve.bend] == output
    assert any(number > 0 for number in output) and min(hidden) == 0.0 < max(hidden)


@pytest.mark.parametrize("place", ["hidden", "output"])
def test_numbers_that_are_none_are_refused(place):
    layers = {"hidden": Layer(((1.0,) * 31,), (0.0,)), "output": Layer(((1.0,),) * 6, (0.0,) * 6)}
    size = len(layers[place].weights[0])
    layers[place] = Layer(((1e308,) * size,) * len(layers[place].bias), layers[place].bias)
    with pytest.raises(EngineError, match="here: its light gives NaN or infinity; export the bundle again"):
        LightHead(**layers).curve(np.full(7, 2, np.float32), np.ones(24), "here")


def edited(change):
    def edit(manifest):
        light = {
            "hidden": {"weights": [[0.0] * 31] * 2, "bias": [0.0] * 2},
            "output": {"weights": [[0.0] * 2] * 6, "bias": [0] * 6},
        }
        manifest["light"] = light
        change(light)

    return edit


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda light: light.pop("hidden"), "light: hidden is missing"),
        (lambda light: light.update(output=[]), "light: output is not an object"),
        (lambda light: light["hidden"].update(weights=[[0.0] * 30] * 2), "hidden: weights has a row that is not of 31"),
        (lambda light: light["hidden"].update(bias=[0.0]), "hidden: weights has 2 rows, but bias 1 numbers"),
        (lambda light: light["hidden"].update(weights=[], bias=[]), "light: hidden gives 0 numbers, not 1 to 256"),
        (lambda light: light["hidden"].update(weights=[[0.0] * 31] * 257, bias=[0.0] * 257), "gives 257 numbers"),
        (
            lambda light: light["output"].update(weights=[[0.0] * 2] * 5, bias=[0.0] * 5),
            "output gives 5 numbers, not 6",
        ),
        (lambda light: light["output"].update(weights=[[0.0] * 3] * 6), "output: weights has a row that is not of 2"),
        (lambda light: light["output"].update(weights=[["0"] * 2] * 6), "weights is not a list of lists of finite"),
        (lambda light: light["output"].update(weights=[0.0] * 6), "weights is not a list of lists of finite"),
        (lambda light: light["output"].update(bias=[None] * 6), "bias is not a list of finite numbers"),
    ],
)
def test_a_head_that_is_none_is_refused(reseal, change, problem):
    with pytest.raises(ManifestError, match=problem):
        ModelBundle.open(reseal(edited(change)))


@pytest.mark.parametrize(
    ("kinds", "problem"),
    [
        ([], "kinds is not an object"),
        ({"noise": "much"}, "kinds: noise is not a finite number"),
        ({"noise": 1.5}, "node 0 has a share of noise outside 0 to 1"),
        ({"Noise!": 0.5}, "node 0 has a kind of an odd name, 'Noise!'"),
    ],
)
def test_kinds_that_are_none_are_refused(reseal, kinds, problem):
    with pytest.raises(ManifestError, match=problem):
        ModelBundle.open(reseal(lambda manifest: manifest["tree"]["nodes"][0].update(kinds=kinds)))
