"""Files with an intent, as hypothesis strategies: photos that hide a place, files that ask for a lot, bundles whose
weights lie outside."""

from __future__ import annotations

import io
import json
import struct
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import onnx
from hypothesis import strategies as st
from onnx import TensorProto
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from amirnet.bundle.bundle_files import MANIFEST
from amirnet.photo.exif import EXIF_IFD, GPS_IFD, INTEROP_IFD, Directory, Entry, ExifBlock
from amirnet.photo.exif_kept import KEPT, KEPT_DETAILS, KEPT_INTEROP
from amirnet.photo.metadata import Metadata
from amirnet.photo.photo_encoder import encode, writer_for

from .seeds import bundle, photos, sealed

PLACE = "Atlantis9z"
"""The word that may not be in any result from which the place was taken. It is put where only places, and what nobody
knows, are said."""
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SPACES = (
    "http://ns.adobe.com/exif/1.0/", "http://ns.adobe.com/photoshop/1.0/", "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/", "http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "urn:maker",
    "http://www.dji.com/drone-dji/1.0/", "http://ns.adobe.com/lightroom/1.0/", "http://ns.adobe.com/xap/1.0/mm/",
)  # fmt: skip
_NAMES = ("GPSLatitude", "City", "Country", "lat", "Location", "LocationCreated", "hierarchicalSubject", "X", "gps")
_PREFIXES = ("exif", "photoshop", "a", "geo", "dc", "x1")
_KINDS = ("JPEG", "PNG", "WEBP", "TIFF")


class Intended(NamedTuple):
    """As Case of `damage`."""

    kind: str
    """What is opened."""
    name: str
    """Of the file."""
    files: dict[str, bytes]
    """Content by path."""


@st.composite
def hidden_place(draw: st.DrawFn) -> Intended:
    """A small photo whose XMP or EXIF, or both, hold the place somewhere."""
    kind = draw(st.sampled_from(_KINDS))
    options: dict[str, Any] = {}
    if draw(st.booleans()):
        options["exif"] = b"Exif\0\0" + draw(_exif()).tobytes()
    if draw(st.booleans()) or not options:
        options["xmp"] = draw(_packet())
    name = f"place.{kind.lower()}"
    samples = np.full((24, 31, 3), 99, np.uint8)
    if kind == "TIFF":  # Pillow's writer wants fields of the types that it knows
        block = options.get("exif", b"").removeprefix(b"Exif\0\0") or None
        content = encode(samples, Metadata(exif=block, xmp=options.get("xmp")), writer_for("a.tif"), 95)
        return Intended("place", name, {name: content})
    if kind == "PNG" and "xmp" in options:
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", options.pop("xmp").decode("utf-8", "replace"))
        options["pnginfo"] = info
    buffer = io.BytesIO()
    Image.fromarray(samples).save(buffer, kind, **options)
    return Intended("place", name, {name: buffer.getvalue()})


@st.composite
def _packet(draw: st.DrawFn) -> bytes:
    parts, attributes = [], []
    for number in range(draw(st.integers(1, 4))):
        space, name = draw(st.sampled_from(_SPACES)), draw(st.sampled_from(_NAMES))
        prefix = f"{draw(st.sampled_from(_PREFIXES))}{number}"
        shape = draw(st.integers(0, 6))
        if shape == 0:
            attributes.append(f'xmlns:{prefix}="{space}" {prefix}:{name}="{PLACE}"')
        elif shape == 1:
            parts.append(f'<{name} xmlns="{space}">{PLACE}</{name}>')
        elif shape == 2:
            parts.append(
                f'<{prefix}:{name} xmlns:{prefix}="{space}"><rdf:Bag><rdf:li>{PLACE}</rdf:li></rdf:Bag>'
                f"</{prefix}:{name}>"
            )
        elif shape == 3:
            parts.append(f'<{prefix}:{name} xmlns:{prefix}="{space}" {prefix}:{name}="{PLACE}"/>')
        elif shape == 4:
            parts.append(f'<dc:creator xmlns:{prefix}="{space}" {prefix}:{name}="{PLACE}">somebody</dc:creator>')
        elif shape == 5:
            parts.append(f"<!-- {PLACE} --><?{name} {PLACE}?>")
        else:
            parts.append(f'<dc:rights><{prefix}:{name} xmlns:{prefix}="{space}">{PLACE}</{prefix}:{name}></dc:rights>')
    text = (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}"><rdf:Description rdf:about="{PLACE}" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/" {" ".join(attributes)}>{"".join(parts)}'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    return text.encode(draw(st.sampled_from(("utf-8", "utf-8", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"))))


@st.composite
def _exif(draw: st.DrawFn) -> ExifBlock:
    word, pointers = PLACE.encode(), (EXIF_IFD, GPS_IFD, INTEROP_IFD)

    def fields(kept: frozenset[int]) -> dict[int, Entry]:
        tags = st.integers(1, 0xFFFE).filter(lambda tag: tag not in kept and tag not in pointers)
        kinds = st.sampled_from((1, 2, 7, 129))
        return {tag: Entry(draw(kinds), len(word), word) for tag in sorted(draw(st.sets(tags, max_size=3)))}

    details = Directory(fields(KEPT_DETAILS), {INTEROP_IFD: Directory(fields(KEPT_INTEROP))})
    top = Directory(fields(KEPT), {EXIF_IFD: details, GPS_IFD: Directory(fields(frozenset()))})
    return ExifBlock(draw(st.sampled_from("<>")), top)


@st.composite
def bomb(draw: st.DrawFn) -> Intended:
    """A file of some kilobytes that asks for a lot in its headers."""
    made = draw(st.sampled_from((_jpeg_2000, _tiled, _scans, *((_frames,) if "plain.avif" in photos() else ()))))
    name, content = made(draw)
    return Intended("bomb", name, {name: content})


def _jpeg_2000(draw: st.DrawFn) -> tuple[str, bytes]:
    side, precinct, block = draw(st.integers(1, 2048)), draw(st.integers(0, 15)), draw(st.integers(0, 4))
    tile, levels, components = draw(st.integers(1, 2048)), draw(st.integers(0, 32)), draw(st.integers(1, 5))
    siz = struct.pack(">H8LH", 0, side, side, 0, 0, tile, tile, 0, 0, components) + bytes([7, 1, 1] * components)
    layers = draw(st.sampled_from((1, 1, 100, 65_535)))
    cod = bytes([1, draw(st.integers(0, 4))]) + struct.pack(">H", layers) + bytes([0, levels, block, block, 0, 1])
    cod += bytes([precinct * 17] * (levels + 1))
    qcd = bytes([0x40] + [0x48] * (3 * levels + 1))
    segments = b"".join(
        bytes([0xFF, marker]) + struct.pack(">H", 2 + len(body)) + body
        for marker, body in ((0x51, siz), (0x52, cod), (0x5C, qcd))
    )
    part = b"\xff\x90\0\x0a" + struct.pack(">HLBB", 0, 14 + 64, 0, 1) + b"\xff\x93" + bytes(64)
    return "bomb.j2k", b"\xff\x4f" + segments + part + b"\xff\xd9"


def _tiled(draw: st.DrawFn) -> tuple[str, bytes]:
    wide, high = draw(st.integers(1, 40_000)) * 16, draw(st.integers(1, 40_000)) * 16
    side, bits = draw(st.integers(1, 500)), draw(st.sampled_from((1, 8, 16)))
    compression = draw(st.sampled_from((1, 5, 8, 32773)))
    tags = [(256, side), (257, side), (258, bits), (259, compression), (262, 1), (277, 1), (322, wide), (323, high),
            (324, 200), (325, 1000)]  # fmt: skip
    table = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHLL", tag, 4, 1, value) for tag, value in tags)
    return "bomb.tif", (b"II*\0\x08\0\0\0" + table + bytes(4)).ljust(200, b"\0") + bytes(1000)


def _scans(draw: st.DrawFn) -> tuple[str, bytes]:
    content = photos()["progressive.jpg"]
    last = content.rindex(b"\xff\xda")
    return "bomb.jpg", content[:last] + content[last:-2] * draw(st.integers(2, 3_000)) + content[-2:]


def _frames(draw: st.DrawFn) -> tuple[str, bytes]:
    """One frame many times in one picture, or of another size than the boxes say, or both."""
    content = _flat_avif(draw(st.sampled_from((16, 500, 2_000))))
    at = content.index(b"mdat") + 4
    item = content[at:]
    frames = item[item.index(b"\x32") :] * draw(st.sampled_from((0, 0, 7, 8, 9, 1_000, 30_000)))
    length, longer = (struct.pack(">L", len(each)) for each in (item, item + frames))
    head = bytearray(content[: at - 8].replace(length, longer))
    if draw(st.booleans()):
        size = head.index(b"ispe") + 8
        head[size : size + 8] = struct.pack(">LL", draw(st.integers(1, 40_000)), draw(st.integers(1, 40_000)))
    return "bomb.avif", bytes(head) + struct.pack(">L", 8 + len(item + frames)) + b"mdat" + item + frames


@cache
def _flat_avif(side: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), (90, 80, 70)).save(buffer, "AVIF", quality=30, speed=10)
    return buffer.getvalue()


@st.composite
def outside(draw: st.DrawFn) -> Intended:
    """A bundle that runs a model as ONNX, under any name, whose weights lie in another file; or that is no ONNX."""
    files = {name: content for name, content in bundle().items() if name != MANIFEST}
    manifest = json.loads(bundle()[MANIFEST])
    roles = sorted(role for role, backends in manifest["models"].items() if "onnx" in backends)
    role = draw(st.sampled_from(roles))
    precision = draw(st.sampled_from(sorted(manifest["models"][role]["onnx"])))
    suffix = draw(st.sampled_from((".onnx", ".ONNX", ".bin", ".ort", ".Onnx", "", ".tflite", ".onnx.bak")))
    name = f"model{suffix}"
    files[name] = draw(st.sampled_from(_elsewhere()))
    manifest["models"][role]["onnx"][precision] = name
    files[MANIFEST] = sealed(manifest, {one: content for one, content in files.items() if one != MANIFEST})
    return Intended("outside", name, files)


@cache
def _elsewhere() -> tuple[bytes, ...]:
    """Models whose weights lie outside, each in another way, and ONNX Runtime's own format."""
    found = [b"\x18\0\0\0ORTM" + bytes(500)]
    for place in range(3):
        for listed, located in ((True, True), (True, False), (False, True)):
            tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2])
            if listed:
                entry = tensor.external_data.add()
                entry.key, entry.value = "location", "outside.bin"
            if located:
                tensor.data_location = TensorProto.EXTERNAL
            helper = onnx.helper
            constant = helper.make_node("Constant", [], ["y"], value=tensor)
            graph = helper.make_graph([constant] if place else [], "g", [], [], [] if place else [tensor])
            if place == 2:
                branch = helper.make_node("If", ["c"], ["y"], then_branch=graph, else_branch=graph)
                graph = helper.make_graph([branch], "g", [], [])
            found.append(helper.make_model(graph).SerializeToString())
    return tuple(found)
