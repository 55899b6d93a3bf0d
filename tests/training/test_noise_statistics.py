"""Made-up noise against what was measured on real pairs: phones (SIDD) and cameras' JPEGs (PolyU)."""

import numpy as np
import pytest
from click.testing import CliRunner

from amirnet_training.degradations import kinds, statistics
from amirnet_training.degradations.incamera import InCameraJpeg, blotches
from amirnet_training.degradations.profile import ProfileNoise, spatial, unit_noise
from amirnet_training.degradations.raw import RawNoise
from amirnet_training.degradations.statistics import REAL, correlation, measure, synthesise

CORRELATION, DEVIATION = 0.12, 0.25
"""How far means over random draws may be from the real photos': correlations, and deviations relative to the whole."""


def smooth_photos(darkness: float) -> list[np.ndarray]:
    """Soft pictures with levels from nearly black to nearly white; the greater ``darkness``, the more dark ones."""
    made = []
    for seed in range(6):
        shape = blotches(128, 128, 1, 12, np.random.default_rng(seed))
        tint = 0.15 * blotches(128, 128, 3, 12, np.random.default_rng(100 + seed))
        made.append(np.rint(12 + 220 * (0.5 + 0.5 * np.tanh(shape + tint)) ** darkness).astype(np.uint8))
    return made


@pytest.mark.parametrize(
    ("maker", "real", "darkness"),
    [(RawNoise, "SIDD_full256", 2.0), (ProfileNoise, "SIDD_full256", 2.0), (InCameraJpeg, "PolyU_orig256", 1.0)],
)
def test_made_up_noise_is_like_real_noise(maker, real: str, darkness: float) -> None:
    made, wanted = measure(synthesise(maker.draw, smooth_photos(darkness), rounds=25)), REAL[real]
    print(statistics.table({real: wanted, maker.__name__: made}))
    assert np.abs(made.lags - wanted.lags).max() < CORRELATION
    assert np.abs(made.colours - wanted.colours).max() < CORRELATION
    assert np.abs(made.deviation - wanted.deviation).max() < DEVIATION
    # Weaker and stronger photos than any of the few dozen real ones, and the middle within the real ones' range.
    assert made.psnr[0] < wanted.psnr[0] + 1 and made.psnr[4] > wanted.psnr[4] - 1
    assert wanted.psnr[0] < made.psnr[2] < wanted.psnr[4]


def test_plain_noise_is_not_like_real_noise() -> None:
    """What the comparison is there to find."""
    white = measure(synthesise(lambda _: kinds.GaussianNoise(12), smooth_photos(2.0), rounds=1))
    for wanted in REAL.values():
        assert np.abs(white.lags - wanted.lags).max() > 2 * CORRELATION
        assert np.abs(white.colours - wanted.colours).max() > 2 * CORRELATION
        assert np.abs(white.deviation - wanted.deviation).max() > DEVIATION


def test_profile_noise_has_the_measured_correlations_in_all_directions() -> None:
    wanted, found = spatial(), np.zeros((3, 3, 5, 5))
    noise = unit_noise((512, 512, 3), None, np.random.default_rng(1))
    assert noise.std(axis=(0, 1)) == pytest.approx([1, 1, 1], abs=0.02)
    inner = np.s_[2:-2, 2:-2]
    for dy, dx in np.ndindex(5, 5):
        moved = np.roll(noise, (2 - dy, 2 - dx), (0, 1))[inner]
        for a, b in np.ndindex(3, 3):
            found[a, b, dy, dx] = correlation(noise[inner][..., a], moved[..., b])
    assert np.abs(found - wanted).max() < 0.02


def test_statistics_of_known_noise() -> None:
    rng = np.random.default_rng(0)
    clean = np.full((200, 200, 3), 128, np.uint8)
    clean[100:] = 60
    sigma = np.where(clean == 128, 5, 10) * np.array([1, 0.5, 1])
    shared = rng.standard_normal((200, 200, 1))
    noisy = np.rint(clean + sigma * (0.6**0.5 * shared + 0.4**0.5 * rng.standard_normal((200, 200, 3))))
    found = measure([(noisy.astype(np.uint8), clean)])
    assert found.deviation[3] / found.deviation[2] == pytest.approx([0.5] * 3, rel=0.05)
    assert np.isnan(found.deviation[[0, 1, 4]]).all()
    assert found.colours == pytest.approx([0.6] * 3, abs=0.02) and np.abs(found.lags).max() < 0.03
    assert found.psnr == pytest.approx([10 * np.log10(255**2 / np.mean(sigma**2))] * 5, abs=0.1)


def test_the_command_prints_both(tmp_path, make_photo, write_photo) -> None:
    rng = np.random.default_rng(0)
    for folder in ("SIDD_full256", "PolyU_orig256"):
        write_photo(tmp_path / folder / "gt" / "a.png", make_photo(1))
        write_photo(tmp_path / folder / "noisy" / "a.png", kinds.GaussianNoise(9)(make_photo(1), rng))
    result = CliRunner().invoke(statistics.main, ["--data", str(tmp_path), "--rounds", "1"])
    assert result.exit_code == 0, result.output
    for name in ("SIDD_full256", "RawNoise", "ProfileNoise", "PolyU_orig256", "InCameraJpeg"):
        assert name in result.output
    empty = CliRunner().invoke(statistics.main, ["--data", str(tmp_path / "SIDD_full256")])
    assert empty.exit_code == 1 and "holds no images" in empty.output
