"""Rows of docs/FIDELITY.md: what is no single whole photo, and formats that need another package."""

import struct
import sys
import types
import zlib

import numpy as np
import pytest
from PIL import Image, ImageFile

from amirnet.photo import image_io


def animation(path, photo):
    frames = [Image.fromarray(photo), Image.fromarray(255 - photo), Image.fromarray(photo[::-1].copy())]
    lossless = {"lossless": True} if path.suffix == ".webp" else {}
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=50, **lossless)
    return path


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png", ".tif"])
def test_row_animation(tmp_path, toy_photo, refused_both_ways, suffix):
    path = animation(tmp_path / f"a{suffix}", toy_photo)
    line = refused_both_ways(path)
    what = "several pages" if suffix == ".tif" else "several frames, an animation"
    assert line == f"{path}: {what}; take the first one with --first-frame (first_frame=True), or split it first"


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png", ".tif"])
def test_row_first_frame(tmp_path, toy_photo, both_ways, suffix):
    path = animation(tmp_path / f"a{suffix}", toy_photo)
    found = both_ways(path, "out.png", first_frame=True)
    assert np.abs(found.result.photo.pixels.astype(int) - toy_photo).mean() < (20 if suffix == ".gif" else 1e-9)
    np.testing.assert_array_equal(image_io.load(path), found.result.photo.pixels, "examining needs no option")


def test_row_two_pictures(tmp_path, toy_photo, both_ways):
    """Phones put a second picture (a depth or gain map) behind a JPEG; that is no animation."""
    Image.fromarray(toy_photo).save(
        tmp_path / "a.jpg", format="MPO", save_all=True, append_images=[Image.fromarray(255 - toy_photo)], quality=95
    )
    found = both_ways(tmp_path / "a.jpg", "out.jpg")
    assert np.abs(found.result.photo.pixels.astype(int) - toy_photo).mean() < 8


HEIC = struct.pack(">L", 24) + b"ftypheic" + bytes(4) + b"mif1heic" + b"the rest"


def test_row_heic_missing(tmp_path, refused_both_ways, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    (tmp_path / "a.jpg").write_bytes(HEIC)
    assert refused_both_ways(tmp_path / "a.jpg").endswith(
        "a HEIC photo needs pillow-heif; pip install 'amirnet[heif]', or convert it to JPEG"
    )


def test_row_heic(tmp_path, toy_photo, both_ways, monkeypatch):
    """The decoder itself is another project's; that it is brought in, and only for HEIC, is held with a stand-in."""
    used = []

    class Decoder(ImageFile.StubImageFile):
        format = "HEIF"

        def _open(self):
            used.append(True)
            self._mode, self._size, self.info["bit_depth"] = "RGB", (130, 97), 10

        def load(self):
            image = Image.fromarray(toy_photo)
            self.im, self.tile = image.im, []
            return image.load()

        def _load(self):
            return None

    module = types.ModuleType("pillow_heif")
    module.HeifImageFile = Decoder
    monkeypatch.setitem(sys.modules, "pillow_heif", module)
    Image.fromarray(toy_photo).save(tmp_path / "a.png")
    image_io.load(tmp_path / "a.png")
    assert used == []
    (tmp_path / "a.heic").write_bytes(HEIC)
    found = both_ways(tmp_path / "a.heic", "out.png")
    assert used
    assert found.warnings == ["more than 8 bits a channel are read as 8 in this kind of file"]
    np.testing.assert_array_equal(found.result.photo.pixels, toy_photo)


def test_row_heic_real(tmp_path, toy_photo, both_ways):
    heif = pytest.importorskip("pillow_heif")
    heif.from_pillow(Image.fromarray(toy_photo)).save(tmp_path / "a.heic", quality=-1)
    found = both_ways(tmp_path / "a.heic", "out.png")
    assert np.abs(found.result.photo.pixels.astype(int) - toy_photo).mean() < 8


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif", ".gif"])
def test_row_truncated(tmp_path, toy_photo, refused_both_ways, suffix):
    path = tmp_path / f"a{suffix}"
    Image.fromarray(toy_photo).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert f"{path}: " in refused_both_ways(path)


def test_row_truncated_16_bits(tmp_path, toy_photo, refused_both_ways):
    from amirnet.photo.metadata import NOTHING
    from amirnet.photo.png_writer import encode_png

    content = encode_png(toy_photo.astype(np.uint16) * 257, NOTHING)
    (tmp_path / "a.png").write_bytes(content[: len(content) // 2])
    assert "damaged or cut short" in refused_both_ways(tmp_path / "a.png")


def test_row_empty(tmp_path, refused_both_ways):
    (tmp_path / "a.jpg").touch()
    assert "the file is empty (0 bytes)" in refused_both_ways(tmp_path / "a.jpg")


def test_row_wrong_extension(tmp_path, toy_photo, both_ways):
    Image.fromarray(toy_photo).save(tmp_path / "a.png")
    (tmp_path / "a.png").rename(tmp_path / "a.jpg")
    np.testing.assert_array_equal(both_ways(tmp_path / "a.jpg", "out.png").result.photo.pixels, toy_photo)


POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n"


@pytest.mark.parametrize("content", [b"hello\n", POSTSCRIPT, bytes(99)], ids=["text", "postscript", "zeros"])
def test_row_not_an_image(tmp_path, refused_both_ways, content):
    (tmp_path / "a.jpg").write_bytes(content)
    assert "not a photo in a known format" in refused_both_ways(tmp_path / "a.jpg")


def test_row_bomb(tmp_path, refused_both_ways):
    """60,000 x 60,000 pixels in a few bytes."""

    def chunk(kind, content):
        return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">LLBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(bytes(1000)))
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + header + body + chunk(b"IEND", b""))
    assert "more than 178 million pixels" in refused_both_ways(tmp_path / "a.png")


@pytest.mark.parametrize("mode", ["F", "I"])
def test_row_no_range(tmp_path, toy_photo, refused_both_ways, mode):
    Image.fromarray(toy_photo[..., 0]).convert(mode).save(tmp_path / "a.tif")
    assert f"image mode {mode}: samples have no stated range" in refused_both_ways(tmp_path / "a.tif")
