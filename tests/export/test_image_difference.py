"""The meter of every parity check is checked itself: wrap-around, range, NaN, layout."""

from __future__ import annotations

import numpy as np
import pytest

from amirnet_export.errors import ImageDifferenceError
from amirnet_export.image_difference import display_levels, image_difference


def photo(kind: type = np.float32) -> np.ndarray:
    """(1, 3, 20, 30): whole levels from 30 to 220, as uint8 or as float in [0, 1]."""
    levels = np.random.default_rng(1).integers(30, 221, (1, 3, 20, 30)).astype(np.uint8)
    return levels if kind is np.uint8 else (levels / 255).astype(kind)


@pytest.mark.parametrize("kind", [np.uint8, np.float32, np.float64])
def test_identical(kind: type) -> None:
    assert image_difference(photo(kind), photo(kind)) == (0, 0.0, 100.0)


@pytest.mark.parametrize("kind", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("step", [-1, 1])
def test_one_level_off(kind: type, step: int) -> None:
    moved = photo(np.uint8).astype(int) + step
    moved = moved.astype(np.uint8) if kind is np.uint8 else (moved / 255).astype(kind)
    assert image_difference(moved, photo(kind)) == (1, 0.0, pytest.approx(20 * np.log10(255)))


@pytest.mark.parametrize("order", [1, -1])
def test_no_wrap_around_in_uint8(order: int) -> None:
    dark, light = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 16, np.uint8)
    found = image_difference(*[dark, light][::order])
    assert found == (16, 1.0, pytest.approx(20 * np.log10(255 / 16)))
    black, white = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 255, np.uint8)
    assert image_difference(*[black, white][::order]) == (255, 1.0, 0.0)


def test_share_counts_numbers_or_pixels() -> None:
    moved = photo(np.uint8)
    moved[0, 0, 0, :6] += 2
    moved[0, 1, 0, :3] += 5
    moved[0, 2, 5, 0] += 1
    assert image_difference(moved, photo(np.uint8))[:2] == (5, 9 / 1800)
    assert image_difference(moved, photo(np.uint8), axis=-3)[:2] == (5, 6 / 600)


def test_psnr_is_that_of_the_levels() -> None:
    moved = photo(np.uint8)
    moved[0, 0, 0, :6] += 3
    assert image_difference(moved, photo(np.uint8)).psnr == pytest.approx(10 * np.log10(255**2 / (6 * 9 / 1800)))
    nearly = np.zeros((8000, 8000), np.uint8)
    nearly[0, 0] = 1
    assert image_difference(nearly, np.zeros_like(nearly)) == (1, 0.0, 100.0), "108 dB would outrank equality"


def test_halves_round_up_and_what_lies_outside_is_clipped() -> None:
    values = np.array([-3, -1e-9, 0, 0.5 / 255, 0.4999 / 255, 127.5 / 255, 254.4 / 255, 1, 1.5])
    assert display_levels(values).tolist() == [0, 0, 0, 1, 0, 128, 254, 255, 255]
    assert image_difference(np.full((2, 2), 7.0), np.ones((2, 2))) == (0, 0.0, 100.0)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("side", [0, 1])
def test_what_is_not_finite_is_an_error_and_not_a_pass(bad: float, side: int) -> None:
    images = [photo(), photo()]
    images[side][0, 1, 2, 3] = bad
    with pytest.raises(ImageDifferenceError, match="NaN or an infinity"):
        image_difference(*images)


def test_a_swapped_layout_does_not_pass() -> None:
    with pytest.raises(ImageDifferenceError, match="one layout"):
        image_difference(photo(), photo().transpose(0, 2, 3, 1))
    square = photo()[..., :20, :20]
    assert image_difference(square, square.swapaxes(2, 3)).share_over_1 > 0.5
    assert image_difference(photo(), photo()[:, ::-1]).share_over_1 > 0.3, "BGR is not RGB"


@pytest.mark.parametrize(
    ("one", "two", "why"),
    [
        (photo(np.uint8), photo(np.float32), "one type"),
        (photo(np.float32), photo(np.float64), "one type"),
        (photo(np.uint8), photo(np.uint8)[0], "one layout"),
        (photo(np.uint8).astype(np.int32), photo(np.uint8).astype(np.int32), "has no levels"),
        (photo()[:, :0], photo()[:, :0], "no number"),
    ],
)
def test_what_cannot_be_compared(one: np.ndarray, two: np.ndarray, why: str) -> None:
    with pytest.raises(ImageDifferenceError, match=why):
        image_difference(one, two)
