"""Files that ask for a lot, and the limits of formats: refused before anything is decoded, or before it is written."""

import numpy as np
import pytest
from made_files import jpeg_2000, progressive, saved, tiff
from PIL import Image, features

from amirnet import PhotoFile, Restorer
from amirnet.errors import ImageError, OutOfMemoryError, OutputError
from amirnet.photo.pixel_cost import pixel_cost


def small(photo, side=24):
    return np.ascontiguousarray(photo[:side, : side + 6])


LIMITS = {".jpg": 65_500, ".webp": 16_383, ".png": 70_000, ".tif": 70_000, ".bmp": 70_000}
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
