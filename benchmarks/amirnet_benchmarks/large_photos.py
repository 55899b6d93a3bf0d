"""Photos of any size and of every kind that holds memory in its own way, painted band by band."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from amirnet.photo.metadata import NOTHING
from amirnet.photo.png_writer import encode_png

_ORIENTATION = 0x0112


def bands(width: int, height: int) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
    """(top, rows) of smooth colours with noise, uint8 RGB HWC."""
    rng, across = np.random.default_rng(0), np.arange(width)
    for top in range(0, height, 64):
        down = np.arange(top, min(top + 64, height))
        smooth = 128 + 60 * np.sin(across / 97)[None, :] + 50 * np.cos(down / 71)[:, None]
        noise = rng.integers(-12, 13, (len(down), width, 3), dtype=np.int16)
        yield top, np.clip(smooth[..., None].astype(np.int16) + noise, 0, 255).astype(np.uint8)


def painted(mode: str, width: int, height: int) -> Image.Image:
    """A photo in Pillow's mode L, RGB, RGBA or CMYK; transparent in the middle if it has alpha."""
    image = Image.new(mode, (width, height))
    for top, rows in bands(width, height):
        strip = Image.fromarray(rows).convert(mode)
        if mode == "RGBA" and height // 3 < top < height // 2:
            strip.putalpha(0)
        image.paste(strip, (0, top))
    return image


def _save(mode: str, **options: Any) -> Callable[[int, int, Path], object]:
    return lambda width, height, path: painted(mode, width, height).save(path, **options)


def _portrait(width: int, height: int, path: Path) -> None:
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    painted("RGB", height, width).save(path, quality=92, exif=exif)


def _with_profile(width: int, height: int, path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red = profile.index(b"rXYZ", profile.index(b"rXYZ") - 4)
    at = int.from_bytes(profile[red + 4 : red + 8], "big") + 8
    other = bytearray(profile)
    other[at : at + 4] = (int.from_bytes(profile[at : at + 4], "big") + 6000).to_bytes(4, "big")  # a redder red
    painted("RGB", width, height).save(path, quality=92, icc_profile=bytes(other))


def _deep(width: int, height: int, path: Path) -> None:
    whole = np.concatenate([rows for _, rows in bands(width, height)])
    path.write_bytes(encode_png(whole.astype(np.uint16) * 257 + 3, NOTHING))


def _palette(width: int, height: int, path: Path) -> None:
    image = painted("L", width, height).convert("P")
    image.putpalette([level // (1 + channel) for level in range(256) for channel in range(3)])
    image.save(path)


@dataclass(frozen=True)
class Kind:
    """A kind of photo."""

    title: str
    """For tables."""
    suffix: str
    """Of its name."""
    output: str
    """Suffix of what it is restored into."""
    write: Callable[[int, int, Path], object]
    """Writes one of a width and a height to a path."""


KINDS = {
    "jpeg": Kind("JPEG to JPEG", ".jpg", ".jpg", _save("RGB", quality=92)),
    "portrait": Kind("JPEG, EXIF orientation 6, to JPEG", ".jpg", ".jpg", _portrait),
    "profile": Kind("JPEG with a colour profile to JPEG", ".jpg", ".jpg", _with_profile),
    "jpeg-png": Kind("JPEG to PNG", ".jpg", ".png", _save("RGB", quality=92)),
    "png": Kind("PNG to PNG", ".png", ".png", _save("RGB", compress_level=1)),
    "png-tiff": Kind("PNG to TIFF", ".png", ".tif", _save("RGB", compress_level=1)),
    "gray": Kind("gray JPEG to JPEG", ".jpg", ".jpg", _save("L", quality=92)),
    "alpha": Kind("PNG with transparency to PNG", ".png", ".png", _save("RGBA", compress_level=1)),
    "alpha-jpeg": Kind("PNG with transparency to JPEG", ".png", ".jpg", _save("RGBA", compress_level=1)),
    "palette": Kind("PNG with a palette to PNG", ".png", ".png", _palette),
    "progressive": Kind("progressive JPEG to JPEG", ".jpg", ".jpg", _save("RGB", quality=92, progressive=True)),
    "cmyk": Kind("CMYK JPEG to JPEG", ".jpg", ".jpg", _save("CMYK", quality=92)),
    "deep": Kind("PNG of 16 bits to PNG", ".png", ".png", _deep),
    "deep-jpeg": Kind("PNG of 16 bits to JPEG", ".png", ".jpg", _deep),
    "from-webp": Kind("WebP to JPEG", ".webp", ".jpg", _save("RGB", quality=92, method=0)),
    "from-avif": Kind("AVIF to JPEG", ".avif", ".jpg", _save("RGB", quality=80, speed=10)),
    "from-jpeg-2000": Kind("JPEG 2000 to JPEG", ".jp2", ".jpg", _save("RGB")),
    "webp": Kind("JPEG to WebP", ".jpg", ".webp", _save("RGB", quality=92)),
    "avif": Kind("JPEG to AVIF", ".jpg", ".avif", _save("RGB", quality=92)),
}
"""By the names that `python -m amirnet_benchmarks.memory` takes."""


def size_of(megapixels: float) -> tuple[int, int]:
    """Width and height, 4:3, of a photo of so many million pixels: 4000x3000 for 12, 12000x9000 for 108."""
    unit = round((megapixels * 10**6 / 12) ** 0.5)
    return 4 * unit, 3 * unit
