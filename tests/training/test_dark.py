"""Photos that are meant to be dark: as dark as was asked for, lamps kept, the same every time."""

from __future__ import annotations

import numpy as np
import pytest

from amirnet_training.evaluation.dark import Darkening, darkened, glow, parse, too_bright
from amirnet_training.evaluation.measure import Row


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_a_factor_takes_all_levels_down(make_photo) -> None:
    photo = make_photo(1)
    came, meant = Darkening(night=False, strength=0.3)(photo, rng())
    assert np.array_equal(came, meant) and came is not meant
    assert np.abs(meant - 0.3 * photo.astype(float)).max() <= 0.5


def test_a_drawn_factor_stays_in_its_range(make_photo) -> None:
    photo = make_photo(2)
    ratios = [Darkening(night=False)(photo, np.random.default_rng(seed))[1].mean() / photo.mean() for seed in range(40)]
    assert 0.09 < min(ratios) < 0.2 and 0.4 < max(ratios) < 0.51


def test_a_night_keeps_its_lamps() -> None:
    street = np.full((32, 32, 3), 90, np.uint8)
    street[:4, :4] = 255
    _, meant = Darkening(night=True)(street, rng())
    assert (meant[:4, :4] == 255).all() and meant[8:, 8:].max() < 40


def test_noise_is_in_what_came_and_not_in_what_is_meant() -> None:
    gray = np.full((128, 128, 3), 200, np.uint8)
    came, meant = Darkening(night=False, strength=0.5, noise=True)(gray, rng())
    assert (meant == 100).all()
    assert 2 < came.std() < 12 and abs(came.mean() - 100) < 0.5


def test_a_folder_is_darkened_the_same_every_time(data_root) -> None:
    first, again = (list(darkened(data_root / "clean", parse("night+noise"))[1]) for _ in range(2))
    assert [sample.name for sample in first] == [f"photo{index}" for index in range(8)]
    for one, other in zip(first, again, strict=True):
        assert np.array_equal(one.degraded, other.degraded) and np.array_equal(one.clean, other.clean)
    assert not np.array_equal(first[0].degraded - first[0].clean, first[1].degraded - first[1].clean)


@pytest.mark.parametrize(
    ("spec", "meant"),
    [
        ("dim", Darkening(False)),
        ("dim:0.25+noise", Darkening(False, 0.25, True)),
        ("night", Darkening(True)),
        ("night:3+noise", Darkening(True, 3.0, True)),
    ],
)
def test_specs(spec: str, meant: Darkening) -> None:
    assert parse(spec) == meant


@pytest.mark.parametrize("spec", ["", "dusk", "dim:", "dim:0", "dim:1.5", "night:0.5", "dim+fog", "dim:-1"])
def test_specs_that_are_none(spec: str) -> None:
    with pytest.raises(ValueError, match=r"use dim|mend the number"):
        parse(spec)


def test_brightened_counts_from_the_brighter_of_what_came_and_what_is_meant() -> None:
    def row(brightened: float, exposure: float) -> Row:
        return Row("a", 30.0, 30.0, 0.5, 0.5, 0, 1.0, brightened, exposure)

    assert glow(row(1.0, 1.6)) == 1.0, "noise cut off at black made the input brighter: nothing was brightened"
    assert glow(row(1.3, 1.3)) == 1.3 and glow(row(2.0, 1.05)) == 1.05
    assert too_bright([row(1.3, 1.3), row(1.1, 1.1), row(1.0, 1.6), row(2.0, 1.05)]) == 1
