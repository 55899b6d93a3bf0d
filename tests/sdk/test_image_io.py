"""Photos in and out: upright 8-bit RGB, or an error that names the file; whole files, or none."""

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from amirnet.errors import ImageError, OutputError
from amirnet.photo import image_io

PHOTO = np.random.default_rng(5).integers(0, 256, (6, 9, 3), dtype=np.uint8)


@pytest.mark.parametrize("suffix", [".png", ".PNG", ".bmp", ".tif", ".tiff"])
def test_lossless_formats_give_the_same_pixels_back(tmp_path, suffix):
    image_io.save(PHOTO, tmp_path / f"a{suffix}")
    np.testing.assert_array_equal(image_io.load(tmp_path / f"a{suffix}"), PHOTO)


@pytest.mark.parametrize("suffix", [".jpg", ".jpeg", ".webp"])
def test_lossy_formats_stay_close_and_deterministic(tmp_path, suffix):
    smooth = np.stack([np.add.outer(np.arange(64), np.arange(64))] * 3, axis=-1).astype(np.uint8)
    for name in "ab":
        image_io.save(smooth, tmp_path / f"{name}{suffix}")
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()
    assert np.abs(image_io.load(tmp_path / f"a{suffix}").astype(int) - smooth).mean() < 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(PHOTO).save(tmp_path / "a.png", exif=exif)
    upright = {
        1: PHOTO, 2: PHOTO[:, ::-1], 3: PHOTO[::-1, ::-1], 4: PHOTO[::-1], 5: PHOTO.transpose(1, 0, 2),
        6: np.rot90(PHOTO, -1), 7: PHOTO[::-1, ::-1].transpose(1, 0, 2), 8: np.rot90(PHOTO),
    }[orientation]  # fmt: skip
    np.testing.assert_array_equal(image_io.load(tmp_path / "a.png"), upright)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_uncompressed_tiff_is_turned_too(tmp_path, mode, orientation):
    """Pillow maps those of these modes into memory, and with width and height exchanged where it is to turn them."""
    image = Image.fromarray(PHOTO).convert(mode)
    image.getexif()[0x0112] = orientation
    image.save(tmp_path / "a.tif", exif=image.getexif())
    np.testing.assert_array_equal(image_io.load(tmp_path / "a.tif"), image_io.to_pixels(image))


def test_a_pillow_image_is_made_upright_too():
    image = Image.fromarray(PHOTO)
    image.getexif()[0x0112] = 6
    np.testing.assert_array_equal(image_io.to_pixels(image), np.rot90(PHOTO, -1))


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "1", "CMYK", "YCbCr"])
def test_other_modes_become_rgb(mode):
    pixels = image_io.to_pixels(Image.fromarray(PHOTO).convert(mode))
    assert pixels.shape == PHOTO.shape
    assert pixels.dtype == np.uint8


def test_16_bit_is_rounded_to_8(tmp_path):
    deep = np.array([[0, 128, 129, 257, 65535]], dtype=np.uint16)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    assert image_io.load(tmp_path / "deep.png")[0, :, 0].tolist() == [0, 0, 1, 1, 255]


def test_float_images_are_refused():
    with pytest.raises(ImageError, match="mode F"):
        image_io.to_pixels(Image.fromarray(np.zeros((2, 2), np.float32)))


def broken(tmp_path, kind):
    path = tmp_path / f"{kind}.jpg"
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("not a photo at all\n")
    elif kind == "folder":
        path.mkdir()
    elif kind == "postscript":
        path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n")
    elif kind.startswith("cut"):
        image_io.save(np.tile(PHOTO, (20, 20, 1)), tmp_path / "whole.png")
        image_io.save(np.tile(PHOTO, (20, 20, 1)), tmp_path / "whole.jpg")
        content = (tmp_path / ("whole.png" if kind == "cut-png" else "whole.jpg")).read_bytes()
        path.write_bytes(content[: len(content) // 2])
    return path


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("missing", "no such file"),
        ("empty", "0 bytes"),
        ("text", "not a photo"),
        ("folder", "not a file"),
        ("postscript", "not a photo"),
        ("cut-jpeg", "damaged or cut short"),
        ("cut-png", "damaged or cut short"),
    ],
)
def test_what_is_not_a_photo_is_named_with_a_remedy(tmp_path, kind, reason):
    with pytest.raises(ImageError, match=reason) as caught:
        image_io.load(broken(tmp_path, kind))
    message = str(caught.value)
    assert f"{kind}.jpg" in message
    assert ";" in message
    assert "\n" not in message


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([".png", ".jpg", ".webp", ".tif", ".bmp"]),
    st.lists(st.tuples(st.integers(0, 10**4), st.integers(0, 255)), max_size=6),
    st.floats(0.02, 1),
)
@pytest.mark.filterwarnings("ignore")
def test_whatever_is_damaged_a_photo_is_read_or_refused(tmp_path, suffix, changes, keep):
    path = tmp_path / f"damaged{suffix}"
    image_io.save(np.tile(PHOTO, (4, 4, 1)), path)
    content = bytearray(path.read_bytes())
    for at, byte in changes:
        content[at % len(content)] = byte
    path.write_bytes(content[: max(1, int(len(content) * keep))])
    try:
        pixels = image_io.load(path)
    except ImageError as error:
        assert path.name in str(error)
        assert "\n" not in str(error)
    else:
        assert image_io.check_pixels(pixels) is pixels


def test_too_many_pixels(tmp_path, monkeypatch):
    image_io.save(PHOTO, tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    with pytest.raises(ImageError, match=r"a\.png: more than"):
        image_io.load(tmp_path / "a.png")


@pytest.mark.parametrize(
    "array", [PHOTO.astype(np.float32), PHOTO[..., 0], PHOTO[..., :2], PHOTO[:0], np.zeros((3, 4, 4), np.uint8), [[1]]]
)
def test_arrays_that_are_no_photo(array):
    with pytest.raises(ImageError, match="give"):
        image_io.check_pixels(array)


def test_unknown_suffix_is_refused(tmp_path):
    with pytest.raises(OutputError, match=r"one of \.jpg"):
        image_io.save(PHOTO, tmp_path / "a.xyz")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_what_was_there(tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(b"before")

    def fail(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OutputError, match="No space left"):
        image_io.save(PHOTO, tmp_path / "a.png")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    assert (tmp_path / "a.png").read_bytes() == b"before"


def test_an_interrupted_write_leaves_nothing(tmp_path, monkeypatch):
    def interrupt(source, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        image_io.save(PHOTO, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_a_photo_too_long_for_the_format(tmp_path):
    with pytest.raises(OutputError, match=r"70000x1.*choose \.png"):
        image_io.save(np.zeros((1, 70_000, 3), np.uint8), tmp_path / "a.jpg")
    assert list(tmp_path.iterdir()) == []
