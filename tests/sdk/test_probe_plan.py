"""Probe plan: bounded, spread, deterministic; averaging in plan order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from amirnet import ProbePlan
from amirnet.runtime.probe_plan import average, axis_positions

SIZES = st.one_of(st.integers(1, 3000), st.sampled_from([1, 63, 64, 65, 127, 128, 129, 4000, 16381]))


@given(SIZES, st.sampled_from([1, 8, 64]), st.integers(1, 6))
def test_probes_lie_inside_and_reach_both_ends(length, size, grid):
    positions = axis_positions(length, size, grid)
    assert list(positions) == sorted(set(positions))
    assert 1 <= len(positions) <= grid
    if length <= size:
        assert positions == (0,)
    else:
        assert positions[0] >= 0
        assert positions[-1] + size <= length
        if len(positions) > 1:
            assert positions[0] == 0
            assert positions[-1] + size == length


def test_a_single_probe_is_centred():
    assert axis_positions(100, 64, 1) == (18,)


def test_order_is_rows_first():
    assert list(ProbePlan(100, 130, 64, 4)) == [(0, 0), (36, 0), (0, 33), (36, 33), (0, 66), (36, 66)]


def test_gather_cuts_at_native_resolution():
    photo = np.random.default_rng(0).integers(0, 256, (130, 100, 3), dtype=np.uint8)
    probes = ProbePlan(100, 130, 64, 4).gather(lambda top, bottom: photo[top:bottom])
    assert probes.shape == (6, 64, 64, 3) and probes.dtype == np.uint8
    np.testing.assert_array_equal(probes[3], photo[33:97, 36:100])


def test_gather_pads_a_small_photo():
    photo = np.full((1, 1, 3), 51, np.uint8)
    probes = ProbePlan(1, 1, 64, 4).gather(lambda top, bottom: photo[top:bottom])
    np.testing.assert_array_equal(probes, np.full((1, 64, 64, 3), 51))


def test_average_is_in_float64_and_of_exact_products():
    mask = np.array([[0.1, 0.7], [0.3, 1e-9], [0.6, 0.2]], np.float32)
    value = np.array([[3.0, -1.5], [0.1, 1e9], [7.7, 0.3]], np.float32)
    mean, code = average(mask, value)
    exact, exact_code = [0.0, 0.0], [0.0, 0.0]
    for row in range(3):
        for column in range(2):
            exact[column] += float(mask[row, column])
            exact_code[column] += float(mask[row, column]) * float(value[row, column])
    assert mean.dtype == code.dtype == np.float64
    assert mean.tolist() == [total / 3 for total in exact]
    assert code.tolist() == [total / 3 for total in exact_code]
