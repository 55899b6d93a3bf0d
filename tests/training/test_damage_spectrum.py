"""What a damage did, by frequency and direction, and that a code learns to tell it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from amirnet_training.config import SPECTRUM_LEVELS
from amirnet_training.damage_spectrum import RADII, SECTORS, SIZE, DamageSpectrum, spectrum
from amirnet_training.degradations.aperture import ApertureBlur
from amirnet_training.degradations.shake import StraightBlur

RINGS = len(RADII) - 1
SIDE, MARGIN = 64, 24


def photos(count: int = 6) -> np.ndarray:
    """Detail of all frequencies: (count, S, S, 3) uint8."""
    rng = np.random.default_rng(5)
    noise = rng.normal(0, 1, (count, *(SIDE + 2 * MARGIN,) * 2, 1)).cumsum(1).cumsum(2)
    noise -= noise.mean((1, 2), keepdims=True)
    sharp = rng.normal(0, 1, noise.shape)
    image = 128 + 30 * noise / noise.std() + 25 * sharp
    return np.repeat(image.clip(0, 255), 3, axis=3).astype(np.uint8)


def inside(images: list[np.ndarray]) -> Tensor:
    cut = np.stack(images)[:, MARGIN:-MARGIN, MARGIN:-MARGIN]
    return torch.from_numpy(cut).permute(0, 3, 1, 2).float() / 255


def of(damage) -> tuple[Tensor, Tensor, Tensor]:
    """Mean transfer (rings, directions), what was added to lightness (rings,) and to colour (rings,)."""
    clean = photos()
    told, trusted, _ = spectrum(inside([damage(image) for image in clean]), inside(list(clean)))
    assert told.shape == trusted.shape == (len(clean), SIZE)
    assert float(trusted.min()) >= 0 and float(trusted.max()) <= 1
    mean, split = told.mean(0), RINGS * SECTORS
    return mean[:split].view(RINGS, SECTORS), mean[split : split + RINGS], mean[split + RINGS :]


def blurred(kernel_blur):
    return lambda image: kernel_blur(image, np.random.default_rng(0))


def test_what_nothing_happened_to_keeps_all_and_gains_nothing() -> None:
    kept, light, colour = of(lambda image: image)
    assert float((kept - 1).abs().max()) < 0.02
    assert float(light.max()) < -0.9 and float(colour.max()) < -0.9


def test_a_wider_aperture_leaves_less_of_every_frequency_in_all_directions_alike() -> None:
    near, far = (of(blurred(ApertureBlur(radius)))[0] for radius in (1.0, 2.5))
    assert bool((far[:4] < near[:4] - 0.1).all())
    for kept in (near, far):
        assert float((kept.amax(1) - kept.amin(1)).max()) < 0.12
        assert bool((kept[:3].mean(1).diff() < 0).all())


@pytest.mark.parametrize(("angle", "spared"), [(0.0, 2), (90.0, 0), (45.0, 1), (135.0, 3)])
def test_motion_spares_the_direction_across_it(angle: float, spared: int) -> None:
    kept, _, _ = of(blurred(StraightBlur(9.0, angle)))
    assert kept[:4].mean(0).argmax() == spared
    others = [sector for sector in range(SECTORS) if sector != spared]
    assert float(kept[:4, spared].mean()) > 2 * float(kept[:4, others].mean())


def test_noise_is_added_at_its_deviation_and_takes_nothing() -> None:
    rng = np.random.default_rng(1)
    kept, light, colour = of(
        lambda image: (image + rng.normal(0, 12, image.shape)).clip(0, 255).round().astype(np.uint8)
    )
    assert float((kept.mean(1) - 1).abs().max()) < 0.1
    # The mean of three channels has 1 / sqrt(3) of their deviation, a difference sqrt(2) times.
    assert light.numpy() == pytest.approx(np.full(RINGS, np.log10(12 / 255 / 3**0.5) + 2), abs=0.06)
    assert colour.numpy() == pytest.approx(np.full(RINGS, np.log10(12 / 255 * 2**0.5) + 2), abs=0.06)


def test_a_darker_photo_has_lost_no_detail() -> None:
    kept, _, _ = of(lambda image: (image * 0.3).round().astype(np.uint8))
    assert float((kept[:3] - 1).abs().max()) < 0.03


def test_flat_photos_are_not_trusted_about_detail() -> None:
    flat = torch.full((2, 3, SIDE, SIDE), 0.5)
    told, trusted, _ = spectrum(flat, flat)
    assert bool(torch.isfinite(told).all())
    assert float(trusted[:, : RINGS * SECTORS].max()) < 1e-3 and float(trusted[:, RINGS * SECTORS :].min()) == 1


def test_a_code_learns_to_tell_how_far_a_blur_reaches() -> None:
    torch.manual_seed(2)
    clean = photos(8)
    damages = [ApertureBlur(radius) for radius in (0.8, 1.2, 1.6, 2.0, 2.4, 2.8, 3.2, 3.6)]
    degraded = inside([blurred(damage)(image) for damage, image in zip(damages, clean, strict=True)])
    codes = torch.nn.Parameter(torch.zeros(8, 7))
    reader = DamageSpectrum(7)
    optimizer = torch.optim.Adam([codes, *reader.parameters()], lr=0.02)
    first = last = None
    for _ in range(200):
        last = reader(codes, degraded, inside(list(clean)))
        first = first or float(last.detach())
        optimizer.zero_grad()
        last.backward()
        optimizer.step()
    assert codes.grad is not None and float(last.detach()) < 0.05 * first


def test_a_spectrum_as_code_tells_brightness_too() -> None:
    clean = inside(list(photos()))
    dark = spectrum((clean * 0.25 * 255).round() / 255, clean)
    assert dark.bright.numpy() == pytest.approx(np.full(len(clean), 0.25), rel=0.02)
    codes = dark.as_code(2**SPECTRUM_LEVELS - 1)
    assert codes.shape == (len(clean), 2**SPECTRUM_LEVELS - 1) and float(codes.abs().max()) < 1
    longer = dark.as_code(63)
    assert torch.equal(longer[:, :SIZE], codes[:, :SIZE]) and torch.equal(longer[:, -1], codes[:, -1])
    with pytest.raises(ValueError, match="use 6 levels or more"):
        dark.as_code(2 ** (SPECTRUM_LEVELS - 1) - 1)
