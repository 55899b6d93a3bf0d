"""Light, kind and strength: what a user asks for is what is done, and a file gets the same bytes as an array."""

import json

import numpy as np
import pytest
from blending import restored
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from random_photos import random_photos

from amirnet import ModelBundle, RestoreOptions, Restorer
from amirnet.engines.onnx import OnnxEngine
from amirnet.errors import NodeError, OptionError
from amirnet.runtime.change import Change
from amirnet.runtime.level_statistics import count_levels, level_statistics
from amirnet.runtime.probe_plan import ProbePlan
from amirnet.runtime.strength import mixed


@pytest.fixture
def lit(lit_bundle):
    return Restorer.from_bundle(lit_bundle)


def head_says(restorer, photo, code):
    """The curve that the bundle's head gives for a photo and a code."""
    probes = ProbePlan(photo.shape[1], photo.shape[0], 64, 4).gather(lambda top, bottom: photo[top:bottom])
    return restorer.bundle.manifest.light.curve(code, level_statistics(count_levels(probes)), "")


def test_the_network_restores_the_brightened_photo(lit, toy_photo):
    result = lit.restore(toy_photo)
    code = result.diagnosis.code
    curve = head_says(lit, toy_photo, code)
    assert result.diagnosis.light == curve and not curve.is_identity
    brightened = np.stack([curve.tables[c][toy_photo[..., c]] for c in range(3)], axis=-1)
    np.testing.assert_array_equal(result.image, restored(lit, brightened, code))
    np.testing.assert_array_equal(result.image, restored(lit, toy_photo, code, curve))
    assert result.image.mean() > toy_photo.mean() + 10
    change = Change()
    change.add(toy_photo, result.image)
    assert result.change_psnr == change.psnr, "against the photo itself"


def test_without_a_head_nothing_is_brightened(lit, toy_bundle, toy_photo):
    plain, kept = Restorer.from_bundle(toy_bundle).restore(toy_photo), lit.restore(toy_photo, light=0.0)
    assert plain.diagnosis.light is None and kept.diagnosis.light.is_identity
    np.testing.assert_array_equal(plain.image, kept.image)
    assert plain.diagnosis.mean_levels is None
    before, after = kept.diagnosis.mean_levels
    assert before == after


def test_a_number_scales_the_curve(lit, toy_photo):
    auto, once, half = (lit.restore(toy_photo, light=light) for light in ("auto", 1.0, 0.5))
    np.testing.assert_array_equal(auto.image, once.image)
    assert half.diagnosis.light == auto.diagnosis.light.scaled(0.5)
    assert half.diagnosis.path == auto.diagnosis.path
    assert toy_photo.mean() < half.image.mean() < auto.image.mean()
    before, after = auto.diagnosis.mean_levels
    assert before + 10 < after


def test_keep_takes_no_photo_for_one_of_low_light(lit, toy_photo):
    auto, kept = (lit.restore(toy_photo, light=light).diagnosis for light in ("auto", "keep"))
    assert auto.path == (0, 1, 4)  # a leaf of low light
    assert kept.light.is_identity
    assert kept.path != auto.path and kept.node in (2, 3)
    np.testing.assert_array_equal(kept.code, np.float32(lit.bundle.tree.node(kept.node).code))
    assert kept.kinds == auto.kinds


def test_keep_leaves_another_walk_as_it_is(reseal, lit_manifest, toy_photo):
    def noise(manifest):
        lit_manifest(manifest)
        manifest["tree"]["nodes"][4]["kinds"] = {"noise": 0.75, "lowlight": 0.25}

    restorer = Restorer.from_bundle(reseal(noise))
    auto, kept = restorer.diagnose(toy_photo), restorer.diagnose(toy_photo, light="keep")
    assert kept.path == auto.path == (0, 1, 4)
    np.testing.assert_array_equal(kept.code, auto.code)
    assert kept.light.is_identity and not auto.light.is_identity


def test_brighten_asks_as_for_low_light(lit, toy_photo, reseal, lit_manifest):
    np.testing.assert_array_equal(lit.restore(toy_photo, light="brighten").image, lit.restore(toy_photo).image)

    def other(manifest):
        lit_manifest(manifest)
        nodes = manifest["tree"]["nodes"]
        nodes[3]["kinds"], nodes[4]["kinds"] = {"lowlight": 1.0}, {"noise": 1.0}

    restorer = Restorer.from_bundle(reseal(other))
    found = restorer.diagnose(toy_photo, light="brighten")
    stored = np.float32(restorer.bundle.tree.node(3).code)
    assert found.path == (0, 1, 3)
    np.testing.assert_array_equal(found.code, stored)
    assert found.light == head_says(restorer, toy_photo, stored)
    noise = restorer.diagnose(toy_photo, light="brighten", kind="noise")
    assert noise.path == (0, 1, 4), "the kind says what is mended, the light how bright it is"
    assert noise.light == found.light


def test_a_kind_restricts_the_walk(lit, toy_photo):
    free = lit.diagnose(toy_photo)
    same, noise, alias = (lit.diagnose(toy_photo, kind=kind) for kind in ("lowlight", "noise", "camera"))
    np.testing.assert_array_equal(same.code, free.code)  # the soft one
    assert noise.path == alias.path == (0, 1, 3)
    np.testing.assert_array_equal(noise.code, np.float32(lit.bundle.tree.node(3).code))
    assert noise.light == head_says(lit, toy_photo, noise.code)
    np.testing.assert_array_equal(lit.restore(toy_photo, kind="noise").diagnosis.code, noise.code)
    assert lit.diagnose(toy_photo, RestoreOptions(kind="none")).node == 2
    with pytest.raises(NodeError, match=r"kind rain: .* choose one of jpeg, lowlight, noise, none"):
        lit.restore(toy_photo, kind="rain")


def test_a_forced_node_is_not_encoded_but_has_its_light(lit, toy_photo, monkeypatch):
    monkeypatch.setattr(OnnxEngine, "encode", lambda self, probes: pytest.fail("not asked for"))
    found = lit.diagnose(toy_photo, node=3)
    assert found.path == (0, 1, 3) and found.kinds == {}
    assert found.light == head_says(lit, toy_photo, np.float32(lit.bundle.tree.node(3).code))
    assert lit.diagnose(toy_photo, node=3, light="keep").light.is_identity


@pytest.mark.parametrize("strength", [0.0, 0.25, 0.7, 1.0])
def test_strength_mixes_photo_and_result(lit, toy_photo, strength):
    whole, some = lit.restore(toy_photo), lit.restore(toy_photo, strength=strength)
    parts = {0.0: 0, 0.25: 64, 0.7: 179, 1.0: 256}[strength]
    wanted = (toy_photo.astype(int) * (256 - parts) + whole.image.astype(int) * parts + 128) // 256
    np.testing.assert_array_equal(some.image, wanted)
    assert some.left_alone == (strength == 0.0)


@given(st.integers(0, 10**6), st.integers(0, 256))
def test_a_mixture_lies_between(seed, parts):
    photo, restored = np.random.default_rng(seed).integers(0, 256, (2, 3, 4, 3), dtype=np.uint8)
    found = mixed(photo, restored, parts)
    assert (found >= np.minimum(photo, restored)).all() and (found <= np.maximum(photo, restored)).all()


def test_strength_zero_is_the_file_of_16_bits_itself(lit, tmp_path):
    own = np.random.default_rng(0).integers(0, 65536, (70, 50), dtype=np.uint16)
    Image.fromarray(own).save(tmp_path / "a.png")
    lit.restore_file(tmp_path / "a.png", tmp_path / "b.png", strength=0.0)
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "b.png")), own)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    photo=random_photos(),
    suffix=st.sampled_from([".png", ".tif", ".jpg"]),
    light=st.sampled_from(["auto", "keep", "brighten", 0.5, 4.0]),
    strength=st.sampled_from([0.0, 0.3, 1.0]),
    kind=st.sampled_from([None, "noise"]),
)
def test_files_are_the_same_to_the_byte(tmp_path, lit_bundle, photo, suffix, light, strength, kind):
    options = RestoreOptions(light, kind, strength=strength)
    restorer = Restorer.from_bundle(lit_bundle, tile=36)
    source, whole, streamed = tmp_path / f"a{photo.suffix}", tmp_path / f"b{suffix}", tmp_path / f"c{suffix}"
    photo.write(source)
    result = restorer.restore(source, options)
    result.save(whole, overwrite=True)
    found = restorer.restore_file(source, streamed, options)
    assert streamed.read_bytes() == whole.read_bytes()
    assert (found.change_psnr, found.tile, found.tiles) == (result.change_psnr, result.tile, result.tiles)
    assert (found.diagnosis.light, found.diagnosis.path) == (result.diagnosis.light, result.diagnosis.path)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"light": "dim"}, "light dim: no such light; choose one of auto, keep, brighten, or a number from 0 to 4"),
        ({"light": 4.5}, "light 4.5: no such light"),
        ({"light": -1}, "light -1: no such light"),
        ({"light": float("nan")}, "light nan: no such light"),
        ({"strength": 1.5}, "strength 1.5: not within 0 to 1"),
        ({"strength": float("nan")}, "strength nan: not within 0 to 1"),
        ({"node": 1, "kind": "noise"}, "node 1 and kind noise: a node is of its own kind; leave one out"),
        ({"node": 1, "light": "brighten"}, "node 1 and light brighten: contradict"),
    ],
)
def test_options_that_make_no_sense(options, problem):
    with pytest.raises(OptionError, match=problem):
        RestoreOptions(**options)


def test_what_an_older_bundle_has_nothing_for(toy_bundle, toy_photo):
    restorer = Restorer.from_bundle(toy_bundle)
    with pytest.raises(OptionError, match="light keep: this model does not state which of its nodes brighten"):
        restorer.restore(toy_photo, light="keep")
    with pytest.raises(OptionError, match=r"light 0\.5: this model has no curve to scale"):
        restorer.restore(toy_photo, light=0.5)
    with pytest.raises(NodeError, match="kind lowlight: this model does not state what its nodes are for"):
        restorer.restore(toy_photo, light="brighten")
    plain = restorer.restore(toy_photo, node=4)
    np.testing.assert_array_equal(restorer.restore(toy_photo, node=4, light="keep").image, plain.image)
    assert restorer.diagnose(toy_photo).kinds == {}


def test_kinds_without_a_head_restrict_the_walk(reseal, lit_manifest, toy_photo):
    def headless(manifest):
        lit_manifest(manifest)
        del manifest["light"]

    restorer = Restorer.from_bundle(reseal(headless))
    assert restorer.diagnose(toy_photo, light="keep").node in (2, 3)
    assert restorer.diagnose(toy_photo, light="brighten").node == 4
    assert restorer.diagnose(toy_photo).light is None


def test_a_bundle_of_the_next_version_is_still_read(reseal, lit_manifest):
    def later(manifest):
        lit_manifest(manifest)
        manifest.update(schema="1.9", later={"unknown": True})

    bundle = ModelBundle.open(reseal(later))
    assert json.loads((reseal(later) / "manifest.json").read_text())["schema"] == bundle.manifest.schema == "1.9"
    assert bundle.manifest.light is not None
