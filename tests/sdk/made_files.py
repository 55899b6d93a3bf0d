"""Small files of the kinds that readers mistake, made from numbers."""

import hashlib
import io
import json
import struct
import zlib

import numpy as np
from PIL import Image


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png_with(image, *chunks):
    """A PNG with chunks of (kind, content) behind its header."""
    content = saved(image, "PNG")
    made = b"".join(
        struct.pack(">L", len(inside)) + kind + inside + struct.pack(">L", zlib.crc32(kind + inside))
        for kind, inside in chunks
    )
    return content[:33] + made + content[33:]


def gama(gamma):
    return b"gAMA", struct.pack(">L", round(gamma * 100_000))


def chrm(white, red, green, blue):
    numbers = [round(number * 100_000) for color in (white, red, green, blue) for number in color]
    return b"cHRM", struct.pack(">8L", *numbers)


def cicp(primaries, transfer):
    return b"cICP", bytes([primaries, transfer, 0, 1])


P3 = ((0.3127, 0.329), (0.68, 0.32), (0.265, 0.69), (0.15, 0.06))
"""White, red, green, blue of Display P3."""


def tiff(samples, photometric=1, tags=(), order="<", below=None, kind=0):
    """An uncompressed TIFF of samples (height, width) or (height, width, 3); `tags`: more (tag, type, value);
    `below`: samples of a SubIFD; `kind`: NewSubfileType."""

    def directory(at, pixels, subfile, more):
        height, width = pixels.shape[:2]
        channels = 1 if pixels.ndim == 2 else pixels.shape[2]
        data = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
        entries = {
            254: (4, subfile), 256: (4, width), 257: (4, height), 258: (3, 8 * pixels.itemsize), 259: (3, 1),
            262: (3, photometric if channels == 1 else 2), 273: (4, 0), 277: (3, channels), 278: (4, height),
            279: (4, len(data)), **{tag: (form, value) for tag, form, value in more},
        }  # fmt: skip
        size = 2 + 12 * len(entries) + 4
        bits = at + size
        if channels > 1:
            entries[258] = (3, [8 * pixels.itemsize] * channels)
        entries[273] = (4, bits + 8)
        table = struct.pack(order + "H", len(entries))
        for tag, (form, value) in sorted(entries.items()):
            if isinstance(value, list):
                table += struct.pack(order + "HHLL", tag, form, len(value), bits)
            else:
                packed = struct.pack(order + ("H" if form == 3 else "L"), value).ljust(4, b"\0")
                table += struct.pack(order + "HHL", tag, form, 1) + packed
        extra = struct.pack(order + "3H", *[8 * pixels.itemsize] * 3).ljust(8, b"\0")
        return table + bytes(4) + extra + data

    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "L", 8)
    first = directory(8, samples, kind, tags)
    if below is None:
        return head + first
    at = 8 + len(directory(8, samples, kind, [*tags, (330, 4, 0)]))
    at += at % 2
    first = directory(8, samples, kind, [*tags, (330, 4, at)])
    return (head + first).ljust(at, b"\0") + directory(at, below, 0, ())


def jpeg_2000(side, precinct, block=3, tiles=1, layers=1):
    """A JPEG 2000 codestream of one empty tile part that states so many precincts, powers of two, and layers."""
    siz = struct.pack(">H8LH", 0, side, side, 0, 0, side // tiles, side // tiles, 0, 0, 3) + bytes([7, 1, 1] * 3)
    cod = bytes([1, 0, *layers.to_bytes(2, "big"), 0, 5, block, block, 0, 1]) + bytes([precinct * 17] * 6)
    qcd = bytes([0x40, 0x40] + [0x48] * 15)
    segments = b"".join(
        bytes([0xFF, marker]) + struct.pack(">H", 2 + len(content)) + content
        for marker, content in ((0x51, siz), (0x52, cod), (0x5C, qcd))
    )
    part = b"\xff\x90\0\x0a" + struct.pack(">HLBB", 0, 14 + 64, 0, 1) + b"\xff\x93" + bytes(64)
    return b"\xff\x4f" + segments + part + b"\xff\xd9"


def progressive(side, scans):
    """A progressive JPEG whose last scan stands in it again and again."""
    content = saved(Image.fromarray(np.full((side, side, 3), 77, np.uint8)), "JPEG", progressive=True)
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * scans + content[-2:]


def nclx_avif(image, primaries, transfer):
    """An AVIF whose colr box says so: the encoder writes one of its own."""
    content = bytearray(saved(image, "AVIF", quality=95))
    at = content.index(b"nclx") + 4
    content[at : at + 4] = struct.pack(">HH", primaries, transfer)
    return bytes(content)


def manifest_of(folder):
    """A bundle's manifest without the seals, to change."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    del manifest["files"]
    return manifest


def seal(folder, manifest):
    """Write the manifest over the files that lie in the folder, and return the folder."""
    files = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file != folder / "manifest.json":
            content = file.read_bytes()
            name = file.relative_to(folder).as_posix()
            files[name] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    (folder / "manifest.json").write_text(json.dumps({**manifest, "files": files}), "utf-8")
    return folder


def avif_boxed(image, width, height):
    """An AVIF whose boxes say that the picture is so large, whatever its frame says."""
    content = bytearray(saved(image, "AVIF", quality=30, speed=10))
    at = content.index(b"ispe") + 8
    content[at : at + 8] = struct.pack(">LL", width, height)
    return bytes(content)


def avif_frames(image, count):
    """An AVIF whose one picture is that frame so many times: all in one item, as hidden frames would be."""
    content = saved(image, "AVIF", quality=30, speed=10)
    at = content.index(b"mdat") + 4
    item = content[at:]
    start = item.index(b"\x32")  # the OBU of the frame, behind that of the sequence
    item += item[start:] * (count - 1)
    length, longer = struct.pack(">L", len(content) - at), struct.pack(">L", len(item))
    return content[: at - 8].replace(length, longer) + struct.pack(">L", 8 + len(item)) + b"mdat" + item
