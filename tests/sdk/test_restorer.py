"""The whole restore: tiled equals untiled, streamed equals whole, the answers are the tree's."""

import numpy as np
import pytest
from blending import restored
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from amirnet import ModelBundle, Restorer
from amirnet.errors import EngineError, ImageError, NodeError, TileError

UNTILED = 4096
SMALLEST = 28  # the toy's halo of 12 on both sides, and one stride


@pytest.fixture(scope="module")
def bundle(toy_bundle):
    return ModelBundle.open(toy_bundle)


@pytest.fixture(scope="module")
def untiled(bundle):
    return Restorer(bundle, tile=UNTILED)


def float_photo(restorer, pixels, code):
    """The network's answer before rounding, float32 HWC, and by how much tiles disagree where they overlap."""
    height, width = pixels.shape[:2]
    whole = np.full((height, width, 3), np.nan, np.float32)
    apart = 0.0
    for tile, core in restorer.cores(pixels, code):
        place = whole[tile.y : tile.y + tile.height, tile.x : tile.x + tile.width]
        core = core[: place.shape[0], : place.shape[1]]
        both = ~np.isnan(place)
        apart = max(apart, float(np.abs(place - core)[both].max(initial=0)))
        place[...] = core
    assert not np.isnan(whole).any()
    return whole, apart


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    width=st.one_of(st.integers(1, 160), st.sampled_from([1, 2, 97, 150])),
    height=st.one_of(st.integers(1, 120), st.sampled_from([1, 2, 101, 60])),
    cores=st.integers(1, 12),
    seed=st.integers(0, 10**6),
)
def test_tiled_equals_untiled_within_float_error(bundle, untiled, width, height, cores, seed):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    code = rng.normal(size=7).astype(np.float32)
    tiled = Restorer(bundle, tile=24 + 4 * cores)
    expected, _ = float_photo(untiled, pixels, code)
    found, apart = float_photo(tiled, pixels, code)
    assert len(untiled.plan(pixels)) == 1
    assert apart < 1e-4
    assert np.abs(found - expected).max() < 1e-4


@pytest.mark.parametrize("halo", [4, 8])
def test_too_little_halo_is_seen_by_that_test(reseal, toy_photo, halo):
    """The check above can fail: with a halo below the network's radius, tiles disagree."""

    def edit(manifest):
        manifest["geometry"]["tile"].update(halo=halo, radius=0)

    short = ModelBundle.open(reseal(edit))
    expected, _ = float_photo(Restorer(short, tile=UNTILED), toy_photo, np.ones(7, np.float32))
    found, _ = float_photo(Restorer(short, tile=40), toy_photo, np.ones(7, np.float32))
    assert np.abs(found - expected)[12:-12, 12:-12].max() > 1e-3


def test_photo_sizes_from_one_pixel_up(bundle):
    restorer = Restorer(bundle, tile=SMALLEST)
    for height, width in [(1, 1), (1, 500), (60, 150), (2, 3)]:
        result = restorer.restore(np.full((height, width, 3), 90, np.uint8))
        assert result.image.shape == (height, width, 3)
        assert result.image.dtype == np.uint8


def test_tiles_blended_are_the_whole(bundle, toy_photo):
    restorer = Restorer(bundle, tile=40)
    result = restorer.restore(toy_photo)
    assert result.tiles > 3
    np.testing.assert_array_equal(restored(restorer, toy_photo, result.diagnosis.code), result.image)


def test_the_result_holds_the_diagnosis(bundle, toy_photo):
    restorer = Restorer(bundle)
    result, diagnosis = restorer.restore(toy_photo), restorer.diagnose(toy_photo)
    assert vars(result.diagnosis).keys() == vars(diagnosis).keys()
    for name, value in vars(diagnosis).items():
        np.testing.assert_array_equal(getattr(result.diagnosis, name), value)
    assert diagnosis.confidence == np.prod(diagnosis.confidences)
    assert diagnosis.path == bundle.tree.path_to(diagnosis.node)
    assert result.tiles == len(restorer.plan(toy_photo)) > 1
    assert diagnosis.mask.shape == (7,)


def test_a_forced_node_has_its_stored_code(bundle, toy_photo):
    result = Restorer(bundle).restore(toy_photo, node=4).diagnosis
    assert (result.node, result.path, result.confidences) == (4, (0, 1, 4), (1.0, 1.0, 1.0))
    np.testing.assert_array_equal(result.code, np.float32(bundle.tree.node(4).code))
    with pytest.raises(NodeError, match="node 17"):
        Restorer(bundle).restore(toy_photo, node=17)


def test_path_image_and_array_give_the_same_bytes_twice(bundle, toy_photo, tmp_path):
    image = Image.fromarray(toy_photo)
    image.save(tmp_path / "photo.png")
    restorer = Restorer(bundle)
    first = restorer.restore(tmp_path / "photo.png")
    for form in (str(tmp_path / "photo.png"), image, toy_photo):
        np.testing.assert_array_equal(restorer.restore(form).image, first.image)
    assert list(first.seconds) == ["decode", "encode", "restore", "total"]
    assert list(restorer.restore(toy_photo).seconds) == ["encode", "restore", "total"]
    assert first.seconds["total"] >= first.seconds["restore"] > 0


def test_the_photo_given_is_left_alone(bundle, toy_photo):
    before = toy_photo.copy()
    Restorer(bundle).restore(toy_photo)
    np.testing.assert_array_equal(toy_photo, before)


def test_progress_counts_every_tile(bundle, toy_photo):
    seen = []
    result = Restorer(bundle).restore(toy_photo, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, result.tiles) for done in range(result.tiles + 1)]


def test_result_saves(bundle, toy_photo, tmp_path):
    result = Restorer(bundle).restore(toy_photo)
    result.save(tmp_path / "new" / "out.png")
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "new" / "out.png")), result.image)


@pytest.mark.parametrize(("tile", "remedy"), [(24, "choose 28 or more"), (30, "choose 28 or 32"), (-4, "28 or more")])
def test_a_tile_the_model_cannot_take(bundle, tile, remedy):
    with pytest.raises(TileError, match=remedy):
        Restorer(bundle, tile=tile)


def test_a_fixed_graph_takes_its_own_tile_only(reseal, toy_photo):
    fixed = ModelBundle.open(reseal(lambda manifest: manifest["geometry"]["tile"].update(flexible=False)))
    with pytest.raises(TileError, match="tiles of 56 only"):
        Restorer(fixed, tile=60)

    class Recording:
        def __init__(self):
            self.shapes = set()

        def restore(self, tile, code):
            self.shapes.add(tile.shape)
            return tile

    engine = Recording()
    restorer = Restorer(fixed, engine=engine, tile=56)
    np.testing.assert_array_equal(restored(restorer, toy_photo, np.zeros(7, np.float32)), toy_photo)
    assert engine.shapes == {(56, 56, 3)}


def test_numbers_that_are_none_are_refused(bundle, toy_photo):
    class Broken:
        title, fixed_tile = "broken", None

        def encode(self, probes):
            return np.full((len(probes), 7), np.nan, np.float32), np.zeros((len(probes), 7), np.float32)

        def restore(self, tile, code):
            return np.full(tile.shape, np.nan, np.float32)

    with pytest.raises(EngineError, match="NaN or infinity"):
        Restorer(bundle, engine=Broken()).restore(toy_photo)
    with pytest.raises(TileError, match=r"tile 0 at \(0, 0\): the model returned NaN"):
        Restorer(bundle, engine=Broken()).restore(toy_photo, node=0)


def test_what_is_no_photo_is_refused(bundle):
    with pytest.raises(ImageError):
        Restorer(bundle).restore(np.zeros((4, 4), np.uint8))
