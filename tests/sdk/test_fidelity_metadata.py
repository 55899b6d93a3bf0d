"""Rows of docs/FIDELITY.md: EXIF, XMP, places and thumbnails, formats and quality."""

import io

import numpy as np
import pytest
from PIL import ExifTags, Image, features

MAKE, SOFTWARE, DATE, EXPOSURE, MAKER_NOTE, WIDTH = 0x010F, 0x0131, 0x9003, 0x829A, 0x927C, 0xA002
EXIF, GPS = 0x8769, 0x8825
XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" '
    'exif:GPSLatitude="48,12.5N" tiff:Orientation="6" xmp:Rating="4"><exif:GPSLongitude>16,22.3E</exif:GPSLongitude>'
    "<dc:title>Grüße</dc:title><xmp:Thumbnails><rdf:Alt><rdf:li>OLDPICTURE</rdf:li></rdf:Alt></xmp:Thumbnails>"
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
).encode()


def full_exif():
    exif = Image.Exif()
    exif[MAKE], exif[SOFTWARE], exif[0x0112] = "Camera & Sons", "v1", 6
    exif.get_ifd(EXIF).update({DATE: "2026:01:02 03:04:05", EXPOSURE: 0.004, MAKER_NOTE: b"Maker\0\x01", WIDTH: 130})
    exif.get_ifd(GPS).update({1: "N", 2: (48.0, 12.0, 30.0)})
    return exif


def with_thumbnail(exif):
    """The block with a second directory that leads to a small JPEG, as cameras write it."""
    small = io.BytesIO()
    Image.new("RGB", (16, 12), (250, 10, 20)).save(small, "JPEG")
    block = exif.tobytes()[6:]
    order = "little" if block[:2] == b"II" else "big"
    first = int.from_bytes(block[4:8], order)
    link = first + 2 + 12 * int.from_bytes(block[first : first + 2], order)
    at = len(block) + len(block) % 2

    def field(tag, value):
        return tag.to_bytes(2, order) + (4).to_bytes(2, order) + (1).to_bytes(4, order) + value.to_bytes(4, order)

    second = (2).to_bytes(2, order) + field(0x0201, at + 30) + field(0x0202, small.tell()) + bytes(4)
    block = block[:link] + at.to_bytes(4, order) + block[link + 4 :].ljust(at - link - 4, b"\0")
    return b"Exif\0\0" + block + second + small.getvalue(), small.getvalue()


@pytest.fixture
def camera_photo(tmp_path, toy_photo):
    """A JPEG with everything: EXIF with a thumbnail, a place and a maker's note; XMP."""
    block, thumbnail = with_thumbnail(full_exif())
    path = tmp_path / "camera.jpg"
    Image.fromarray(toy_photo).save(path, exif=block, xmp=XMP, quality=90)
    assert thumbnail in path.read_bytes()
    with Image.open(path) as image:
        assert image.getexif().get_ifd(ExifTags.IFD.IFD1).get(0x0202) == len(thumbnail), "Pillow finds it too"
    return path


SUFFIXES = [".jpg", ".png", ".webp", ".tif", *([".avif"] if features.check("avif") else [])]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_row_exif(camera_photo, both_ways, suffix):
    found = both_ways(camera_photo, f"out{suffix}")
    exif = found.image.getexif()
    details, place = exif.get_ifd(EXIF), exif.get_ifd(GPS)
    assert (exif[MAKE], exif[SOFTWARE], exif.get(0x0112, 1)) == ("Camera & Sons", "v1", 1)
    assert (details[DATE], float(details[EXPOSURE])) == ("2026:01:02 03:04:05", 0.004)
    assert details[MAKER_NOTE] == b"Maker\0\x01"
    assert details[WIDTH] == found.image.width == 97, "orientation 6 turned it"
    assert (place[1], [float(part) for part in place[2]]) == ("N", [48.0, 12.0, 30.0])
    assert found.warnings == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_row_xmp(camera_photo, both_ways, suffix):
    xmp = both_ways(camera_photo, f"out{suffix}").image.info["xmp"].decode()
    for word in ("Grüße", 'tiff:Orientation="1"', 'xmp:Rating="4"', "GPSLatitude", "GPSLongitude"):
        assert word in xmp
    assert xmp.endswith('<?xpacket end="w"?>')


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_row_strip_gps(camera_photo, both_ways, suffix):
    found = both_ways(camera_photo, f"out{suffix}", strip_gps=True)
    exif, content = found.image.getexif(), found.path.read_bytes()
    assert not exif.get_ifd(GPS)
    assert (GPS not in exif, MAKER_NOTE not in exif.get_ifd(EXIF)) == (True, True)
    assert exif[MAKE] == "Camera & Sons"
    assert b"gps" not in found.image.info["xmp"].lower()
    for place in (b"48,12.5N", b"16,22.3E"):
        assert place not in content
    assert "Grüße" in found.image.info["xmp"].decode()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_row_thumbnail(camera_photo, both_ways, suffix):
    found = both_ways(camera_photo, f"out{suffix}")
    assert not found.image.getexif().get_ifd(ExifTags.IFD.IFD1)
    content = found.path.read_bytes()
    assert content.count(b"JFIF") <= 1, "no JPEG inside"
    assert b"OLDPICTURE" not in content


def test_row_tiff_to_jpeg(camera_photo, both_ways, tmp_path):
    """A TIFF's EXIF is the file itself; only what describes the photo travels, not how its pixels lay."""
    tiff = both_ways(camera_photo, "middle.tif").path
    found = both_ways(tiff, "out.jpg")
    exif = found.image.getexif()
    assert exif[MAKE] == "Camera & Sons"
    assert exif.get_ifd(GPS)[1] == "N"
    assert not {256, 257, 258, 259, 262, 273, 277, 278, 279, 284, 317, 700} & set(exif)


def test_row_broken_exif(tmp_path, toy_photo, both_ways):
    Image.fromarray(toy_photo).save(tmp_path / "a.jpg", exif=b"Exif\0\0II*\0\xff\xff\0\0")
    found = both_ways(tmp_path / "a.jpg", "out.jpg")
    assert found.warnings == ["EXIF is damaged (cut short) and left out"]
    assert "exif" not in found.image.info


def test_row_formats(tmp_path, camera_photo, both_ways):
    kinds = {".jpg": "JPEG", ".jpeg": "JPEG", ".PNG": "PNG", ".webp": "WEBP", ".tiff": "TIFF", ".bmp": "BMP"}
    for suffix, kind in kinds.items():
        found = both_ways(camera_photo, f"out{suffix}")
        assert found.image.format is None or found.image.format == kind
        with Image.open(found.path) as image:
            assert image.format == kind
    assert found.warnings == ["BMP holds no EXIF, XMP or colour profile; they are left out"]


@pytest.mark.parametrize("quality", [30, 90, 97, 100])
def test_row_jpeg_quality(tmp_path, toy_photo, both_ways, quality):
    Image.fromarray(toy_photo).save(tmp_path / "a.jpg", quality=quality)
    found = both_ways(tmp_path / "a.jpg", "out.jpg")
    with Image.open(tmp_path / "a.jpg") as before, Image.open(found.path) as after:
        for place, table in after.quantization.items():
            assert (np.array(table) <= before.quantization[place]).all(), "no step is coarser than the input's"
        assert after.layer[0][1:3] == (1, 1), "full chroma"
    assert found.result.photo.quality == max(95, quality)


@pytest.mark.parametrize("suffix", [".jpg", ".webp", *([".avif"] if features.check("avif") else [])])
def test_row_quality(tmp_path, camera_photo, both_ways, refused_both_ways, suffix):
    low, high = (both_ways(camera_photo, f"{q}{suffix}", quality=q).path.stat().st_size for q in (20, 99))
    assert low < high / 2
    assert "quality 101: not between 1 and 100" in refused_both_ways(camera_photo, f"out{suffix}", quality=101)


def test_row_webp_lossless(tmp_path, toy_photo, both_ways):
    Image.fromarray(toy_photo).save(tmp_path / "a.webp", lossless=True)
    found = both_ways(tmp_path / "a.webp", "out.webp")
    np.testing.assert_array_equal(np.asarray(found.image), found.result.image)
    hidden = np.dstack([toy_photo, np.where(np.arange(130) < 40, 0, 255) * np.ones((97, 1))]).astype(np.uint8)
    Image.fromarray(hidden).save(tmp_path / "b.webp", lossless=True, exact=True)
    out = np.asarray(both_ways(tmp_path / "b.webp", "b.webp").image)
    np.testing.assert_array_equal(out[:, :40], hidden[:, :40], "colour below alpha 0 too")
    lossy = both_ways(tmp_path / "a.webp", "low.webp", quality=50)
    assert (np.asarray(lossy.image) != lossy.result.image).any()


def test_row_long_blocks(tmp_path, toy_photo, both_ways):
    Image.fromarray(toy_photo).save(tmp_path / "a.webp", xmp=XMP.replace(b"4", b"4" * 70_000), lossless=True)
    found = both_ways(tmp_path / "a.webp", "out.jpg")
    assert found.warnings == ["XMP is too long for JPEG and left out"]
