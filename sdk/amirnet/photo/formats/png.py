"""PNG: Portable Network Graphics, third edition."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, PngImagePlugin

from amirnet.photo.formats.base import PhotoFormat
from amirnet.photo.metadata import Metadata
from amirnet.photo.png_writer import write_png
from amirnet.photo.row_buffer import Rows, Sink
from amirnet.photo.stated_color import icc_of_code, icc_of_gamma

_XMP = "XML:com.adobe.xmp"


class Png(PhotoFormat):
    name = "PNG"
    reads = (".png", ".apng")
    writes = (".png",)
    deep = True

    def stated_icc(self, image: Image.Image, file: Path | None, gray: bool) -> bytes | None:
        code = _code(file)
        return icc_of_code(*code, gray) if code else icc_of_gamma(image.info, gray)

    def texts(self, image: Image.Image) -> list[str]:
        texts = [str(name) for name, value in image.info.items() if isinstance(value, str) and name != _XMP]
        found = [f"the text {' '.join(name.split())[:40]!r}" for name in texts[:3]]
        return found + (["more texts"] if len(texts) > 3 else [])

    def encode(self, sink: Sink, rows: Rows, metadata: Metadata, quality: int, lossless: bool) -> None:
        if rows.deep:
            write_png(sink, rows, metadata)
            return
        info = None
        if metadata.xmp is not None:
            info = PngImagePlugin.PngInfo()
            info.add_itxt(_XMP, metadata.xmp.decode("utf-8"))
        self.save(sink, rows, metadata, quality, pnginfo=info)


def _code(file: Path | None) -> tuple[int, int] | None:
    """Primaries and transfer of a cICP chunk."""
    if file is None or not file.is_file():
        return None
    with file.open("rb") as stream:
        stream.seek(8)
        for _ in range(1000):
            head = stream.read(8)
            size = int.from_bytes(head[:4], "big")
            if len(head) < 8 or head[4:] == b"IDAT":
                return None
            if head[4:] == b"cICP" and size == 4:
                content = stream.read(4)
                return (content[0], content[1]) if len(content) == 4 else None
            stream.seek(size + 4, 1)
    return None
