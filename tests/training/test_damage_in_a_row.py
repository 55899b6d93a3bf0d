"""What photos have been through beside one damage: noise that lost its colour, and a JPEG afterwards."""

import numpy as np
import pytest

from amirnet_training.degradations import KINDS, draw
from amirnet_training.degradations.kinds import CameraNoise, Defocus, GaussianNoise, Jpeg, Recompressed


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("common", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("make", [lambda c: GaussianNoise(20, c), lambda c: CameraNoise(1e-3, 2e-2, 0.5, c)])
def test_colours_have_the_stated_correlation_and_the_noise_its_strength(make, common) -> None:
    gray = np.full((256, 256, 3), 128, np.uint8)
    noise = make(common)(gray, rng()).astype(np.float64) - 128
    found = np.corrcoef(noise.reshape(-1, 3).T)
    assert found[[0, 0, 1], [1, 2, 2]] == pytest.approx(common, abs=0.02)
    assert noise.std() == pytest.approx((make(0.0)(gray, rng(1)).astype(np.float64) - 128).std(), rel=0.03)


def test_a_jpeg_comes_after_the_damage(make_photo) -> None:
    photo = make_photo(1)
    both = Recompressed(Defocus(2.0), Jpeg(80))
    assert (both.kind, both.margin) == ("defocus", Defocus(2.0).margin + Jpeg(80).margin)
    assert np.array_equal(both(photo, rng()), Jpeg(80)(Defocus(2.0)(photo, rng()), rng()))
    assert not np.array_equal(both(photo, rng()), Defocus(2.0)(Jpeg(80)(photo, rng()), rng()))


@pytest.mark.parametrize("kind", KINDS)
def test_shares_decide_how_often(kind) -> None:
    drawn = [draw(kind, rng(seed), common_noise=0.4, recompressed=0.25, dimmed=0) for seed in range(400)]
    saved = np.mean([isinstance(one, Recompressed) for one in drawn])
    inner = [one.first if isinstance(one, Recompressed) else one for one in drawn]
    simple = [one for one in inner if isinstance(one, GaussianNoise | CameraNoise)]
    assert saved == pytest.approx(0.0 if kind in ("none", "jpeg") else 0.25, abs=0.08)
    assert (len(simple) > 20) == (kind in ("noise", "camera"))
    if simple:
        assert np.mean([one.common > 0 for one in simple]) == pytest.approx(0.4, abs=0.08 if kind == "noise" else 0.2)
    assert all(one.kind == kind for one in drawn)


@pytest.mark.parametrize("kind", KINDS)
def test_shares_of_nothing_draw_as_before(kind) -> None:
    assert draw(kind, rng(3)) == draw(kind, rng(3), common_noise=0.0, recompressed=0.0)
    one, other = rng(3), rng(3)
    draw(kind, one)
    draw(kind, other, common_noise=0.0, recompressed=0.0)
    assert one.random() == other.random()
