"""The bundle in the wheel: it makes a bad photo better, the same way twice, tiled or not."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amirnet import Restorer, shipped_names


@pytest.fixture(scope="module")
def mobile():
    assert "mobile" in shipped_names()
    return Restorer.from_bundle("mobile")


def scene(height, width):
    """A clean synthetic photo: soft gradients, hard edges and fine stripes, uint8 RGB."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    red = 110 + 70 * np.sin(x / 41) + 30 * np.cos(y / 29)
    green = 90 + 100 * y / height
    blue = 140 + 50 * np.cos((x + 2 * y) / 53)
    picture = np.stack([red, green, blue], axis=-1)
    picture[((x // 48 + y // 48) % 2 == 0)] *= 0.6
    picture[(x % 96 < 24) & (y % 8 < 4)] += 40
    return np.clip(picture, 0, 255).astype(np.uint8)


def test_a_noisy_photo_comes_closer_to_the_clean_one(mobile):
    clean = scene(256, 320)
    noise = np.random.default_rng(7).normal(0, 25, clean.shape)
    noisy = np.clip(clean + noise, 0, 255).round().astype(np.uint8)
    restored = mobile.restore(noisy).image
    before = np.mean((noisy.astype(np.float64) - clean) ** 2)
    after = np.mean((restored.astype(np.float64) - clean) ** 2)
    assert after < before / 2  # 3 dB


def test_two_runs_give_the_same_bytes(mobile):
    photo = scene(150, 410)
    first, second = mobile.restore(photo), Restorer.from_bundle("mobile").restore(photo)
    np.testing.assert_array_equal(first.image, second.image)
    one, other = first.diagnosis, second.diagnosis
    assert (one.path, one.confidences) == (other.path, other.confidences)
    np.testing.assert_array_equal(one.code, other.code)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 330), st.integers(1, 260), st.integers(0, 3), st.integers(0, 10**6))
def test_tiled_equals_untiled_within_float_error(mobile, width, height, quarter, seed):
    geometry = mobile.bundle.manifest.tile
    photo = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    code = mobile.diagnose(photo).code
    smallest = 2 * geometry.halo + 8 * geometry.alignment
    tiled = Restorer(mobile.bundle, mobile.engine, tile=smallest + quarter * 8 * geometry.alignment)
    ((_, whole),) = Restorer(mobile.bundle, mobile.engine, tile=4096).cores(photo, code)
    for tile, core in tiled.cores(photo, code):
        expected = whole[tile.y : tile.y + tile.height, tile.x : tile.x + tile.width]
        assert np.abs(core[: expected.shape[0], : expected.shape[1]] - expected).max() < 1e-4


def test_a_node_and_its_label_are_found_for_every_kind_of_photo(mobile):
    tree = mobile.bundle.tree
    for photo in (scene(97, 131), scene(97, 131) // 6, np.full((64, 64, 3), 128, np.uint8)):
        diagnosis = mobile.diagnose(photo)
        assert diagnosis.path == tree.path_to(diagnosis.node)
        assert np.isfinite(diagnosis.code).all()


def test_the_manifest_says_whose_it_is(mobile):
    manifest = mobile.bundle.manifest
    assert manifest.name == "mobile"
    assert manifest.license
    assert len(manifest.identity) == 64
    assert manifest.tile.radius <= manifest.tile.halo
