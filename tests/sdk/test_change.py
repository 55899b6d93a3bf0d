"""Do no harm: how much a photo was changed, counted alike by all ways, and said where it is next to nothing."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from amirnet import Restorer
from amirnet.cli import cli
from amirnet.errors import OutOfMemoryError
from amirnet.runtime.change import LEFT_ALONE, Change, brightness


def psnr(photo, result):
    """In floating point, from the definition."""
    error = ((photo.astype(float) - result) ** 2).mean()
    return min(100, 10 * np.log10(255**2 / error)) if error else 100


@settings(max_examples=60)
@given(st.integers(1, 70), st.integers(1, 9), st.integers(0, 10**6), st.integers(0, 9), st.booleans(), st.data())
def test_pieces_add_up_to_the_whole(height, width, seed, spread, alpha, data):
    rng = np.random.default_rng(seed)
    photo = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    result = np.clip(photo + rng.integers(-spread, spread + 1, photo.shape), 0, 255).astype(np.uint8)
    visible = rng.random((height, width)) < 0.7
    cut = data.draw(st.integers(0, height))
    whole, pieces = Change(), Change()
    whole.add(photo, result, visible=visible if alpha else None)
    for rows in (slice(cut, height), slice(0, cut)):
        pieces.add(photo[rows], result[rows], visible=visible[rows] if alpha else None)
    assert (whole.squares, whole.numbers) == (pieces.squares, pieces.numbers)
    if not alpha or visible.any():
        counted = visible if alpha else slice(None)
        assert whole.psnr == pytest.approx(psnr(photo[counted], result[counted]))


@pytest.mark.parametrize(("mode", "alone"), [("RGB", False), ("L", True)])
def test_it_is_the_change_that_reaches_the_file(tmp_path, toy_bundle, toy_photo, mode, alone):
    Image.fromarray(toy_photo).convert(mode).save(tmp_path / "a.png")
    result = Restorer.from_bundle(toy_bundle).restore_file(tmp_path / "a.png", tmp_path / "b.png")
    before, after = (np.asarray(Image.open(tmp_path / name)) for name in ("a.png", "b.png"))
    assert result.change_psnr == pytest.approx(psnr(before, after))
    assert 10 < result.change_psnr < 100
    assert result.left_alone is alone  # in brightness the toy's changes nearly cancel out


def test_what_was_hidden_does_not_count(tmp_path, toy_bundle, toy_photo):
    """Nor do the colours that the network saw in its place."""
    alpha = np.full(toy_photo.shape[:2], 200, np.uint8)
    alpha[20:, 30:] = 0
    Image.fromarray(np.dstack([toy_photo, alpha])).save(tmp_path / "a.png")
    result = Restorer.from_bundle(toy_bundle).restore_file(tmp_path / "a.png", tmp_path / "b.png")
    before, after = (np.asarray(Image.open(tmp_path / name)) for name in ("a.png", "b.png"))
    assert result.change_psnr == pytest.approx(psnr(before[alpha > 0, :3], after[alpha > 0, :3]))


def test_an_attempt_that_ended_for_lack_of_memory_does_not_count(tmp_path, toy_bundle, photo):
    restorer = Restorer.from_bundle(toy_bundle)
    wanted = Restorer.from_bundle(toy_bundle, tile=48).restore(photo).change_psnr
    restore, calls = restorer.engine.restore, []

    def short(tile, code):
        calls.append(tile.shape)
        if len(calls) == 5:  # in the second tile row: the first was put already
            raise OutOfMemoryError("no memory")
        return restore(tile, code)

    restorer.engine.restore = short
    result = restorer.restore_file(photo, tmp_path / "b.png")
    assert (result.tile, result.change_psnr) == (48, wanted)


def test_a_photo_with_nothing_to_mend(tmp_path, null_bundle, toy_bundle, photo):
    def line(bundle, *options):
        arguments = ["restore", str(photo), "-o", str(tmp_path / "b.png"), "--model", str(bundle), *options]
        return CliRunner().invoke(cli, arguments).stdout

    assert "% sure; nothing to mend: left as it was (100.0 dB); 20 tiles of 56, " in line(null_bundle)
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "b.png")), np.asarray(Image.open(photo)))
    assert "nothing to mend" not in line(toy_bundle)
    found, other = (json.loads(line(bundle, "--json")) for bundle in (null_bundle, toy_bundle))
    assert (found["change_psnr"], found["left_alone"], other["left_alone"]) == (100.0, True, False)
    assert other["change_psnr"] == Restorer.from_bundle(toy_bundle).restore(photo).change_psnr < LEFT_ALONE


@pytest.mark.parametrize("red", [*range(0, 256, 15), 1, 128, 254])
def test_brightness_is_pillows(red):
    """What a gray photo's change is told by is what its file is written by, for every green and blue."""
    green, blue = np.meshgrid(np.arange(256, dtype=np.uint8), np.arange(256, dtype=np.uint8))
    pixels = np.dstack([np.full_like(green, red), green, blue])
    np.testing.assert_array_equal(brightness(pixels)[..., 0], np.asarray(Image.fromarray(pixels).convert("L")))
