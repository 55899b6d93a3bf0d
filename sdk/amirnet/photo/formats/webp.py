"""WebP, lossy and lossless."""

from __future__ import annotations

from pathlib import Path

from PIL import WebPImagePlugin  # noqa: F401  it makes Pillow know the format

from amirnet.photo.formats.base import PhotoFormat
from amirnet.photo.metadata import Metadata
from amirnet.photo.row_buffer import Rows, Sink


class WebP(PhotoFormat):
    name = "WEBP"
    reads = (".webp",)
    writes = reads
    gray = False
    lossy = True
    density = False
    decoder_bytes = 13
    encoder_bytes = 14
    options = (("exact", True),)  # colour below alpha 0 stays

    def is_lossless(self, file: Path) -> bool:
        with file.open("rb") as stream:
            stream.seek(12)
            for _ in range(100):  # the picture comes after a few chunks, or the file is made to keep us busy
                chunk = stream.read(8)
                if chunk[:4] in (b"VP8 ", b"VP8L"):
                    return chunk[:4] == b"VP8L"
                size = int.from_bytes(chunk[4:], "little")
                stream.seek(size + size % 2, 1)
        return False

    def encode(self, sink: Sink, rows: Rows, metadata: Metadata, quality: int, lossless: bool) -> None:
        self.save(sink, rows, metadata, quality, xmp=metadata.xmp, lossless=lossless)
