"""Restoring in place: the rows a tile reads are never overwritten before, and the file is the same to the byte."""

import tempfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from amirnet import Restorer, TilePlan
from amirnet.errors import OutputError
from amirnet.photo.photo_stream import PhotoStream
from amirnet.photo.row_buffer import upright
from amirnet.runtime.input_window import InputWindow, row_span
from amirnet.runtime.light_curve import LightCurve
from amirnet.runtime.padding import crop
from amirnet.runtime.tile_runner import _LitTiles
from amirnet.runtime.transparency import HiddenFill, fill_hidden


@st.composite
def plans(draw):
    alignment = draw(st.sampled_from([1, 2, 4]))
    halo = alignment * draw(st.integers(0, 4))
    core = draw(st.integers(max(1, 4 // alignment), 9))  # of 4 pixels or more: smaller ones make thousands of tiles
    size = 2 * halo + alignment * core
    sides = st.integers(1, 70)
    return TilePlan(draw(sides), draw(sides), size, halo, draw(st.integers(0, 6)), alignment, draw(st.booleans()))


@settings(max_examples=50)
@given(plans())
def test_a_tiles_light_is_that_of_its_pixels(plan):
    photo = np.random.default_rng(plan.width).integers(0, 256, (plan.height, plan.width, 3), dtype=np.uint8)
    curve = LightCurve((2.0, 1.0, 0.0), (0.0, 0.5, 3.0))
    window, lit = InputWindow(plan, lambda top, bottom: photo[top:bottom]), _LitTiles(plan, curve)
    for tile in plan:
        if tile.column == 0:
            window.step(tile.row)
        pixels = window.crop(tile)
        wanted = np.stack([curve.tables[channel][pixels[..., channel]] for channel in range(3)], axis=-1)
        np.testing.assert_array_equal(lit.of(tile, pixels), wanted)


@settings(max_examples=50)
@given(plans())
def test_tiles_are_cut_from_rows_that_were_not_overwritten(plan):
    rng = np.random.default_rng(plan.width)
    photo = rng.integers(0, 256, (plan.height, plan.width, 3), dtype=np.uint8)
    buffer, read = photo.copy(), []

    def rows(top, bottom):
        read.append((top, bottom))
        return buffer[top:bottom]

    window, final = InputWindow(plan, rows), 0
    for tile in plan:
        if tile.column == 0:
            buffer[final : tile.y] = 0  # the rows that are final by now hold the result
            window.step(tile.row)
            final = tile.y
        sides = tile.width + 2 * plan.halo, tile.height + 2 * plan.halo
        np.testing.assert_array_equal(window.crop(tile), crop(photo, tile.x - plan.halo, tile.y - plan.halo, *sides))
        np.testing.assert_array_equal(
            window.block(tile.y, tile.x, 1, 3), photo[tile.y : tile.y + 1, tile.x : tile.x + 3]
        )
    assert [top for top, _ in read] == [0, *(bottom for _, bottom in read[:-1])], "each row once, in order"
    assert read[-1][1] <= plan.height


@settings(max_examples=200)
@given(plans())
def test_what_a_tile_row_reads_never_moves_up(plan):
    spans = [row_span(plan, row) for row in range(len(plan.vertical.positions))]
    assert spans == sorted(spans)
    assert [end for _, end in spans] == sorted(end for _, end in spans)


def filled_by_hand(pixels, hidden):
    """Pixel by pixel: the mean of what is visible in the smallest block of 2, 4, 8 ... around it."""
    if hidden.all():
        return np.full_like(pixels, 128)
    result = pixels.copy()
    for y, x in np.argwhere(hidden):
        size = 2
        while True:
            block = slice(y // size * size, (y // size + 1) * size), slice(x // size * size, (x // size + 1) * size)
            visible = pixels[block][~hidden[block]].astype(int)
            if len(visible):
                break
            size *= 2
        result[y, x] = (visible.sum(axis=0) + len(visible) // 2) // len(visible)
    return result


@settings(max_examples=30)
@given(st.integers(1, 70), st.integers(1, 50), st.integers(0, 10**6), st.sampled_from([0.5, 0.97, 0.999, 1.0]))
def test_hidden_pixels_are_filled_alike_by_bands(height, width, seed, share):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    hidden = rng.random((height, width)) < share
    bands = [(top, pixels[top : top + 16], hidden[top : top + 16]) for top in range(0, height, 16)]
    fill = HiddenFill((rows, mask) for _, rows, mask in bands)
    found = np.concatenate([fill.band(*band) for band in bands])
    np.testing.assert_array_equal(found, filled_by_hand(pixels, hidden))
    np.testing.assert_array_equal(found, fill_hidden(pixels, hidden))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("disk", [True, False])
def test_a_photo_is_turned_with_and_without_room_for_a_file(monkeypatch, toy_photo, orientation, mode, disk):
    image = Image.fromarray(toy_photo).convert(mode)
    image.getexif()[0x0112] = orientation
    expected = np.asarray(turned_by_pillow(image))
    if not disk:

        def full(**options):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(tempfile, "TemporaryFile", full)
    np.testing.assert_array_equal(np.asarray(upright(image, orientation)), expected)


def turned_by_pillow(image):
    from PIL import ImageOps

    return ImageOps.exif_transpose(image)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    mode=st.sampled_from(["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"]),
    sides=st.tuples(st.integers(1, 130), st.integers(1, 130)),
    seed=st.integers(0, 999),
    orientation=st.integers(1, 8),
    suffixes=st.sampled_from([(".tif", ".png"), (".tif", ".tif"), (".png", ".jpg"), (".jpg", ".webp")]),
)
def test_files_are_the_same_to_the_byte(tmp_path, toy_bundle, mode, sides, seed, orientation, suffixes):
    if mode not in {".png": ("1", "L", "LA", "P", "RGB", "RGBA"), ".jpg": ("L", "RGB", "CMYK")}.get(suffixes[0], mode):
        mode = "L"
    image = Image.fromarray(np.random.default_rng(seed).integers(0, 256, (*sides, 4), dtype=np.uint8)).convert(mode)
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = tmp_path / f"photo{suffixes[0]}"
    image.save(photo, exif=exif)
    restorer = Restorer.from_bundle(toy_bundle, tile=36)
    whole, streamed = tmp_path / f"whole{suffixes[1]}", tmp_path / f"streamed{suffixes[1]}"
    result = restorer.restore(photo)
    losses = result.save(whole)
    found = restorer.restore_file(photo, streamed)
    assert streamed.read_bytes() == whole.read_bytes()
    assert found.warnings == result.warnings + losses
    assert (found.diagnosis.node, found.tiles, found.tile) == (result.diagnosis.node, result.tiles, 36)
    assert found.change_psnr == result.change_psnr


def test_a_mapped_photo_is_not_written_to(tmp_path, toy_bundle, toy_photo):
    """Pillow maps uncompressed files into memory, for reading only."""
    for name, image in [("a.bmp", Image.fromarray(toy_photo[..., 0])), ("a.tif", Image.fromarray(toy_photo, "RGB"))]:
        image.save(tmp_path / name)
        before = (tmp_path / name).read_bytes()
        Restorer.from_bundle(toy_bundle).restore_file(tmp_path / name, tmp_path / "out.png")
        assert (tmp_path / name).read_bytes() == before


def test_the_photos_comment_does_not_slip_into_the_result(tmp_path, toy_bundle, toy_photo):
    Image.fromarray(toy_photo).save(tmp_path / "a.jpg", comment=b"taken by someone", dpi=(72, 72))
    Restorer.from_bundle(toy_bundle).restore_file(tmp_path / "a.jpg", tmp_path / "out.jpg")
    assert b"taken by someone" not in (tmp_path / "out.jpg").read_bytes()


def test_what_cannot_be_written_is_refused_before_anything_is_restored(photo, toy_bundle):
    restorer, seen = Restorer.from_bundle(toy_bundle), []
    for output, options in [("out.xyz", {}), ("photo.png", {}), ("out.jpg", {"quality": 0})]:
        with pytest.raises(OutputError):
            restorer.restore_file(photo, photo.with_name(output), progress=lambda *at: seen.append(at), **options)
    assert seen == []


def test_a_stream_sees_what_a_whole_photo_shows(photo, toy_photo):
    stream = PhotoStream.open(photo)
    np.testing.assert_array_equal(stream.read(7, 61), toy_photo[7:61])
    stream.write(7, 5, toy_photo[7:9, 5:50], 255 - toy_photo[7:9, 5:50])
    toy_photo = toy_photo.copy()
    toy_photo[7:9, 5:50] = 255 - toy_photo[7:9, 5:50]
    np.testing.assert_array_equal(stream.read(0, 97), toy_photo)
