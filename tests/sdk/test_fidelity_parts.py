"""The parts that keep a photo whole, each by itself, on whatever comes: EXIF, XMP, quality, writers, transparency."""

import io
import re

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from amirnet.photo.exif import EXIF_IFD, GPS_IFD, INTEROP_IFD, Directory, Entry, ExifBlock
from amirnet.photo.jpeg_quality import not_worse_than
from amirnet.photo.metadata import Metadata, clean_xmp
from amirnet.photo.photo_encoder import WRITERS, encode
from amirnet.photo.photo_file import PhotoFile
from amirnet.runtime.transparency import fill_hidden

sizes = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 10: 8, 12: 8}
entries = st.dictionaries(
    st.integers(1, 0xFFFF).filter(lambda tag: tag not in (EXIF_IFD, GPS_IFD, INTEROP_IFD)),
    st.sampled_from(sorted(sizes)).flatmap(
        lambda kind: st.integers(1, 9).flatmap(
            lambda count: st.binary(min_size=count * sizes[kind], max_size=count * sizes[kind]).map(
                lambda value: Entry(kind, count, value)
            )
        )
    ),
    max_size=8,
)


@settings(max_examples=60)
@given(st.sampled_from("<>"), entries, entries, entries, entries)
def test_exif_comes_back_as_it_went(order, top, details, place, interop):
    below = {EXIF_IFD: Directory(details, {INTEROP_IFD: Directory(interop)}), GPS_IFD: Directory(place)}
    block = ExifBlock(order, Directory(top, below))
    assert ExifBlock.parse(block.tobytes()) == block
    assert ExifBlock.parse(b"Exif\0\0" + block.tobytes()) == block


@settings(max_examples=150)
@given(st.binary(max_size=80), st.lists(st.tuples(st.integers(0, 500), st.integers(0, 255)), max_size=8))
def test_any_exif_is_read_or_left_out(tail, changes):
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "maker of cameras", 6
    exif.get_ifd(GPS_IFD)[1] = "N"
    block = bytearray(exif.tobytes()[6:] + tail)
    for at, byte in changes:
        block[at % len(block)] = byte
    result, losses = Metadata(exif=bytes(block)).for_result(4, 3, strip_gps=True)
    assert (result.exif is None) or len(result.exif) <= 2 * len(block) + 64
    assert len(losses) <= 1
    if result.exif is not None:
        assert GPS_IFD not in ExifBlock.parse(result.exif).top.below


def test_shared_values_do_not_multiply():
    """Many fields that point at the same bytes would make megabytes of a few kilobytes."""
    tags = [tag.to_bytes(2, "little") for tag in range(60_000, 60_300)]
    fields = b"".join(tag + b"\7\0" + b"\0\x10\0\0" + b"\0\0\0\0" for tag in tags)
    block = b"II*\0\x08\0\0\0" + (300).to_bytes(2, "little") + fields + bytes(4096)
    with pytest.raises(ValueError, match="overlap"):
        ExifBlock.parse(block)


def test_directories_do_not_multiply():
    """n pointers to n pointers to n fields would be n cubed fields of a few kilobytes."""

    def directory(tag, at, count=150):
        field = tag.to_bytes(2, "little") + b"\4\0\1\0\0\0" + at.to_bytes(4, "little")
        return count.to_bytes(2, "little") + count * field

    size = 2 + 150 * 12
    block = b"II*\0\x08\0\0\0" + directory(EXIF_IFD, 8 + size) + directory(INTEROP_IFD, 8 + 2 * size)
    with pytest.raises(ValueError, match="a directory stands in another one twice"):
        ExifBlock.parse(block + directory(1, 0))


@settings(max_examples=150)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["<a:b", ' e:GPSLatitude="1"', ">", "/>", "</a:b>", "<e:GPSx>", "</e:GPSx>", "<", "5"]),
            st.text(max_size=4),
        ),
        max_size=12,
    ).map("".join)
)
def test_no_gps_survives_in_any_xmp(text):
    cleaned = clean_xmp(text.encode("utf-8", "replace"), strip_gps=True)
    assert cleaned is None or not re.search(r":gps", cleaned.decode(), re.IGNORECASE)


def test_xmp_that_is_no_text_is_left_out():
    assert clean_xmp("<x/>".encode("utf-16")) is None
    assert clean_xmp(b"<a:Thumbnails>never closed") is None
    assert clean_xmp(b"<tiff:Orientation>8</tiff:Orientation>") == b"<tiff:Orientation>1</tiff:Orientation>"


@pytest.mark.parametrize("quality", [1, 10, 49, 50, 75, 92, 95, 99, 100])
def test_quality_of_a_file_by_these_tables(quality):
    tables = tables_at(quality)
    found = not_worse_than(tables)
    assert found == quality or (found < quality and tables_at(found) == tables)


def test_quality_of_other_tables_is_never_worse():
    tables = {0: [3] * 64, 1: [200] * 64}
    found = not_worse_than(tables)
    assert max(tables_at(found)[0]) <= 3 < max(tables_at(found - 1)[0])
    assert not_worse_than({0: [1] * 64}) == 100


def tables_at(quality):
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", quality=quality)
    return {place: list(table) for place, table in Image.open(buffer).quantization.items()}


@settings(max_examples=40)
@given(
    st.sampled_from([".png", ".tif"]),
    st.tuples(st.integers(1, 40), st.integers(1, 40), st.sampled_from([1, 3, 4])),
    st.integers(0, 99),
    st.booleans(),
    st.sampled_from("<>"),
)
def test_16_bit_files_are_read_alike_by_another_decoder(suffix, shape, seed, steep, order):
    samples = np.random.default_rng(seed).integers(0, 65536, shape, dtype=np.uint16)
    if steep:
        samples = np.sort(samples, axis=1)
    exif = ExifBlock(order, Directory({0x010F: Entry(2, 6, b"maker\0")})).tobytes()
    content = encode(samples, Metadata(exif=exif), WRITERS[suffix], 95)
    found = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    found = found[..., None] if found.ndim == 2 else found
    channels = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[shape[2]]
    np.testing.assert_array_equal(found[..., channels], samples)


@settings(max_examples=40)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 10**6), st.floats(0, 1))
def test_filling_below_transparency(height, width, seed, share):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    hidden = rng.random((height, width)) < share
    filled = fill_hidden(pixels, hidden)
    np.testing.assert_array_equal(filled[~hidden], pixels[~hidden])
    other = np.where(hidden[..., None], 255 - pixels, pixels)
    np.testing.assert_array_equal(fill_hidden(other, hidden), filled, "what is hidden has no influence")
    if hidden.any() and not hidden.all():
        assert (filled[hidden] >= pixels[~hidden].min(axis=0)).all()
        assert (filled[hidden] <= pixels[~hidden].max(axis=0)).all()


def test_filling_takes_what_is_near():
    pixels = np.zeros((8, 16, 3), np.uint8)
    pixels[:, :4], pixels[:, 12:] = 50, 200
    hidden = np.zeros((8, 16), bool)
    hidden[:, 4:12] = True
    filled = fill_hidden(pixels, hidden)
    assert (filled[:, 4:8] == 50).all()
    assert (filled[:, 8:12] == 200).all()


@settings(max_examples=40)
@given(
    st.sampled_from(["1", "L", "LA", "RGB", "RGBA", "P"]),
    st.integers(1, 20),
    st.integers(1, 20),
    st.integers(0, 10**6),
    st.integers(1, 8),
)
def test_nothing_restored_nothing_changed(mode, height, width, seed, orientation):
    """Size, mode, orientation and alpha, and with no change by the network the very numbers of the file."""
    rng = np.random.default_rng(seed)
    source = Image.fromarray(rng.integers(0, 256, (height, width, 4), dtype=np.uint8)).convert(mode)
    source.getexif()[0x0112] = orientation
    photo = PhotoFile.of(source)
    turned = orientation >= 5
    assert photo.pixels.shape == ((width, height, 3) if turned else (height, width, 3))
    rebuilt = photo.rebuilt(photo.pixels)
    own = {"1": "L", "P": "RGBA" if source.has_transparency_data else "RGB"}.get(mode, mode)
    expected = np.asarray(source.convert(own)).reshape(height, width, -1)
    assert rebuilt.shape[2] == expected.shape[2]
    assert sorted(map(tuple, rebuilt.reshape(-1, rebuilt.shape[2]))) == sorted(
        map(tuple, expected.reshape(-1, rebuilt.shape[2]))
    )
