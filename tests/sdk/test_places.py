"""`--strip-gps`: what tells the place is gone, wherever and however the file says it; what tells none is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from amirnet.photo.exif import EXIF_IFD, GPS_IFD, INTEROP_IFD, Directory, Entry, ExifBlock
from amirnet.photo.metadata import Metadata
from amirnet.photo.xmp import clean_xmp, true_xmp
from amirnet.photo.xmp_kept import kept_packet
from amirnet.photo.xmp_tree import parse

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SPACES = {
    "exif": "http://ns.adobe.com/exif/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "iptc": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "ext": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "drone": "http://www.dji.com/drone-dji/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
}
PLACE = "Atlantis"


def packet(attributes="", inside="", prefixes=None):
    declared = "".join(f' xmlns:{prefix}="{space}"' for prefix, space in (prefixes or SPACES).items())
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about=""{declared}'
        f" {attributes}>{inside}<dc:title><rdf:Alt><rdf:li xml:lang='de'>"
        "Grüße &amp; Küsse</rdf:li></rdf:Alt></dc:title>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


LEAKS = {
    "city": packet(f'photoshop:City="{PLACE}" photoshop:Country="{PLACE}"'),
    "iptc": packet("", f"<iptc:Location>{PLACE}</iptc:Location><iptc:CountryCode>{PLACE}</iptc:CountryCode>"),
    "created": packet(
        "", f'<ext:LocationCreated rdf:parseType="Resource"><ext:City>{PLACE}</ext:City></ext:LocationCreated>'
    ),
    "geo": packet(f'geo:lat="{PLACE}"', f"<geo:long>{PLACE}</geo:long>"),
    "maker": packet(f'drone:Latitude="{PLACE}" drone:GpsLongtitude="{PLACE}"'),
    "keywords": packet(
        "", f"<lr:hierarchicalSubject><rdf:Bag><rdf:li>{PLACE}</rdf:li></rdf:Bag></lr:hierarchicalSubject>"
    ),
    "coverage": packet("", f"<dc:coverage>{PLACE}</dc:coverage>"),
    "another prefix": packet(f'e:GPSLatitude="{PLACE}"', "", {**SPACES, "e": SPACES["exif"]}),
    "a default namespace": packet("", f'<GPSLatitude xmlns="{SPACES["exif"]}">{PLACE}</GPSLatitude>'),
    "a qualifier": packet(
        "", f'<dc:creator geo:lat="{PLACE}"><rdf:Seq><rdf:li geo:lat="{PLACE}">Zoë</rdf:li></rdf:Seq></dc:creator>'
    ),
    "inside a kept one": packet("", f"<dc:rights><geo:lat>{PLACE}</geo:lat></dc:rights>"),
    "a comment": packet("", f"<!-- {PLACE} -->"),
    "an instruction": packet("", f"<?place {PLACE}?>"),
    "about": packet().replace(b'rdf:about=""', f'rdf:about="geo:{PLACE}"'.encode()),
    "a namespace": packet().replace(b"<dc:title>", f'<dc:title xmlns:q="geo:{PLACE}">'.encode()),
    "a language": packet().replace(b"xml:lang='de'", f"xml:lang='{PLACE} 48.2'".encode()),
    "behind it": packet() + f"<!-- {PLACE} -->".encode(),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_no_place_is_left_in_xmp(leak):
    found = clean_xmp(LEAKS[leak], strip_gps=True)
    assert PLACE.encode() not in found
    assert "Grüße &amp; Küsse" in found.decode()
    assert kept_packet(parse(found)) == found, "what was written is read alike"
    kept = clean_xmp(LEAKS[leak])
    assert PLACE.encode() in kept, "without the flag nothing is taken"


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_in_another_coding_it_is_left_out(leak, coding):
    found, losses = Metadata(xmp=LEAKS[leak].decode().encode(coding)).for_result(4, 3, strip_gps=True)
    assert found.xmp is None
    assert len(losses) == 1 and losses[0].startswith("XMP cannot be read")


@pytest.mark.parametrize("text", ['<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "<a>" * 200 + "</a>" * 200])
def test_a_packet_that_asks_for_a_lot_is_left_out(text):
    assert clean_xmp(text.encode()) is None


def test_what_tells_how_and_when_is_kept():
    inside = (
        '<exif:ExposureTime>1/250</exif:ExposureTime><exif:Flash rdf:parseType="Resource"><exif:Fired>True</exif:Fired>'
        "</exif:Flash><exif:ISOSpeedRatings><rdf:Seq><rdf:li>200</rdf:li></rdf:Seq></exif:ISOSpeedRatings>"
    )
    spaces = {**SPACES, "xmp": "http://ns.adobe.com/xap/1.0/"}
    found = clean_xmp(packet('xmp:Rating="4" exif:FNumber="28/10"', inside, spaces), strip_gps=True).decode()
    for kept in ("<xmp:Rating>4<", "<exif:FNumber>28/10<", "1/250", "<exif:Fired>True<", "<rdf:li>200<", 'lang="de"'):
        assert kept in found


@pytest.mark.parametrize("name", ["ThumbnailData", "Thumbnails", "thumbnail"])
def test_an_old_picture_goes_even_without_the_flag(name):
    made = packet("", f'<q:{name} xmlns:q="urn:q">OLDPICTURE</q:{name}><r xmlns="urn:r" {name}="OLDPICTURE"/>')
    found, gone = true_xmp(made)
    assert b"OLDPICTURE" not in found and gone == ()


names = st.sampled_from(["a:b", "exif:GPSx", "dc:title", "GPSx", "rdf:Description", "rdf:li", "geo:lat"])
trees = st.recursive(
    st.just(PLACE),
    lambda inner: st.tuples(names, names, inner).map(
        lambda part: f'<{part[0]} {part[1]}="{PLACE}">{part[2]}</{part[0]}>'
    ),
    max_leaves=4,
)


@given(trees)
def test_only_kept_properties_can_carry_a_word(tree):
    found = clean_xmp(packet("", tree), strip_gps=True)
    for line in found.decode().splitlines():
        assert PLACE not in line or line.startswith(" <dc:title>")


def text(word):
    return Entry(2, len(word), word.encode())


SAID = text(PLACE)
HIDDEN = {
    "IFD0": Directory({0x9C9E: SAID, 0xC4A5: SAID, 0x0002: SAID, 0x927C: SAID, 33550: SAID}),
    "Exif": Directory({}, {EXIF_IFD: Directory({0x9286: SAID, 0x927C: SAID, 0x0002: SAID, 0xA431: SAID})}),
    "GPS": Directory({}, {GPS_IFD: Directory({2: SAID})}),
    "Interop": Directory({}, {EXIF_IFD: Directory({}, {INTEROP_IFD: Directory({0x0010: SAID})})}),
    "air": Directory({}, {EXIF_IFD: Directory({0x9402: SAID})}),
}  # fmt: skip


@pytest.mark.parametrize("where", HIDDEN)
@pytest.mark.parametrize("suffix", [".jpg", ".tif", ".png", ".webp"])
def test_no_place_is_left_in_exif(tmp_path, toy_photo, both_ways, where, suffix):
    top = HIDDEN[where]
    block = ExifBlock("<", Directory({0x010F: text("Camera & Sons"), **top.entries}, top.below))
    Image.fromarray(toy_photo).save(tmp_path / "a.jpg", exif=b"Exif\0\0" + block.tobytes(), quality=95)
    found = both_ways(tmp_path / "a.jpg", f"out{suffix}", strip_gps=True)
    content = found.path.read_bytes()
    assert PLACE.encode() not in content and b"Camera & Sons" in content
    kept = both_ways(tmp_path / "a.jpg", f"kept{suffix}").path.read_bytes()
    assert PLACE.encode() in kept


def test_what_exif_says_of_exposure_and_time_is_kept(tmp_path, toy_photo, both_ways):
    exif = Image.Exif()
    exif[0x0132], exif[0x8298] = "2026:01:02 03:04:05", "Zoë"
    exif.get_ifd(EXIF_IFD).update(
        {0x9003: "2026:01:02 03:04:05", 0x829A: 0.004, 0xA434: "50 mm", 0x9286: b"ASCII\0\0\0hi"}
    )
    Image.fromarray(toy_photo).save(tmp_path / "a.jpg", exif=exif)
    details = both_ways(tmp_path / "a.jpg", "out.jpg", strip_gps=True).image.getexif().get_ifd(EXIF_IFD)
    assert (details[0x9003], float(details[0x829A]), details[0xA434]) == ("2026:01:02 03:04:05", 0.004, "50 mm")
    assert 0x9286 not in details
