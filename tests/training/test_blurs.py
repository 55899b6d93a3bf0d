"""Blurs along paths and through apertures: their kernels, in light and in levels."""

import numpy as np
import pytest

from amirnet_training.degradations.aperture import ApertureBlur, aperture
from amirnet_training.degradations.blur import convolve
from amirnet_training.degradations.shake import HandShake, RecordedShake, StraightBlur, Sweep, recorded

BLURS = (HandShake, Sweep, StraightBlur, RecordedShake, ApertureBlur)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def moments(kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centre (x, y) and covariance of a kernel's light, in pixels from its middle, y down."""
    reach = kernel.shape[0] // 2
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    places = np.stack([x.ravel(), y.ravel()])
    return (places * kernel.ravel()).sum(axis=1), np.cov(places, aweights=kernel.ravel(), ddof=0)


@pytest.mark.parametrize("blur", BLURS)
def test_kernels_keep_the_light_and_its_place(blur) -> None:
    for seed in range(60):
        kernel = blur.draw(rng(seed)).kernel()
        assert kernel.dtype == np.float32 and kernel.shape[0] == kernel.shape[1] and kernel.shape[0] % 2 == 1
        assert kernel.sum() == pytest.approx(1, abs=1e-5) and kernel.min() >= 0
        assert np.abs(moments(kernel)[0]).max() < 0.25


@pytest.mark.parametrize("blur", BLURS)
def test_a_crop_with_its_margin_is_blurred_as_the_whole_photo(blur, make_photo) -> None:
    photo = make_photo(3, 160, 160)
    for seed in range(12):
        degradation = blur.draw(rng(seed))
        margin = degradation.margin
        whole = degradation(photo, rng())[60:92, 60:92].astype(int)
        cut = degradation(photo[60 - margin : 92 + margin, 60 - margin : 92 + margin], rng())
        # Large kernels go through a Fourier transform of the window's size, whose last bits may round otherwise.
        difference = np.abs(cut[margin:-margin, margin:-margin] - whole)
        assert difference.max() <= 1 and (difference > 0).mean() < 0.01


@pytest.mark.parametrize("linear", [False, True])
def test_a_point_of_light_draws_the_kernel(linear: bool) -> None:
    kernel = np.float32([[0, 0, 0], [0.5, 0.25, 0], [0, 0.25, 0]])
    image = np.zeros((9, 9, 3), np.uint8)
    image[4, 4] = 255
    found = convolve(image, kernel, linear)[3:6, 3:6, 1]
    wanted = 255 * (kernel ** (1 / 2.2) if linear else kernel)
    assert found == pytest.approx(wanted, abs=0.51)


def test_flat_areas_stay_and_bright_edges_win_in_light() -> None:
    for level in range(0, 256, 5):
        image = np.full((12, 12, 3), level, np.uint8)
        for linear in (False, True):
            assert np.array_equal(convolve(image, ApertureBlur(1.5).kernel(), linear), image)
    edge = np.zeros((21, 21, 3), np.uint8)
    edge[:, 10:] = 240
    kernel = aperture(4, 0, 0, 0, 0, 0)
    levels, light = (convolve(edge, kernel, linear).astype(int) for linear in (False, True))
    assert (light >= levels).all() and light[10, 8, 0] > levels[10, 8, 0] + 20


def test_lamps_stay_bright_when_smeared() -> None:
    image = np.zeros((31, 31, 3), np.uint8)
    image[14:17, 14:17] = 255
    kernel = Sweep(15, 0).kernel()
    plain, lamp = (convolve(image, kernel, True, lamps) for lamps in (1.0, 4.0))
    assert lamp[15, 15, 0] > 1.5 * plain[15, 15, 0] and lamp.max() <= 255
    gray = np.full((9, 9, 3), 200, np.uint8)
    assert np.array_equal(convolve(gray, kernel, True, 4.0), gray)


@pytest.mark.parametrize(("length", "angle"), [(6, 0), (11, 30), (20, 120)])
def test_sweeps_without_bend_are_lines(length: float, angle: float) -> None:
    values, axes = np.linalg.eigh(moments(Sweep(length, angle).kernel())[1])
    assert values[1] == pytest.approx(length**2 / 12, rel=0.12)
    assert values[0] < 0.4
    along = np.degrees(np.arctan2(-axes[1, 1], axes[0, 1])) % 180
    assert min(abs(along - angle), 180 - abs(along - angle)) < 2, "anticlockwise from x, y upwards"


def test_bent_sweeps_and_shakes_leave_the_line() -> None:
    straight, bent = (np.linalg.eigvalsh(moments(Sweep(20, 30, bend).kernel())[1])[0] for bend in (0, 90))
    assert bent > 2 * straight
    calm, free = (
        np.mean([np.linalg.eigvalsh(moments(HandShake(20, seed, calm).kernel())[1])[0] for seed in range(30)])
        for calm in (1.0, 0.0)
    )
    assert free > 2 * calm
    assert not np.array_equal(HandShake(20, 1).kernel(), HandShake(20, 2).kernel())


def test_shakes_are_no_longer_than_their_path() -> None:
    for seed in range(40):
        drawn = HandShake.draw(rng(seed))
        assert drawn.kernel().shape[0] // 2 <= drawn.length / 1.9 + 3 or drawn.jerks
        assert drawn.kernel().shape[0] // 2 <= drawn.length + 2


def test_recorded_shakes_are_scaled_and_turned() -> None:
    assert len(recorded()) == 12
    for index, kernel in enumerate(recorded()):
        assert kernel.sum() == pytest.approx(1, abs=1e-5)
        source = moments(kernel)[1]
        for scale, angle in ((1.0, 0), (1.0, 90), (0.6, 35), (1.2, 200)):
            made = moments(RecordedShake(index, scale, angle).kernel())[1]
            assert np.sqrt(np.trace(made)) == pytest.approx(scale * np.sqrt(np.trace(source)), rel=0.12)
        turned = moments(RecordedShake(index, 1.0, 90).kernel())[1]
        (xx, xy), (_, yy) = source
        assert turned == pytest.approx(np.array([[yy, -xy], [-xy, xx]]), abs=0.6)


@pytest.mark.parametrize("radius", [1.0, 2.5, 6.0])
def test_apertures(radius: float) -> None:
    disk = aperture(radius, 0, 0, 0, 0, 0)
    if radius > 2:
        assert np.trace(moments(disk)[1]) == pytest.approx(radius**2 / 2 + 1 / 6, rel=0.08)
    assert np.allclose(disk, disk.T, atol=1e-6) and np.allclose(disk, disk[::-1], atol=1e-6)
    hexagon, octagon = (aperture(radius, blades, 10, 0, 0, 0) for blades in (6, 8))
    middle = disk.shape[0] // 2
    assert np.trace(moments(hexagon)[1]) < np.trace(moments(octagon)[1]) < np.trace(moments(disk)[1])
    ring, soft = aperture(radius, 0, 0, 0.8, 0, 0), aperture(radius, 0, 0, 0, 1.0, 0)
    mixed = aperture(radius, 0, 0, 0, 0, 0.5)
    assert np.trace(moments(ring)[1]) > np.trace(moments(disk)[1]) and ring[middle, middle] < disk[middle, middle]
    assert np.trace(moments(soft)[1]) == pytest.approx(np.trace(moments(disk)[1]) + 2, rel=0.1)
    assert mixed.shape[0] > disk.shape[0]


def test_radii_are_mostly_small() -> None:
    radii = np.array([ApertureBlur.draw(rng(seed)).radius for seed in range(500)])
    assert radii.min() >= 0.7 and radii.max() <= 7
    assert 0.75 < (radii < 4).mean() < 0.95
    linear = np.mean([ApertureBlur.draw(rng(seed)).linear for seed in range(500)])
    assert linear == pytest.approx(0.5, abs=0.07)
