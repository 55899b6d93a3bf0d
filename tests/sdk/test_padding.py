"""Padding: reflect-101 once, then the edge."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amirnet.runtime.padding import crop, picked, source_coordinates, to_tensor


@pytest.mark.parametrize(
    ("start", "stop", "length", "expected"),
    [
        (-3, 7, 4, [3, 2, 1, 0, 1, 2, 3, 2, 1, 0]),
        (-4, 6, 3, [2, 2, 2, 1, 0, 1, 2, 1, 0, 0]),  # a reflection that still lies outside is clamped
        (-2, 3, 1, [0, 0, 0, 0, 0]),
        (10, 12, 5, [0, 0]),
    ],
)
def test_coordinates_are_reflected_once_then_clamped(start, stop, length, expected):
    assert source_coordinates(start, stop, length).tolist() == expected


@given(st.integers(2, 40), st.integers(0, 39))
def test_a_long_enough_side_is_numpys_reflect(length, margin):
    margin = min(margin, length - 1)
    expected = np.pad(np.arange(length), margin, mode="reflect")
    np.testing.assert_array_equal(source_coordinates(-margin, length + margin, length), expected)


@given(st.integers(1, 30), st.integers(-100, 100), st.integers(1, 60))
def test_coordinates_stay_inside(length, start, count):
    at = source_coordinates(start, start + count, length)
    assert at.min() >= 0
    assert at.max() < length


def test_crop_takes_rows_from_y_and_columns_from_x():
    photo = np.zeros((2, 3, 3), np.uint8)
    photo[..., 0] = [[0, 1, 2], [10, 11, 12]]
    assert crop(photo, left=1, top=-1, width=3, height=2)[..., 0].tolist() == [[11, 12, 11], [1, 2, 1]]


@given(st.integers(1, 12), st.integers(1, 12), st.integers(-15, 15), st.integers(-15, 15))
def test_picked_is_every_pixel_by_its_coordinates(height, width, top, left):
    photo = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    rows, columns = source_coordinates(top, top + 9, height), source_coordinates(left, left + 7, width)
    np.testing.assert_array_equal(picked(photo, rows, columns), photo[rows[:, None], columns[None, :]])


def test_tensor_is_planar_and_divided_by_255():
    photo = np.arange(2 * 2 * 3, dtype=np.uint8).reshape(2, 2, 3) * 20
    tensor = to_tensor(photo)
    assert tensor.dtype == np.float32
    assert tensor.shape == (3, 2, 2)
    assert tensor[1, 0, 1] == np.float32(80) / np.float32(255)
    assert to_tensor(np.full((1, 1, 3), 255, np.uint8)).max() == 1.0
    levels = np.arange(256, dtype=np.uint8).reshape(2, 8, 16, 1)
    wanted = (levels.astype(np.float32) / np.float32(255)).transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(to_tensor(levels), wanted)
