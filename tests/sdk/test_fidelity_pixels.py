"""Rows of docs/FIDELITY.md: orientation, depth, transparency and gray."""

import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from amirnet.errors import ImageError
from amirnet.photo.metadata import NOTHING
from amirnet.photo.photo_file import PhotoFile
from amirnet.photo.png_writer import encode_png

ORIENTATION = 0x0112


def upright(photo, orientation):
    return {
        1: photo, 2: photo[:, ::-1], 3: photo[::-1, ::-1], 4: photo[::-1], 5: photo.swapaxes(0, 1),
        6: np.rot90(photo, -1), 7: photo[::-1, ::-1].swapaxes(0, 1), 8: np.rot90(photo),
    }[orientation]  # fmt: skip


@pytest.fixture
def deep_photo(toy_photo):
    """The toy photo at 16 bits, with detail below the eighth bit."""
    detail = np.random.default_rng(0).integers(-120, 121, toy_photo.shape)
    return np.clip(toy_photo.astype(int) * 257 + detail, 0, 65535).astype(np.uint16)


def add_change(deep, seen, restored):
    return np.clip(deep.astype(np.int64) + 257 * (restored.astype(np.int64) - seen), 0, 65535)


@pytest.mark.parametrize(
    ("orientation", "suffix"),
    [*((orientation, ".png") for orientation in range(1, 9)), (6, ".jpg"), (5, ".webp"), (7, ".tif")],
)
def test_row_orientation(tmp_path, toy_photo, both_ways, orientation, suffix):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    Image.fromarray(toy_photo).save(tmp_path / f"a{suffix}", exif=exif, quality=95)
    found = both_ways(tmp_path / f"a{suffix}", "out.png")
    seen = found.result.photo.pixels
    lossy = suffix in (".jpg", ".webp")
    assert np.abs(seen.astype(int) - upright(toy_photo, orientation)).mean() < (8 if lossy else 1e-9)
    tag = found.image.getexif().get(ORIENTATION)
    assert tag == 1 or (tag is None and suffix == ".tif")  # Pillow takes a TIFF's away as it turns the pixels
    np.testing.assert_array_equal(np.asarray(found.image), found.result.image)
    assert found.result.image.shape == upright(toy_photo, orientation).shape


def test_row_png_16_gray(tmp_path, deep_photo, both_ways):
    deep = deep_photo[..., 0]
    cv2.imwrite(str(tmp_path / "a.png"), deep)
    found = both_ways(tmp_path / "a.png", "out.png")
    out = cv2.imread(str(found.path), cv2.IMREAD_UNCHANGED)
    assert (out.dtype, out.shape) == (np.uint16, deep.shape)
    restored = np.asarray(Image.fromarray(found.result.image).convert("L"))
    np.testing.assert_array_equal(out, add_change(deep, (deep.astype(int) + 128) // 257, restored))
    assert found.warnings == ["16 bits a channel: restored at 8 bits, and the change added to the 16-bit samples"]


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_row_png_16_rgb(tmp_path, deep_photo, both_ways, suffix):
    cv2.imwrite(str(tmp_path / "a.png"), deep_photo[..., ::-1])
    found = both_ways(tmp_path / "a.png", f"out{suffix}")
    out = cv2.imread(str(found.path), cv2.IMREAD_UNCHANGED)[..., ::-1]
    assert out.dtype == np.uint16
    seen = (deep_photo.astype(int) + 128) // 257
    np.testing.assert_array_equal(found.result.photo.pixels, seen)
    np.testing.assert_array_equal(out, add_change(deep_photo, seen, found.result.image))
    assert len(np.unique(out % 257)) > 100, "the low-order detail"
    assert len(found.warnings) == 1


def adam7(samples):
    """An interlaced PNG of uint16 RGB: seven passes, each a small picture of its own."""
    height, width = samples.shape[:2]
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    rows = [row for x, y, right, down in passes for row in samples[y::down, x::right] if row.size]
    raw = b"".join(b"\0" + row.astype(">u2").tobytes() for row in rows)
    header = chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, 16, 2, 0, 0, 1))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def chunk(kind, content):
    return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))


def test_row_png_16_interlaced(tmp_path, deep_photo, both_ways):
    (tmp_path / "a.png").write_bytes(adam7(deep_photo))
    found = both_ways(tmp_path / "a.png", "out.png")
    np.testing.assert_array_equal(found.result.photo.samples, deep_photo)


def test_row_png_16_key(tmp_path, deep_photo, both_ways):
    deep_photo[:, :40] = (9, 8, 7)
    content = encode_png(deep_photo, NOTHING)
    at = content.index(b"IDAT") - 4
    (tmp_path / "a.png").write_bytes(content[:at] + chunk(b"tRNS", struct.pack(">3H", 9, 8, 7)) + content[at:])
    found = both_ways(tmp_path / "a.png", "out.png")
    out = cv2.imread(str(found.path), cv2.IMREAD_UNCHANGED)
    assert (out[:, :40] == (7, 8, 9, 0)).all()
    assert (out[:, 40:, 3] == 65535).all()


def test_row_png_16_alpha(tmp_path, deep_photo, both_ways):
    alpha = np.where(np.arange(130) < 40, 0, 40_000).astype(np.uint16) * np.ones((97, 1), np.uint16)
    cv2.imwrite(str(tmp_path / "a.png"), np.dstack([deep_photo[..., ::-1], alpha]))
    found = both_ways(tmp_path / "a.png", "out.png")
    out = cv2.imread(str(found.path), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(out[..., 3], alpha)
    np.testing.assert_array_equal(out[:, :40, 2::-1], deep_photo[:, :40])
    assert (out[:, 40:, 2::-1] != deep_photo[:, 40:]).any()


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_row_tiff_16_gray(tmp_path, deep_photo, both_ways, suffix):
    deep = deep_photo[..., 1]
    cv2.imwrite(str(tmp_path / "a.tif"), deep)
    found = both_ways(tmp_path / "a.tif", f"out{suffix}")
    out = cv2.imread(str(found.path), cv2.IMREAD_UNCHANGED)
    restored = np.asarray(Image.fromarray(found.result.image).convert("L"))
    np.testing.assert_array_equal(out, add_change(deep, (deep.astype(int) + 128) // 257, restored))


@pytest.mark.parametrize("compression", [1, 5, 32946])  # none, LZW, deflate
def test_row_tiff_16_rgb(tmp_path, deep_photo, both_ways, compression):
    settings = [cv2.IMWRITE_TIFF_COMPRESSION, compression]
    cv2.imwrite(str(tmp_path / "a.tif"), deep_photo[..., ::-1], settings)
    found = both_ways(tmp_path / "a.tif", "out.tif")
    out = cv2.imread(str(found.path), cv2.IMREAD_UNCHANGED)[..., ::-1]
    seen = (deep_photo.astype(int) + 128) // 257
    np.testing.assert_array_equal(out, add_change(deep_photo, seen, found.result.image))


@pytest.mark.parametrize("largest", [65535, 4095])
def test_row_pgm_16(tmp_path, deep_photo, both_ways, largest):
    gray = (deep_photo[..., 0].astype(np.uint32) * largest // 65535).astype(np.uint16)
    head = f"P5 {gray.shape[1]} {gray.shape[0]} {largest}\n".encode()
    (tmp_path / "a.pgm").write_bytes(head + gray.astype(">u2").tobytes())
    found = both_ways(tmp_path / "a.pgm", "out.png")
    out = cv2.imread(str(found.path), cv2.IMREAD_UNCHANGED)
    stretched = np.rint(gray / largest * 65535).astype(np.int64)
    restored = np.asarray(Image.fromarray(found.result.image).convert("L"))
    np.testing.assert_array_equal(out, add_change(stretched, (stretched + 128) // 257, restored))


def test_row_ppm_16(tmp_path, deep_photo, both_ways):
    height, width, _ = deep_photo.shape
    (tmp_path / "a.ppm").write_bytes(f"P6 {width} {height} 65535\n".encode() + deep_photo.astype(">u2").tobytes())
    found = both_ways(tmp_path / "a.ppm", "out.png")
    assert list(found.warnings) == ["more than 8 bits a channel are read as 8 in this kind of file"]
    assert np.asarray(found.image).dtype == np.uint8


def test_row_deep_to_8(tmp_path, deep_photo, both_ways):
    cv2.imwrite(str(tmp_path / "a.png"), deep_photo[..., ::-1])
    found = both_ways(tmp_path / "a.png", "out.bmp")
    assert found.warnings[-1] == "BMP holds 8 bits a channel; name the output .png or .tif to keep 16"
    apart = np.asarray(found.image).astype(int) - found.result.image
    assert np.abs(apart).max() <= 1


def hidden(photo, color, mode):
    """The photo, left third under alpha 0 with this colour, a soft edge, the rest opaque."""
    alpha = np.clip((np.arange(130) - 43) * 64, 0, 255).astype(np.uint8) * np.ones((97, 1), np.uint8)
    painted = np.where(alpha[..., None] == 0, np.uint8(color), photo)
    if mode == "LA":
        return np.dstack([painted[..., 0], alpha])
    return np.dstack([painted, alpha])


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_row_alpha(tmp_path, toy_photo, both_ways, mode, suffix):
    outs = []
    for color in (0, 255):
        samples = hidden(toy_photo, color, mode)
        Image.fromarray(samples).save(tmp_path / f"{color}{suffix}")
        found = both_ways(tmp_path / f"{color}{suffix}", f"{color}{suffix}")
        out = np.asarray(found.image)
        assert found.image.mode == mode
        np.testing.assert_array_equal(out[..., -1], samples[..., -1])
        assert (out[..., :-1][out[..., -1] == 0] == color).all(), "what was hidden stays as it was"
        outs.append(out)
    visible = outs[0][..., -1] > 0
    np.testing.assert_array_equal(outs[0][visible], outs[1][visible], "and is not seen in what is visible")
    assert (outs[0][visible] != hidden(toy_photo, 0, mode)[visible]).any()


@pytest.mark.parametrize("kind", ["png", "gif", "key"])
def test_row_palette_alpha(tmp_path, toy_photo, both_ways, kind):
    if kind == "key":  # one colour of an RGB PNG stands for transparency
        photo = toy_photo.copy()
        photo[:, :40] = (255, 0, 255)
        Image.fromarray(photo).save(tmp_path / "a.png", transparency=(255, 0, 255))
    else:
        image = Image.fromarray(hidden(toy_photo, 9, "RGBA"))
        image = image.quantize(64, method=Image.Quantize.FASTOCTREE) if kind == "png" else image
        image.save(tmp_path / f"a.{kind}")
    path = tmp_path / ("a.gif" if kind == "gif" else "a.png")
    with Image.open(path) as image:
        expected = np.asarray(image.convert("RGBA"))
    found = both_ways(path, "out.png")
    assert found.image.mode == "RGBA"
    assert (expected[..., 3] == 0).any()
    np.testing.assert_array_equal(np.asarray(found.image)[..., 3], expected[..., 3])


def test_row_alpha_to_jpeg(tmp_path, toy_photo, both_ways):
    Image.fromarray(hidden(toy_photo, 0, "RGBA")).save(tmp_path / "a.png")
    found = both_ways(tmp_path / "a.png", "out.jpg")
    assert found.warnings == ["JPEG holds no transparency; the photo is laid on white"]
    assert np.asarray(found.image)[:, :32].min() > 240


@pytest.mark.parametrize("suffix", [".png", ".tif", ".bmp", ".jpg", ".webp"])
def test_row_gray(tmp_path, toy_photo, both_ways, suffix):
    Image.fromarray(toy_photo[..., 0]).save(tmp_path / "a.png")
    found = both_ways(tmp_path / "a.png", f"out{suffix}")
    assert found.image.mode == ("RGB" if suffix == ".webp" else "L"), "WebP has no gray"
    wanted = np.asarray(Image.fromarray(found.result.image).convert("L"))
    apart = np.abs(np.asarray(found.image.convert("L")).astype(int) - wanted).mean()
    assert apart < 4 if suffix in (".jpg", ".webp") else apart == 0


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_row_one_bit(tmp_path, toy_photo, both_ways, suffix):
    image = Image.fromarray(toy_photo).convert("1")
    image.save(tmp_path / f"a{suffix}")
    found = both_ways(tmp_path / f"a{suffix}", f"out{suffix}")
    np.testing.assert_array_equal(found.result.photo.pixels[..., 1], np.asarray(image) * np.uint8(255))
    assert found.image.mode == "L"


def test_row_palette(tmp_path, toy_photo, both_ways):
    image = Image.fromarray(toy_photo).quantize(200)
    image.save(tmp_path / "a.png")
    found = both_ways(tmp_path / "a.png", "out.png")
    np.testing.assert_array_equal(found.result.photo.pixels, np.asarray(image.convert("RGB")))
    assert found.image.mode == "RGB"


def test_a_result_of_another_size_is_refused(toy_photo):
    assert PhotoFile(toy_photo).rebuilt(toy_photo) is toy_photo
    with pytest.raises(ImageError, match="not the photo's 130x97"):
        PhotoFile(toy_photo).rebuilt(toy_photo[1:])
