"""Noise of sensors, of measured phones and of in-camera denoisers: as strong as stated, where it is stated."""

import cv2
import numpy as np
import pytest

from amirnet_training.degradations import demosaic
from amirnet_training.degradations.incamera import InCameraJpeg, blotches
from amirnet_training.degradations.light import DimLight
from amirnet_training.degradations.profile import ProfileNoise, instances
from amirnet_training.degradations.raw import CAMERAS, RawNoise, colour_matrix
from amirnet_training.degradations.tone import encode, inverse_s_curve, levels, s_curve, srgb_to_linear

PLAIN = {"white": (1.0, 1.0), "gain": 1.0, "colour": 0.0, "tone": 0.0}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def flat(level: int, side: int = 256) -> np.ndarray:
    return np.full((side, side, 3), level, np.uint8)


def linear(image: np.ndarray) -> np.ndarray:
    return srgb_to_linear(image.astype(np.float32) / 255)


@pytest.mark.parametrize("way", demosaic.DEMOSAICS)
@pytest.mark.parametrize("phase", range(4))
def test_without_noise_the_photo_comes_back_sharp(way: str, phase: int) -> None:
    image = rng().integers(0, 256, (40, 48, 3)).astype(np.uint8)
    quiet = RawNoise(0, 0, white=(2.2, 1.6), gain=1.4, mix=(0.1, 0.2, 0.3, 0.4), tone=0.7, demosaic=way, phase=phase)
    assert np.array_equal(quiet(image, rng()), image)


@pytest.mark.parametrize("phase", range(4))
def test_every_layout_gives_back_one_colour(phase: int) -> None:
    colour = np.tile(np.float32([0.2, 0.5, 0.8]), (32, 32, 1))
    one = demosaic.mosaic(colour, phase)
    for way in ("bilinear", "gradient"):
        assert demosaic.demosaic(one, phase, way) == pytest.approx(colour, abs=1e-6)
    edges = cv2.cvtColor((one * 50000).astype(np.uint16), demosaic._EDGE_CODES[phase])[2:-2, 2:-2] / 50000
    assert edges == pytest.approx(colour[2:-2, 2:-2], abs=1e-3)


@pytest.mark.parametrize("way", demosaic.DEMOSAICS)
@pytest.mark.parametrize("phase", range(4))
def test_the_sensor_noise_has_its_variance_at_each_colours_own_pixels(way: str, phase: int) -> None:
    level, shot, read = 140, 0.003, 0.02
    image = flat(level)
    noisy = linear(RawNoise(shot, read, **PLAIN, demosaic=way, phase=phase)(image, rng()))
    expected = np.sqrt(shot * linear(image)[0, 0, 0] + read**2)
    r, c = ((0, 0), (0, 1), (1, 0), (1, 1))[phase]
    assert noisy[r::2, c::2, 0].std() == pytest.approx(expected, rel=0.04)
    assert noisy[1 - r :: 2, 1 - c :: 2, 2].std() == pytest.approx(expected, rel=0.04)
    assert noisy[r::2, 1 - c :: 2, 1].std() == pytest.approx(expected, rel=0.04)
    if way != "gradient":
        others = noisy[1 - r :: 2, 1 - c :: 2, 0].std()
        assert others < 0.9 * expected, "interpolated from neighbours, so weaker"


def test_white_and_black_hold_less_noise() -> None:
    noise = RawNoise(0.004, 0.01, tone=0.0)
    spread = [noise(flat(level), rng()).astype(float).std() for level in (0, 60, 255)]
    assert spread[2] < 0.7 * spread[1] and spread[0] < spread[1]
    assert noise(flat(0), rng()).mean() > 1, "what would be below black is cut, so black turns brighter"


def test_white_stays_white_in_every_camera() -> None:
    for camera in range(CAMERAS):
        matrix = colour_matrix(tuple(float(index == camera) for index in range(CAMERAS)))
        assert matrix @ np.ones(3) == pytest.approx(np.ones(3), abs=1e-6)
        assert np.linalg.cond(matrix) < 20


def test_noise_is_drawn_over_the_whole_range() -> None:
    drawn = [RawNoise.draw(rng(seed)) for seed in range(300)]
    assert {one.phase for one in drawn} == {0, 1, 2, 3} and {one.demosaic for one in drawn} == set(demosaic.DEMOSAICS)
    assert min(one.shot for one in drawn) < 4e-4 and max(one.shot for one in drawn) > 16e-3
    shots, reads = np.log([(one.shot, one.read) for one in drawn]).T
    slope = np.polyfit(shots, reads, 1)[0]
    assert slope == pytest.approx(2.18 / 2, abs=0.1), "read noise grows with the gain that makes shot noise visible"


@pytest.mark.parametrize("index", [0, 2, 100])
def test_measured_noise_has_the_measured_deviation_and_bias(index: int) -> None:
    measured = instances()[index]
    for level in (100, 150):
        noise = ProfileNoise(index)(flat(level), rng()).astype(float) - level
        assert noise.std(axis=(0, 1)) == pytest.approx(np.hypot(measured.deviation[level], 12**-0.5), rel=0.03)
        assert noise.mean(axis=(0, 1)) == pytest.approx(measured.bias[level], abs=0.4)
        colours = np.corrcoef(noise.reshape(-1, 3).T)
        assert colours == pytest.approx(measured.colours, abs=0.06)


@pytest.mark.parametrize("spread", [0.4, 0.9, 2.0, 4.0])
def test_blotches_have_their_width_and_deviation_one(spread: float) -> None:
    noise = blotches(400, 300, 2, spread, rng())
    assert noise.shape == (400, 300, 2)
    assert noise.std() == pytest.approx(1, abs=0.06)
    for lag in (1, 3):
        found = np.corrcoef(noise[:, lag:].ravel(), noise[:, :-lag].ravel())[0, 1]
        assert found == pytest.approx(np.exp(-((lag / spread) ** 2) / 4), abs=0.13)


def test_what_a_denoiser_leaves_has_the_deviation_it_states() -> None:
    noise = InCameraJpeg(4e-4, 2e-3, colour=0.0, smear=0.0, quality=100, full_colour=True)
    for level in (40, 120, 200):
        found = noise(flat(level), rng()).astype(float).std()
        assert found == pytest.approx(noise.deviation()[level], rel=0.12)


def test_smearing_takes_weak_texture_and_leaves_edges() -> None:
    image = flat(120, 64)
    image[::2, :32] += 3  # weaker than the noise would be
    image[:, 48:] = 220
    smeared = InCameraJpeg(1e-8, 8e-3, colour=0.0, smear=1.0, quality=100, full_colour=True)
    kept = InCameraJpeg(1e-8, 8e-3, colour=0.0, smear=0.0, quality=100, full_colour=True)

    def contrast(noise: InCameraJpeg) -> float:
        rows = np.mean([noise(image, rng(seed))[8:-8, 4:28].mean(axis=(1, 2)) for seed in range(20)], axis=0)
        return float(rows[::2].mean() - rows[1::2].mean())

    texture = [contrast(noise) for noise in (smeared, kept)]
    assert abs(texture[0]) < 0.5 * abs(texture[1])
    steps = [one(image, rng()).astype(float)[:, 56:].mean() - 220 for one in (smeared, kept)]
    assert np.abs(steps).max() < 2


def test_dim_light_follows_its_curve_and_grows_noisy() -> None:
    dim = DimLight((0.3, 0.2, 0.25), (1.5, 2.0, 1.0), shot=1e-3, read=4e-3)
    for level in (128, 230):
        found, x = dim(flat(level), rng()).astype(float), level / 255
        wanted = np.array([0.3 * x**1.5, 0.2 * x**2, 0.25 * x])
        assert found.mean(axis=(0, 1)) == pytest.approx(255 * wanted, abs=0.2)
        spread = 255 * np.sqrt(1e-3 * wanted + 4e-3**2)
        assert found.std(axis=(0, 1)) == pytest.approx(np.hypot(spread, 12**-0.5), rel=0.03)
    drawn = [DimLight.draw(rng(seed)) for seed in range(400)]
    reads = np.array([[one.factor[1], one.read] for one in drawn])
    assert np.corrcoef(np.log(reads.T))[0, 1] < -0.1, "the darker, the noisier"


def test_tone_curves_have_inverses() -> None:
    for strength in (0.0, 0.4, 1.0):
        assert s_curve(inverse_s_curve(levels(), strength), strength) == pytest.approx(levels(), abs=1e-3)
    assert np.array_equal(np.rint(encode(srgb_to_linear(levels())) * 255), np.arange(256))
    assert np.array_equal(np.rint(encode(levels() ** np.float32(2.2), 2.2) * 255), np.arange(256))
