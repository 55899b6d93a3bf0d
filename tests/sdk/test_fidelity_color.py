"""Rows of docs/FIDELITY.md: ICC profiles and CMYK. The profiles are made here, from their numbers."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

PRIMARIES = {
    "display-p3": [(0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407)],
    "adobe-rgb": [(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)],
    "srgb": [(0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.7141)],
}
"""Red, green and blue as XYZ under D50."""


def rgb_profile(name):
    """Three primaries and one tone curve: sRGB's, or Adobe RGB's power of 2.2."""
    numbers = [round(65536 * value) for value in (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)]
    curve = gamma(2.19921875) if name == "adobe-rgb" else b"para" + struct.pack(">LHH5l", 0, 3, 0, *numbers)
    colors = dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(xyz, PRIMARIES[name]), strict=True))
    return profile(b"RGB ", b"XYZ ", {**colors, b"rTRC": curve, b"gTRC": curve, b"bTRC": curve})


def gray_profile(power):
    return profile(b"GRAY", b"XYZ ", {b"kTRC": gamma(power)})


def cmyk_profile(lab_of):
    """A table of the 16 corners: `lab_of(c, m, y, k)` is Lab, 0..255 each, for inks of 0 or 1."""
    corners = [(c, m, y, k) for c in (0, 1) for m in (0, 1) for y in (0, 1) for k in (0, 1)]
    ramp, identity = bytes(range(256)), [65536 * (place % 4 == 0) for place in range(9)]
    table = b"mft1" + struct.pack(">LBBBB9l", 0, 4, 3, 2, 0, *identity) + 4 * ramp
    table += b"".join(bytes(lab_of(*corner)) for corner in corners) + 3 * ramp
    return profile(b"CMYK", b"Lab ", {b"A2B0": table}, kind=b"prtr")


def profile(space, connection, tags, kind=b"mntr"):
    white, text = xyz((0.9642, 1.0, 0.8249)), b"test\0"
    described = b"desc" + struct.pack(">LL", 0, len(text)) + text + bytes(78)
    tags = {b"desc": described, b"cprt": b"text\0\0\0\0none\0", b"wtpt": white, **tags}
    table, body, at = struct.pack(">L", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">LL", at + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    size = 128 + len(table) + len(body)
    header = struct.pack(">L4xL4s4s4s6H4s", size, 0x02400000, kind, space, connection, 2026, 1, 1, 0, 0, 0, b"acsp")
    return (header + bytes(28) + white[8:]).ljust(128, b"\0") + table + body


def xyz(values):
    return b"XYZ \0\0\0\0" + struct.pack(">3l", *(round(65536 * value) for value in values))


def gamma(power):
    return b"curv" + struct.pack(">LLH", 0, 1, round(256 * power)) + b"\0\0"


def in_srgb(image, icc):
    source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
    mode = "RGB"
    return np.asarray(ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), intent, mode))


@pytest.mark.parametrize(("name", "suffix"), [("display-p3", ".png"), ("display-p3", ".jpg"), ("adobe-rgb", ".tif")])
def test_row_icc(tmp_path, toy_photo, both_ways, name, suffix):
    icc, image = rgb_profile(name), Image.fromarray(toy_photo)
    image.save(tmp_path / f"a{suffix}", icc_profile=icc, quality=100)
    found = both_ways(tmp_path / f"a{suffix}", f"out{suffix}")
    assert found.image.info["icc_profile"] == icc
    with Image.open(tmp_path / f"a{suffix}") as image:
        own, expected = np.asarray(image).astype(int), in_srgb(image, icc).astype(int)
    assert np.abs(found.result.photo.pixels - expected).max() <= 1
    assert np.abs(own - expected).mean() > 2, "the profile matters"
    shown = in_srgb(found.image, icc).astype(int)
    inside = (expected > 5) & (expected < 250) & (found.result.image > 5) & (found.result.image < 250)
    apart = np.abs(shown - found.result.image)[inside.all(axis=2)]
    assert apart.mean() < (4 if suffix == ".jpg" else 1.5), "shown, it looks as the network made it"


def test_row_icc_beyond_srgb(tmp_path, both_ways):
    """The purest green of Display P3 is outside sRGB; by way of sRGB it would come back as (117, 251, 76)."""
    photo = np.zeros((60, 60, 3), np.uint8)
    photo[..., 1] = 255
    Image.fromarray(photo).save(tmp_path / "a.png", icc_profile=rgb_profile("display-p3"))
    found = both_ways(tmp_path / "a.png", "out.png")
    change = found.result.image.astype(int) - found.result.photo.pixels
    unchanged = (change == 0).all(axis=2)
    out = np.asarray(found.image)
    assert (out[unchanged] == (0, 255, 0)).all()
    assert np.median(out[..., 0]) < 110


def test_row_icc_16_bits(tmp_path, toy_photo, both_ways):
    from amirnet.photo.metadata import Metadata
    from amirnet.photo.photo_file import PhotoFile
    from amirnet.photo.png_writer import encode_png

    icc, deep = rgb_profile("display-p3"), toy_photo.astype(np.uint16) * 257 + 3
    (tmp_path / "a.png").write_bytes(encode_png(deep, Metadata(icc=icc)))
    found = both_ways(tmp_path / "a.png", "out.png")
    out = PhotoFile.open(found.path)
    assert out.metadata.icc == icc
    assert found.result.photo.rebuilt(found.result.photo.pixels).tolist() == deep.tolist(), "no change, no change"
    np.testing.assert_array_equal(out.samples, found.result.photo.rebuilt(found.result.image))


def test_row_icc_srgb(tmp_path, toy_photo, both_ways):
    icc = rgb_profile("srgb")
    Image.fromarray(toy_photo).save(tmp_path / "a.png", icc_profile=icc)
    found = both_ways(tmp_path / "a.png", "out.png")
    np.testing.assert_array_equal(found.result.photo.pixels, toy_photo)
    np.testing.assert_array_equal(np.asarray(found.image), found.result.image)
    assert found.image.info["icc_profile"] == icc


@pytest.mark.parametrize("kind", ["gray", "rgb"])
def test_row_icc_gray(tmp_path, toy_photo, both_ways, kind):
    icc, gray = gray_profile(1.0) if kind == "gray" else rgb_profile("adobe-rgb"), toy_photo[..., 0]
    Image.fromarray(gray).save(tmp_path / "a.png", icc_profile=icc)
    found = both_ways(tmp_path / "a.png", "out.png")
    assert found.image.mode == "L"
    assert found.image.info["icc_profile"] == icc
    seen = found.result.photo.pixels[..., 0].astype(int)
    if kind == "gray":  # linear light: sRGB numbers are higher
        assert (seen - gray)[(gray > 50) & (gray < 200)].min() > 20
    assert found.result.photo.rebuilt(found.result.photo.pixels)[..., 0].tolist() == gray.tolist()


def test_row_icc_broken(tmp_path, toy_photo, both_ways):
    icc = rgb_profile("adobe-rgb")[:150]
    Image.fromarray(toy_photo).save(tmp_path / "a.png", icc_profile=icc)
    found = both_ways(tmp_path / "a.png", "out.png")
    np.testing.assert_array_equal(found.result.photo.pixels, toy_photo)
    assert found.image.info["icc_profile"] == icc
    assert len(found.warnings) == 1
    assert "the colour profile cannot be used" in found.warnings[0]


def smooth_cmyk():
    y, x = np.mgrid[0:64, 0:80]
    return np.stack([3 * x, 3 * y, 200 - 2 * x, y // 2], axis=-1).astype(np.uint8)


def test_row_cmyk_jpeg(tmp_path, both_ways):
    image = Image.fromarray(smooth_cmyk(), mode="CMYK")
    image.save(tmp_path / "a.jpg", quality=100, subsampling=0)
    found = both_ways(tmp_path / "a.jpg", "out.jpg")
    assert found.image.mode == "RGB"
    expected = np.asarray(image.convert("RGB")).astype(int)
    assert np.abs(found.result.photo.pixels - expected).mean() < 2


def test_row_ycck_jpeg(tmp_path, both_ways):
    """Made from a CMYK JPEG whose planes are filled as YCCK's are, and whose Adobe marker is told so."""
    cmyk = smooth_cmyk()
    ycc = np.asarray(Image.fromarray(cmyk[..., :3]).convert("YCbCr"))
    planes = np.dstack([255 - ycc, cmyk[..., 3]])
    buffer = io.BytesIO()
    Image.fromarray(planes, mode="CMYK").save(buffer, "JPEG", quality=100, subsampling=0)
    content = bytearray(buffer.getvalue())
    content[content.index(b"Adobe") + 11] = 2
    (tmp_path / "a.jpg").write_bytes(content)
    with Image.open(tmp_path / "a.jpg") as image:
        assert (image.mode, image.info["adobe_transform"]) == ("CMYK", 2)
    found = both_ways(tmp_path / "a.jpg", "out.jpg")
    expected = np.asarray(Image.fromarray(cmyk, mode="CMYK").convert("RGB")).astype(int)
    assert np.abs(found.result.photo.pixels - expected).mean() < 3
    assert found.image.mode == "RGB"


def test_row_cmyk_icc(tmp_path, both_ways):
    def lab_of(c, m, y, k):  # cyan ink prints green here, which the plain formula cannot know
        return (20, 128, 128) if k else (150, 70, 190) if c else (255, 128, 128)

    inks = np.zeros((64, 64, 4), np.uint8)
    inks[:, :32, 0] = 255
    image = Image.fromarray(inks, mode="CMYK")
    image.save(tmp_path / "a.jpg", quality=100, icc_profile=cmyk_profile(lab_of))
    found = both_ways(tmp_path / "a.jpg", "out.png")
    red, green, blue = found.result.photo.pixels[30, 10].astype(int)
    assert green > red + 50 and green > blue + 50
    assert found.result.photo.pixels[30, 50].min() > 245
    assert "icc_profile" not in found.image.info, "a profile for inks is wrong in an RGB file"
