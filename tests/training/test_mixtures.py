"""What training draws: variants of a kind, several damages in a row, photos that are dark on purpose."""

import pickle
from collections import Counter

import numpy as np
import pytest
from click.testing import CliRunner

from amirnet_training.degradations import KINDS, Dimmed, Sequence, cost, draw
from amirnet_training.degradations.kinds import Clean, Defocus, GaussianNoise, Jpeg, Recompressed
from amirnet_training.degradations.registry import add, variants

FIRST = [(kind, one) for kind in KINDS for one in variants(kind)]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(("kind", "one"), FIRST, ids=lambda value: getattr(value, "name", value))
def test_every_variant(kind: str, one, make_photo) -> None:
    photo = make_photo(1)
    kept = photo.copy()
    for seed in range(12):
        degradation, again = one.draw(rng(seed)), one.draw(rng(seed))
        assert degradation == again and degradation.kind == kind and degradation.margin >= 0
        assert pickle.loads(pickle.dumps(degradation)) == degradation, "data workers are given it"
        result = degradation(photo, rng(seed))
        assert result.shape == photo.shape and result.dtype == np.uint8 and result.flags.c_contiguous
        assert np.array_equal(result, again(photo, rng(seed)))
        assert np.array_equal(degradation.target(photo), photo)
        for height, width in ((1, 1), (1, 23), (23, 1), (5, 7)):
            assert degradation(photo[:height, :width], rng()).shape == (height, width, 3)
    assert np.array_equal(photo, kept), "the clean photo is not to be changed in place"


def test_variants_come_as_often_as_their_weights_say() -> None:
    for kind in KINDS:
        known = variants(kind)
        total = sum(one.weight for one in known)
        found = Counter(
            type(draw(kind, rng(seed), after_blur_noise=0, several=0, dimmed=0)).__name__ for seed in range(600)
        )
        wanted: Counter[str] = Counter()
        for one in known:  # two variants may be the same damage of other strengths
            wanted[type(one.draw(rng(0))).__name__] += one.weight / total
        assert {name: found[name] / 600 for name in wanted} == pytest.approx(dict(wanted), abs=0.07)
    assert {one.name for one in variants("camera")} == {
        "RawNoise", "ProfileNoise", "InCameraJpeg", "CameraNoise", "LittleLight",
    }  # fmt: skip


def test_phones_in_little_light_are_as_noisy_as_their_worst_photos(make_photo) -> None:
    draw_one = next(one.draw for one in variants("camera") if one.name == "LittleLight")
    photo, found = make_photo(3), []
    for seed in range(60):
        noisy = draw_one(rng(seed))(photo, rng(seed))
        found.append(-10 * np.log10(np.mean((noisy / 255.0 - photo / 255.0) ** 2)))
    assert 15 < np.median(found) < 20 and max(found) < 27


def test_the_registry_refuses_what_it_cannot_draw() -> None:
    with pytest.raises(ValueError, match="give it one above 0"):
        add("noise", "Nothing", 0, lambda _: Clean())
    with pytest.raises(ValueError, match="give it another name"):
        add("noise", "GaussianNoise", 1, lambda _: Clean())
    with pytest.raises(ValueError, match="unknown degradation kind 'fog': use one of none, noise"):
        add("fog", "Fog", 1, lambda _: Clean())
    with pytest.raises(ValueError, match="unknown degradation kind 'fog'"):
        variants("fog")


def test_a_sequence_is_one_after_the_other(make_photo) -> None:
    photo = make_photo(1)
    both = Sequence((Defocus(2.0), GaussianNoise(5), Jpeg(60)))
    one = rng(2)
    wanted = Jpeg(60)(GaussianNoise(5)(Defocus(2.0)(photo, one), one), one)
    assert np.array_equal(both(photo, rng(2)), wanted)
    assert (both.kind, both.margin) == ("defocus", Defocus(2.0).margin + 8)


@pytest.mark.parametrize("kind", ["defocus", "motion"])
def test_noise_comes_after_blur_as_often_as_asked(kind: str) -> None:
    drawn = [draw(kind, rng(seed), after_blur_noise=0.6, several=0.2, dimmed=0) for seed in range(400)]
    noisy = [one for one in drawn if isinstance(one, Sequence)]
    assert len(noisy) / 400 == pytest.approx(0.2 + 0.8 * 0.6, abs=0.07)
    assert all(one.steps[0].kind == kind and one.steps[1].kind in ("noise", "camera") for one in noisy)
    assert np.mean([isinstance(one.steps[-1], Jpeg) for one in noisy]) == pytest.approx(0.1 / 0.68, abs=0.06)
    weak = [one.steps[1].sigma for one in noisy if isinstance(one.steps[1], GaussianNoise)]
    assert min(weak) < 0.6 and max(weak) > 8


def test_low_light_with_noise_and_jpeg_is_drawn() -> None:
    drawn = [draw("lowlight", rng(seed), several=0.5) for seed in range(200)]
    assert np.mean([isinstance(one, Sequence) for one in drawn]) == pytest.approx(0.5, abs=0.1)
    assert not any(isinstance(one, Dimmed) for one in drawn), "dark by mistake is not dark on purpose"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "lowlight"])
def test_photos_dark_on_purpose_have_dark_targets(kind: str, make_photo) -> None:
    photo = make_photo(2)
    for seed in range(12):
        dimmed = draw(kind, rng(seed), dimmed=1, recompressed=0.5)
        assert isinstance(dimmed, Dimmed) and dimmed.kind == kind and dimmed.margin == dimmed.first.margin
        target = dimmed.target(photo)
        assert (
            target.dtype == np.uint8 and target.mean() < 0.85 * photo.mean() and (target <= photo.astype(int) + 8).all()
        )
        source = dimmed(target, rng(1))
        assert np.array_equal(source, dimmed.first(target, rng(1)))
        if kind in ("none", "jpeg", "defocus", "motion"):
            assert source.mean() == pytest.approx(target.mean(), rel=0.2, abs=3), "and the damage does not darken more"
        if kind == "none":
            assert np.array_equal(source, target)


def test_nights_keep_their_lamps() -> None:
    drawn = [Dimmed.draw(Clean(), rng(seed)) for seed in range(600)]
    nights = [one for one in drawn if one.gamma >= 2]
    assert len(nights) / 600 == pytest.approx(1 / 3, abs=0.06)
    ramp = np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, axis=2)
    for one in nights:
        target = one.target(ramp)[0, :, 0].astype(int)
        assert target[255] >= 190 and target[100] < 45 and (np.diff(target) >= 0).all()
    for one in drawn:
        wanted = 255 * one.factor * (np.arange(256) / 255) ** one.gamma
        assert 0.1 <= one.factor <= 1 and one.target(ramp)[0, :, 1] == pytest.approx(wanted, abs=0.51)


def test_wrappers_hand_the_target_on(make_photo) -> None:
    photo = make_photo(1)
    dark = Dimmed(Defocus(1.0), 0.5)
    for wrapped in (Recompressed(dark, Jpeg(90)), Sequence((dark, GaussianNoise(3)))):
        assert np.array_equal(wrapped.target(photo), dark.target(photo))


def test_the_cost_command_names_every_variant() -> None:
    result = CliRunner().invoke(cost.main, ["--side", "48", "--count", "2"])
    assert result.exit_code == 0, result.output
    for kind, one in FIRST:
        assert f"{kind}: {one.name} " in result.output
