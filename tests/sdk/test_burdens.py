"""Files that ask for a lot, and the limits of formats: refused before anything is decoded, or before it is written."""

import time

import numpy as np
import pytest
from made_files import avif_boxed, avif_frames, jpeg_2000, progressive, saved, tiff
from PIL import Image, features

from amirnet import PhotoFile, Restorer
from amirnet.errors import ImageError, OutOfMemoryError, OutputError
from amirnet.photo.av1_frames import Av1Cost, av1_cost
from amirnet.photo.pixel_cost import pixel_cost


def small(photo, side=24):
    return np.ascontiguousarray(photo[:side, : side + 6])


LIMITS = {".jpg": 65_500, ".webp": 16_383, ".png": 70_000, ".tif": 70_000, ".bmp": 70_000}
needs_avif = pytest.mark.skipif(not features.check("avif"), reason="this Pillow has no AVIF")
if features.check("avif"):
    LIMITS[".avif"] = 32_768


@pytest.mark.parametrize("suffix", LIMITS)
@pytest.mark.parametrize("high", [False, True])
def test_whatever_is_written_can_be_read_back(tmp_path, suffix, high):
    for side in (LIMITS[suffix], LIMITS[suffix] + 1):
        pixels = np.full((side, 2, 3) if high else (2, side, 3), 90, np.uint8)
        photo = PhotoFile(pixels)
        try:
            photo.save(pixels, tmp_path / f"a{suffix}")
        except OutputError as error:
            assert "cannot hold" in str(error) and side > LIMITS[suffix]
            continue
        assert PhotoFile.open(tmp_path / f"a{suffix}").pixels.shape == pixels.shape


@pytest.mark.parametrize("content", [
    jpeg_2000(1024, 1), jpeg_2000(2048, 2), jpeg_2000(1024, 15, tiles=128),
], ids=["precincts", "larger ones", "tiles"])  # fmt: skip
def test_a_jpeg_2000_of_too_many_parts_is_refused(tmp_path, opened, content):
    assert len(content) < 300
    with pytest.raises(ImageError, match="more parts than a photo of its size has; save it anew"):
        opened(content, "a.j2k")


def test_a_jpeg_2000_of_too_many_layers_is_refused(tmp_path, opened):
    """164 bytes that took 15 s: every part is asked for once a layer."""
    with pytest.raises(ImageError, match="more layers of quality than its parts can have; save it anew with fewer"):
        opened(jpeg_2000(256, 3, layers=65_535), "a.j2k")


def test_an_ordinary_jpeg_2000_is_read_and_its_parts_are_counted(tmp_path, toy_photo, opened):
    content = saved(Image.fromarray(toy_photo), "JPEG2000")
    opened(content, "a.jp2")
    cost, width, height = pixel_cost(tmp_path / "a.jp2", tmp_path / "b.png", False)
    (tmp_path / "c.j2k").write_bytes(jpeg_2000(1024, 5))
    more, wide, high = pixel_cost(tmp_path / "c.j2k", tmp_path / "b.png", False)
    assert more.most * wide * high > 1024 * 1024 * 16 + 10_000_000
    assert cost.most >= 16 and width * height == toy_photo[..., 0].size


def test_a_tile_many_times_the_picture_is_refused(tmp_path, toy_photo, toy_bundle, opened):
    opened(tiff(small(toy_photo)))
    tiled = tiff(small(toy_photo), tags=[(322, 4, 16_000), (323, 4, 16_000), (324, 4, 300), (325, 4, 100)])
    with pytest.raises(ImageError, match="tiles are many times as large as the picture"):
        opened(tiled)
    with pytest.raises((ImageError, OutOfMemoryError)):
        Restorer.from_bundle(toy_bundle).restore_file(tmp_path / "a.bin", tmp_path / "out.png", memory=300)


def test_a_jpeg_of_thousands_of_scans_is_refused(opened):
    opened(progressive(64, 3))
    with pytest.raises(ImageError, match="more than 100 scans"):
        opened(progressive(64, 5_000))


@pytest.fixture
def refuses(tmp_path):
    """Opens bytes, which must be refused before a pixel is decoded: in a second of computing, and little memory."""

    def run(content, match):
        (tmp_path / "a.avif").write_bytes(content)
        start = time.process_time()
        with pytest.raises(ImageError, match=match):
            PhotoFile.open(tmp_path / "a.avif")
        assert time.process_time() - start < 1

    return run


@needs_avif
def test_an_avif_whose_frame_is_many_times_the_photo_is_refused(refuses):
    large = Image.new("RGB", (4_000, 3_000), (90, 80, 70))
    content = avif_boxed(large, 64, 64)
    assert len(content) < 2_000
    refuses(content, "coded pictures have many times the photo's pixels; save it anew")


@needs_avif
@pytest.mark.parametrize(("count", "match"), [(9, "more than 8 frames"), (20_000, "many times the photo's pixels")])
def test_an_avif_of_many_frames_in_one_picture_is_refused(refuses, toy_photo, count, match):
    refuses(avif_frames(Image.fromarray(toy_photo), count), match)


@needs_avif
def test_the_cost_of_ordinary_avif_files_is_the_photos(tmp_path, toy_photo, opened):
    image = Image.fromarray(toy_photo)
    height, width = toy_photo.shape[:2]
    alpha = image.convert("RGBA")
    alpha.putalpha(128)
    opened(saved(image, "AVIF"))
    assert av1_cost(tmp_path / "a.bin", 10**9) == Av1Cost(pytest.approx(height * width, rel=0.05), 1)
    opened(saved(alpha, "AVIF"))
    assert av1_cost(tmp_path / "a.bin", 10**9).pixels == pytest.approx(2 * height * width, rel=0.05)
    (tmp_path / "film.avif").write_bytes(saved(image, "AVIF", save_all=True, append_images=[image.rotate(9)] * 30))
    found = av1_cost(tmp_path / "film.avif", 10**9)
    assert found.frames == 1 and found.pixels <= 2.1 * height * width
    assert PhotoFile.open(tmp_path / "film.avif", first_frame=True).pixels.shape == toy_photo.shape


@needs_avif
def test_damaged_boxes_cost_no_time(tmp_path, toy_photo):
    content = saved(Image.fromarray(toy_photo), "AVIF")
    rng = np.random.default_rng(3)
    start = time.process_time()
    for _ in range(300):
        damaged = bytearray(content)
        for place in rng.integers(0, 400, 3):
            damaged[place] = rng.integers(0, 256)
        (tmp_path / "a.avif").write_bytes(damaged)
        av1_cost(tmp_path / "a.avif", 10**8)
    assert time.process_time() - start < 10
