"""Formats that Pillow reads, and one that it writes, with nothing to look after: BMP, GIF, PPM, TGA, QOI."""

from __future__ import annotations

from PIL import (
    BmpImagePlugin,  # noqa: F401  each makes Pillow know its format
    GifImagePlugin,  # noqa: F401
    Image,
    PpmImagePlugin,  # noqa: F401
    QoiImagePlugin,  # noqa: F401
    TgaImagePlugin,  # noqa: F401
)

from amirnet.photo.formats.base import PhotoFormat


class Bmp(PhotoFormat):
    name = "BMP"
    reads = (".bmp", ".dib")
    writes = (".bmp",)
    alpha = False
    metadata = False


class Gif(PhotoFormat):
    name = "GIF"
    reads = (".gif",)

    def texts(self, image: Image.Image) -> list[str]:
        return ["a comment"] if image.info.get("comment") else []


class Netpbm(PhotoFormat):
    name = "PPM"
    reads = (".ppm", ".pgm", ".pbm", ".pnm")


class Tga(PhotoFormat):
    name = "TGA"
    reads = (".tga",)


class Qoi(PhotoFormat):
    name = "QOI"
    reads = (".qoi",)
