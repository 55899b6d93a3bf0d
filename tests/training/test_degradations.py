"""Degradations: they do what they say, the same way every time, on pictures of any size."""

import hashlib

import numpy as np
import pytest

from amirnet_training.degradations import KINDS, draw, kernels, parse
from amirnet_training.degradations.kinds import (
    CameraNoise,
    Clean,
    Defocus,
    GaussianNoise,
    Jpeg,
    LowLight,
    MotionBlur,
    Recompressed,
)

SPECS = ["none", "noise:25", "camera:0.01:0.01", "defocus:2.5", "motion:11:30", "lowlight:0.15", "jpeg:20"]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def flat(level: int, side: int = 256) -> np.ndarray:
    return np.full((side, side, 3), level, np.uint8)


def mean_square(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.mean((a.astype(np.float64) - b) ** 2))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(1, 1), (1, 37), (37, 1), (13, 29)])
def test_every_kind_takes_any_size(kind: str, size: tuple[int, int]) -> None:
    image = rng().integers(0, 256, (*size, 3)).astype(np.uint8)
    kept = image.copy()
    for seed in range(8):
        result = draw(kind, rng(seed))(image, rng(seed))
        assert result.shape == image.shape and result.dtype == np.uint8
    assert np.array_equal(image, kept), "the clean photo is not to be changed in place"


@pytest.mark.parametrize("kind", KINDS)
def test_draws_and_noise_follow_the_seed(kind: str, make_photo) -> None:
    image = make_photo(1)
    first, again, other = draw(kind, rng(5)), draw(kind, rng(5)), draw(kind, rng(6))
    assert first == again and first.kind == kind
    assert np.array_equal(first(image, rng(1)), again(image, rng(1)))
    if kind != "none":
        assert first != other
    if kind in ("noise", "camera", "lowlight"):
        assert not np.array_equal(first(image, rng(1)), first(image, rng(2)))


def test_an_unknown_kind_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="use one of none, noise"):
        draw("fog", rng())


def test_none_is_the_photo_in_memory_of_its_own(make_photo) -> None:
    image = make_photo(1)
    result = Clean()(image, rng())
    assert np.array_equal(result, image) and not np.shares_memory(result, image)


@pytest.mark.parametrize("sigma", [5, 25])
def test_gaussian_noise_has_its_sigma_everywhere(sigma: float) -> None:
    for level in (100, 150):
        noise = GaussianNoise(sigma)(flat(level), rng()).astype(float) - level
        assert noise.std() == pytest.approx(sigma, rel=0.02)
        assert noise.mean() == pytest.approx(0, abs=0.1)
        assert abs(np.corrcoef(noise[:, :-1].ravel(), noise[:, 1:].ravel())[0, 1]) < 0.02


def test_camera_noise_grows_with_the_light() -> None:
    shot, read = 0.002, 0.004
    for level in (60, 200):
        linear = (level / 255) ** 2.2
        values = (CameraNoise(shot, read)(flat(level), rng()) / 255.0) ** 2.2
        assert values.std() == pytest.approx(np.sqrt(shot * linear + read**2), rel=0.05)


def test_camera_noise_may_be_grained() -> None:
    white, grained = (CameraNoise(0.004, 0.01, spread)(flat(120), rng()).astype(float) for spread in (0.0, 0.8))
    neighbours = [np.corrcoef(a[:, :-1].ravel(), a[:, 1:].ravel())[0, 1] for a in (white, grained)]
    assert abs(neighbours[0]) < 0.02 and neighbours[1] > 0.4
    assert grained.std() == pytest.approx(white.std(), rel=0.05)


def test_low_light_is_dark_and_noisy() -> None:
    dark = LowLight(0.15)(flat(200), rng()).astype(float)
    assert dark.mean() == pytest.approx(0.15 * 200, rel=0.02)
    expected = 255 * np.sqrt(0.0004 * 0.15 * 200 / 255 + 0.006**2)
    assert dark.std() == pytest.approx(np.hypot(expected, 12**-0.5), rel=0.05)  # and the rounding to whole levels


@pytest.mark.parametrize("radius", [0.25, 1.0, 2.5, 4.0])
def test_disks(radius: float) -> None:
    kernel = kernels.disk(radius)
    assert kernel.sum() == pytest.approx(1, abs=1e-6)
    assert np.allclose(kernel, kernel[::-1]) and np.allclose(kernel, kernel.T)
    reach = kernel.shape[0] // 2
    assert reach == np.ceil(radius)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    assert not kernel[np.hypot(x, y) > radius + 0.8].any()
    # A uniform disk has second moment r^2 / 4 along an axis; whole pixels add 1/12.
    if radius > 2:
        assert (kernel * x * x).sum() == pytest.approx(radius**2 / 4 + 1 / 12, rel=0.08)


@pytest.mark.parametrize(("length", "angle"), [(4.5, 17), (11, 30), (11, 90), (18, 135)])
def test_lines(length: float, angle: float) -> None:
    kernel = kernels.line(length, angle)
    assert kernel.sum() == pytest.approx(1, abs=1e-6)
    assert np.allclose(kernel, kernel[::-1, ::-1], atol=1e-7), "symmetric under a half turn"
    reach = kernel.shape[0] // 2
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    spread = np.cov(np.stack([x.ravel(), -y.ravel()]), aweights=kernel.ravel(), ddof=0)
    values, axes = np.linalg.eigh(spread)
    assert values[1] == pytest.approx(length**2 / 12 + 1 / 12, rel=0.1)
    along = np.degrees(np.arctan2(axes[1, 1], axes[0, 1])) % 180
    assert min(abs(along - angle), 180 - abs(along - angle)) < 2, "anticlockwise from x, y upwards"


def test_blur_keeps_flat_areas_and_softens_edges() -> None:
    image = flat(40, 33)
    image[:, 16:] = 200
    for blur in (Defocus(2.5), MotionBlur(9, 0)):
        result = blur(image, rng()).astype(int)
        assert (result[:, 0] == 40).all() and (result[:, -1] == 200).all()
        assert (np.diff(result[16, :, 0]) >= 0).all() and len(np.unique(result[16])) > 4
    assert np.array_equal(MotionBlur(9, 90)(image, rng()), image), "motion along an edge leaves it"


def test_lower_jpeg_quality_is_worse(make_photo) -> None:
    image = make_photo(2)
    errors = [mean_square(Jpeg(quality)(image, rng()), image) for quality in (95, 60, 20, 5)]
    assert errors == sorted(errors) and errors[0] > 0


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "none"])
def test_a_crop_with_its_margin_is_degraded_as_the_whole_photo(kind: str, make_photo) -> None:
    """Noise is drawn per crop, so this holds for what is deterministic; JPEG's blocks move with the crop."""
    degradation = draw(kind, rng(3), after_blur_noise=0, several=0)
    assert degradation.margin >= 0
    if kind not in ("defocus", "motion"):
        return
    image, margin = make_photo(3, 96, 96), degradation.margin
    whole = degradation(image, rng())[40:56, 40:56]
    cut = degradation(image[40 - margin : 56 + margin, 40 - margin : 56 + margin], rng())
    assert np.array_equal(cut[margin:-margin, margin:-margin], whole)


@pytest.mark.parametrize(
    ("spec", "digest"),
    [("none", "56450bc548a6f3ad"), ("noise:25", "334ee0b055e15bbf"), ("camera:0.01:0.01", "6cbf02ecdcf6db92"),
     ("defocus:2.5", "39eac8391db13261"), ("motion:11:30", "0b85e2c261668ef4"), ("lowlight:0.15", "a09e9f8fd7811931"),
     ("jpeg:20", "12bfc6f73fab9115"), ("noise:25+jpeg:92", "cd5c41c37ca912d9")],
)  # fmt: skip
def test_specs_give_the_bytes_that_the_tables_were_made_with(spec: str, digest: str) -> None:
    image = rng(7).integers(0, 256, (40, 48, 3)).astype(np.uint8)
    assert hashlib.sha256(parse(spec)(image, rng(3)).tobytes()).hexdigest()[:16] == digest


@pytest.mark.parametrize("spec", SPECS)
def test_specs_are_read(spec: str) -> None:
    assert parse(spec).kind == spec.split(":")[0]
    assert parse("motion:11:30") == MotionBlur(11, 30)
    assert parse(" jpeg:20 ") == Jpeg(20)
    assert parse("noise:25+jpeg:92") == Recompressed(GaussianNoise(25), Jpeg(92))


@pytest.mark.parametrize(
    ("spec", "problem"),
    [("", "use one of none"), ("fog:1", "use one of none"), ("noise", "write it as noise:SIGMA"),
     ("noise:1:2", "write it as noise:SIGMA"), ("noise:x", "write it as noise:SIGMA"),
     ("noise:nan", "between 0 and 255"), ("noise:-1", "between 0 and 255"), ("defocus:0", "between 0.25 and 64"),
     ("jpeg:101", "between 1 and 100"), ("motion:11", "write it as motion:LENGTH:ANGLE"),
     ("none:1", "write it as none"), ("noise:25+noise:3", "write it as noise:25\\+jpeg:QUALITY"),
     ("fog:1+jpeg:92", "use one of none"), ("noise:25+", "use one of none")],
)  # fmt: skip
def test_bad_specs_say_how_to_write_them(spec: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as caught:
        parse(spec)
    assert "\n" not in str(caught.value)
