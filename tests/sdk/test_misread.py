"""Files that say what their numbers mean in a way that is easily missed."""

import io
import struct

import numpy as np
import pytest
from made_files import P3, chrm, cicp, gama, nclx_avif, png_with, saved, tiff
from PIL import Image, features

from amirnet import PhotoFile, Restorer
from amirnet.errors import ImageError

XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" %s</rdf:RDF></x:xmpmeta>'
)


def small(photo, side=24):
    return np.ascontiguousarray(photo[:side, : side + 6])


@pytest.mark.parametrize("tags", [[], [(0xC612, 4, 0x00000401)]], ids=["reduced", "dng"])
@pytest.mark.parametrize("order", "<>")
def test_a_raw_file_is_not_its_thumbnail(toy_photo, opened, tags, order):
    raw = tiff(small(toy_photo), tags=tags, order=order, kind=0 if tags else 1, below=toy_photo[..., 0])
    with pytest.raises(ImageError, match="camera raw"):
        opened(raw, "a.nef")
    with pytest.raises(ImageError, match="develop"):
        PhotoFile.of(Image.open(io.BytesIO(raw))) if tags else opened(raw)


def test_a_raw_file_by_its_first_bytes(opened):
    for head in (b"II*\0\x10\0\0\0CR\2\0", b"FUJIFILMCCD-RAW 0201", b"IIU\0", b"\0\0\0\x18ftypcrx "):
        with pytest.raises(ImageError, match=r"a camera raw file.*; develop it"):
            opened(head + bytes(500))


def test_a_pyramid_whose_first_picture_is_the_whole_one_is_read(toy_photo, opened):
    content = tiff(toy_photo, below=small(toy_photo))
    np.testing.assert_array_equal(opened(content).pixels, toy_photo)


@pytest.mark.parametrize("order", "<>")
def test_white_is_zero_at_16_bits(tmp_path, toy_photo, opened, order):
    gray = toy_photo[..., 0].astype(np.uint16) * 257 + 3
    content = tiff(65535 - gray, photometric=0, order=order)
    photo = opened(content)
    np.testing.assert_array_equal(photo.samples[..., 0], gray)
    if order == "<":  # the other, Pillow does not open
        np.testing.assert_array_equal(PhotoFile.of(Image.open(tmp_path / "a.bin")).samples[..., 0], gray)


def test_white_is_zero_at_12_bits(toy_photo, opened):
    gray = toy_photo[..., 0].astype(np.uint16)[:, :128] * 16
    packed = np.empty((len(gray), 64, 3), np.uint8)
    packed[..., 0] = gray[:, ::2] >> 4
    packed[..., 1] = (gray[:, ::2] & 15) << 4 | gray[:, 1::2] >> 8
    packed[..., 2] = gray[:, 1::2] & 255
    found = {}
    for photometric in (0, 1):
        content = tiff(packed.reshape(len(gray), -1), photometric, tags=[(256, 4, 128), (258, 3, 12)])
        found[photometric] = opened(content).samples.astype(int)
    np.testing.assert_array_equal(found[0], 65535 - found[1])
    assert np.abs(found[1][..., 0] - 16 * gray.astype(int)).max() < 16


@pytest.mark.parametrize("kind", [2, 3])
def test_signed_samples_are_refused_by_name(tmp_path, toy_photo, opened, kind):
    content = tiff(toy_photo[..., 0].astype(np.int16), tags=[(339, 3, kind)])
    with pytest.raises(ImageError, match="no stated range" if kind == 2 else r"is not read here .*format \(3,\)"):
        opened(content)
    if kind == 2:
        with pytest.raises(ImageError, match="no stated range"):
            PhotoFile.of(Image.open(tmp_path / "a.bin"))


def mean_change(photo, pixels):
    return float(np.abs(photo.pixels.astype(int) - pixels).mean())


def test_a_gamma_in_png_keeps_the_look(toy_photo, opened):
    light = toy_photo / 255
    linear = np.round(255 * np.where(light <= 0.04, light / 12.92, ((light + 0.055) / 1.055) ** 2.4))
    photo = opened(png_with(Image.fromarray(linear.astype(np.uint8)), gama(1.0)))
    assert mean_change(photo, toy_photo) < 1.5
    gray = opened(png_with(Image.fromarray(linear[..., 0].astype(np.uint8)), gama(1.0)))
    assert mean_change(gray, toy_photo[..., :1]) < 1.5


def test_what_is_srgb_already_is_left_as_it_is(toy_photo, opened):
    image = Image.fromarray(toy_photo)
    srgb = ((0.3127, 0.329), (0.64, 0.33), (0.3, 0.6), (0.15, 0.06))
    for chunks in (
        [gama(0.45455)], [gama(0.45455), chrm(*srgb)], [cicp(1, 13)], [cicp(2, 2)],
        [(b"sRGB", b"\0"), gama(1.0), chrm(*P3)], [gama(0.0)],
    ):  # fmt: skip
        photo = opened(png_with(image, *chunks))
        assert photo.metadata.icc is None
        np.testing.assert_array_equal(photo.pixels, toy_photo)


def test_display_p3_stated_by_numbers_is_one_colour(toy_photo, opened):
    """By cHRM, cICP and nclx alike, as by the profile of Display P3 that another test makes."""
    image = Image.fromarray(toy_photo)
    by_code = opened(png_with(image, cicp(12, 13)))
    by_numbers = opened(png_with(image, gama(0.45455), chrm(*P3)))
    np.testing.assert_array_equal(by_code.pixels, by_numbers.pixels)
    from test_fidelity_color import rgb_profile

    by_profile = opened(saved(image, "PNG", icc_profile=rgb_profile("display-p3")))
    assert mean_change(by_profile, by_code.pixels.astype(int)) < 0.2
    assert mean_change(by_code, toy_photo) > 3
    if features.check("avif"):
        avif = opened(nclx_avif(image, 12, 13))
        plain = opened(nclx_avif(image, 1, 13))
        assert plain.metadata.icc is None and avif.metadata.icc == by_code.metadata.icc
        assert mean_change(avif, plain.pixels.astype(int)) > 3


def test_stated_colours_are_kept_as_a_profile(tmp_path, toy_photo, both_ways):
    (tmp_path / "a.png").write_bytes(png_with(Image.fromarray(toy_photo), cicp(12, 13)))
    found = both_ways(tmp_path / "a.png", "out.jpg")
    assert found.image.info["icc_profile"] == found.result.photo.metadata.icc
    assert found.result.photo.rebuilt(found.result.photo.pixels).tolist() == toy_photo.tolist()


@pytest.mark.parametrize("transfer", [16, 18])
def test_hdr_is_refused_by_name(toy_photo, opened, transfer):
    with pytest.raises(ImageError, match=r"an HDR photo \((PQ|HLG)\); save it as SDR"):
        opened(png_with(Image.fromarray(toy_photo), cicp(9, transfer)))
    if features.check("avif"):
        with pytest.raises(ImageError, match="an HDR photo"):
            opened(nclx_avif(Image.fromarray(toy_photo), 9, transfer))


def test_jpeg_2000_states_its_colours(toy_photo, opened):
    from test_fidelity_color import rgb_profile

    content = saved(Image.fromarray(toy_photo), "JPEG2000")
    at = content.index(b"colr") - 4
    size = int.from_bytes(content[at : at + 4], "big")
    icc = rgb_profile("display-p3")
    box = struct.pack(">L", 11 + len(icc)) + b"colr\2\0\0" + icc
    head = content.index(b"jp2h") - 4
    whole = bytearray(content[:at] + box + content[at + size :])
    whole[head : head + 4] = (int.from_bytes(content[head : head + 4], "big") + len(box) - size).to_bytes(4, "big")
    photo = opened(bytes(whole), "a.jp2")
    assert photo.metadata.icc == icc
    assert mean_change(photo, toy_photo) > 3


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".bmp", ".webp"])
@pytest.mark.parametrize("source", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_dots_an_inch_are_kept(tmp_path, toy_photo, both_ways, suffix, source, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = tmp_path / f"a.{source.lower()}"
    Image.fromarray(toy_photo).save(photo, source, dpi=(300, 150), exif=exif)
    found = both_ways(photo, f"out{suffix}")
    dots = found.image.info.get("dpi")
    if suffix == ".webp":
        dots = tuple(float(found.image.getexif()[tag]) for tag in (0x011A, 0x011B))
    np.testing.assert_allclose([float(one) for one in dots], (150, 300) if orientation == 6 else (300, 150), rtol=0.001)


def test_16_bit_png_and_exif_turn_their_resolutions_too(tmp_path, toy_photo, both_ways):
    from amirnet.photo.metadata import Metadata
    from amirnet.photo.png_writer import encode_png

    exif = Image.Exif()
    exif[0x0112], exif[0x011A], exif[0x011B] = 8, 72.0, 144.0
    deep = toy_photo.astype(np.uint16) * 257
    (tmp_path / "a.png").write_bytes(encode_png(deep, Metadata(exif=exif.tobytes()[6:], density=(300, 150))))
    found = both_ways(tmp_path / "a.png", "out.png")
    np.testing.assert_allclose(found.image.info["dpi"], (150, 300), rtol=0.001)
    assert [float(found.image.getexif()[tag]) for tag in (0x011A, 0x011B)] == [144, 72]


CLAIMS = {
    "a film": b'xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" GCamera:MotionPhoto="1" '
    b'GCamera:MicroVideo="1" GCamera:MicroVideoOffset="2032"/>',
    "a gain map": b'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"/>',
    "extended XMP": b'xmlns:n="http://ns.adobe.com/xmp/note/" n:HasExtendedXMP="ABCDEF"/>',
    "pictures or films behind the photo": b'xmlns:C="http://ns.google.com/photos/1.0/container/"><C:Directory>'
    b"<rdf:Seq/></C:Directory></rdf:Description>",
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_what_is_gone_is_not_claimed(tmp_path, toy_photo, both_ways, claim):
    xmp = XMP % CLAIMS[claim]
    photo = tmp_path / "a.jpg"
    Image.fromarray(toy_photo).save(photo, xmp=xmp)
    photo.write_bytes(photo.read_bytes() + b"\0\0\0\x18ftypmp42" + bytes(2020))
    found = both_ways(photo, "out.jpg")
    assert found.warnings == [f"{claim}: not kept, and XMP does not speak of it any more"]
    left = found.path.read_bytes()
    for name in (b"MotionPhoto=", b"MicroVideoOffset", b"hdrgm:Version", b"HasExtendedXMP", b"Directory"):
        assert name not in left


def test_xmp_states_the_size_of_the_photo(tmp_path, toy_photo, both_ways):
    said = (
        b'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:ImageWidth="4000" tiff:Orientation="6" '
        b'xmlns:e="http://ns.adobe.com/exif/1.0/"><e:PixelYDimension>3000</e:PixelYDimension></rdf:Description>'
    )
    xmp = XMP % said
    Image.fromarray(toy_photo).save(tmp_path / "a.jpg", xmp=xmp)
    left = both_ways(tmp_path / "a.jpg", "out.jpg").image.info["xmp"]
    assert b'ImageWidth="97"' in left and b">130<" in left and b'Orientation="1"' in left


def test_texts_that_are_not_carried_are_named(tmp_path, toy_photo, both_ways):
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Title", "a cat")
    Image.fromarray(toy_photo).save(tmp_path / "a.png", pnginfo=info)
    assert both_ways(tmp_path / "a.png", "out.png").warnings == ["the text 'Title': not carried"]
    Image.fromarray(toy_photo).save(tmp_path / "a.jpg", comment=b"hello")
    assert both_ways(tmp_path / "a.jpg", "out.jpg").warnings == ["a comment: not carried"]
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x08\x1c\x02\x05\0\x03cat"
    plain = saved(Image.fromarray(toy_photo), "JPEG")
    (tmp_path / "b.jpg").write_bytes(plain[:2] + b"\xff\xed" + struct.pack(">H", 2 + len(iptc)) + iptc + plain[2:])
    assert both_ways(tmp_path / "b.jpg", "out2.jpg").warnings == ["IPTC: not carried"]


def test_a_lab_photo_has_no_profile_for_lab_afterwards(tmp_path, toy_photo, both_ways):
    from test_fidelity_color import rgb_profile

    lab = Image.fromarray(toy_photo).convert("LAB")
    lab.save(tmp_path / "a.tif", icc_profile=rgb_profile("display-p3"))
    found = both_ways(tmp_path / "a.tif", "out.tif")
    assert found.image.mode == "RGB" and "icc_profile" not in found.image.info
    assert mean_change(found.result.photo, toy_photo) < 4


@pytest.mark.parametrize("name", ["a.jfif", "a.jpe", "a.JPE"])
def test_a_jpeg_by_another_suffix_stays_a_jpeg(tmp_path, toy_photo, toy_bundle, name):
    from amirnet.cli.output_paths import restored_name

    Image.fromarray(toy_photo).save(tmp_path / name, "JPEG")
    out = tmp_path / restored_name(tmp_path / name)
    assert out.suffix.lower() == (tmp_path / name).suffix.lower()
    Restorer.from_bundle(toy_bundle).restore_file(tmp_path / name, out)
    with Image.open(out) as image:
        assert image.format == "JPEG"


def test_text_of_exif_3_travels(tmp_path, toy_photo, both_ways):
    from amirnet.photo.exif import Directory, Entry, ExifBlock

    text = "Zoë Müller".encode()
    block = ExifBlock("<", Directory({0x013B: Entry(129, len(text), text)}))
    Image.fromarray(toy_photo).save(tmp_path / "a.jpg", exif=b"Exif\0\0" + block.tobytes())
    assert text in both_ways(tmp_path / "a.jpg", "out.jpg").path.read_bytes()
