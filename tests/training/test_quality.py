"""PSNR and SSIM: the metrics are tested too (wrap-around, range, NaN, layout)."""

import math

import numpy as np
import pytest

from amirnet_training.evaluation.quality import measure_quality


def flat(level: int, size: int = 32) -> np.ndarray:
    return np.full((size, size, 3), level, np.uint8)


@pytest.mark.parametrize(("clean", "photo"), [(0, 16), (16, 0), (240, 255), (255, 240)])
def test_differences_do_not_wrap(clean: int, photo: int) -> None:
    expected = 20 * math.log10(255 / abs(clean - photo))
    assert measure_quality(flat(clean), flat(photo)).psnr == pytest.approx(expected)


def test_black_against_white_is_the_worst() -> None:
    quality = measure_quality(flat(0), flat(255))
    assert quality.psnr == pytest.approx(0.0)
    assert quality.ssim < 0.001


def test_equal_photos_are_perfect() -> None:
    quality = measure_quality(flat(77), flat(77))
    assert quality.psnr == math.inf
    assert quality.ssim == 1.0


def test_known_mean_square_error() -> None:
    clean, photo = flat(100), flat(100)
    photo[::2] = 110  # half of the rows differ by 10: mean square error 50
    assert measure_quality(clean, photo).psnr == pytest.approx(10 * math.log10(255**2 / 50))


def test_more_noise_scores_lower() -> None:
    rng = np.random.default_rng(0)
    clean = rng.integers(40, 200, (64, 64, 3)).astype(np.uint8)
    noise = rng.normal(size=clean.shape)
    scores = [measure_quality(clean, np.clip(clean + s * noise, 0, 255).astype(np.uint8)) for s in (2, 8, 30)]
    assert scores[0].psnr > scores[1].psnr > scores[2].psnr
    assert scores[0].ssim > scores[1].ssim > scores[2].ssim


@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        (flat(1).astype(np.float64) / 255, "float64"),
        (np.full((32, 32, 3), np.nan, np.float32), "float32"),
        (flat(1).transpose(2, 0, 1), r"\(3, 32, 32\)"),
        (flat(1)[:, :, 0], r"\(32, 32\)"),
        (flat(1, 31), r"\(31, 31, 3\)"),
        (flat(1, 8), "at least 11"),
    ],
)
def test_what_would_lie_is_refused(photo: np.ndarray, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        measure_quality(flat(1), photo)
