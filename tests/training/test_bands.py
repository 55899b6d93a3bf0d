"""How much detail a probe shows by frequency and direction."""

from __future__ import annotations

import math

import pytest
import torch

from amirnet_training.network.bands import DIRECTIONS, FREQUENCIES, HIDDEN, LEVELS, SIDE, Bands, filters


def test_a_filter_sees_detail_and_no_brightness() -> None:
    made = filters()
    assert made.shape == (2 * len(FREQUENCIES) * DIRECTIONS, 1, SIDE, SIDE)
    gray = made[:, 0]
    assert torch.allclose(gray.sum((1, 2)), torch.zeros(len(gray)), atol=1e-5)
    assert torch.allclose(gray.square().sum((1, 2)), torch.ones(len(gray)), atol=1e-5)


@pytest.mark.parametrize("frequency", [3, 9, 14])
@pytest.mark.parametrize("direction", range(DIRECTIONS))
def test_a_wave_is_found_in_its_own_band(frequency: int, direction: int) -> None:
    angle = math.pi * direction / DIRECTIONS
    y, x = torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="ij")
    wave = (2 * math.pi * FREQUENCIES[frequency] * (x * math.cos(angle) + y * math.sin(angle)) + 0.4).sin()
    compared = Bands().compared((0.5 + 0.1 * wave).expand(1, 3, 64, 64))
    strong = compared.view(len(LEVELS), len(FREQUENCIES), DIRECTIONS, 2)[-1].sum(dim=2)
    assert int(strong.argmax()) == frequency * DIRECTIONS + direction


def test_four_times_the_detail_is_as_much_more_whatever_its_strength() -> None:
    bands, noise = Bands(), torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    sums = [float(bands.compared(0.5 + strength * noise).sum()) for strength in (0.01, 0.04, 0.16)]
    assert sums[1] - sums[0] == pytest.approx(sums[2] - sums[1], rel=0.1)


def test_colour_precision_and_brightness_change_little() -> None:
    bands, photo = Bands(), torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(2))
    wanted = bands(photo)
    assert wanted.shape == (2, HIDDEN) and bool((wanted.abs() < 1).all())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.allclose(bands.compared(photo), bands.compared(photo.double().float()))
        assert bands.compared(photo).dtype == torch.float32
    darker = bands.compared(photo * 0.5), bands.compared(photo * 0.5 + 0.4)
    assert torch.allclose(*darker, atol=1e-3), "detail on a brighter ground is the same detail"


def test_standardised_comparisons_tell_the_same() -> None:
    bands, photo = Bands(), torch.rand(8, 3, 64, 64, generator=torch.Generator().manual_seed(3))
    compared, wanted = bands.compared(photo), bands(photo)
    for some in (compared, compared[:4]):  # once more too
        bands.standardise(some)
        assert torch.allclose(bands.middle, some.mean(0)) and not torch.equal(
            bands.spread, torch.ones(len(bands.spread))
        )
        assert torch.allclose(bands(photo), wanted, atol=1e-4)
    found = compared
    for weight, bias in bands.layers():
        found = torch.nn.functional.softsign(found @ weight.T + bias)
    assert torch.allclose(found, wanted, atol=1e-4), "as the formats write it"
