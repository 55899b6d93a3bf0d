"""Photo files of every kind that docs/FIDELITY.md speaks of, of random size and content, and what they hold."""

import struct
import zlib
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from amirnet.photo.metadata import Metadata
from amirnet.photo.photo_encoder import WRITERS, encode

ORIENTATION = 0x0112
KINDS = {
    ".png": ("1", "1 key", "L", "L key", "LA", "P", "P alpha", "RGB", "RGB key", "RGBA")
    + ("L 16", "L 16 key", "LA 16", "RGB 16", "RGB 16 key", "RGBA 16"),
    ".tif": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "L 16", "RGB 16", "RGBA 16"),
    ".jpg": ("L", "RGB", "CMYK"),
    ".webp": ("RGB", "RGBA"),
}
"""Mode of the file, in Pillow's words. Key: one transparent colour; alpha: a palette with transparency; 16: bits."""
CHANNELS = {"1": 1, "P": 1, "L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "CMYK": 4}


@dataclass(frozen=True)
class RandomPhoto:
    """A photo as it will be written: `width` and `height` are the stored ones, before `orientation` turns it."""

    kind: str
    suffix: str
    width: int
    height: int
    orientation: int
    seed: int

    @property
    def deep(self):
        return "16" in self.kind

    def write(self, path):
        """Write the file. Returns its numbers, upright, HWC, 8 or 16 bits, gray or RGB, alpha last if it has any; none
        of them from the SDK."""
        rng, mode = np.random.default_rng(self.seed), self.kind.split()[0]
        shape, top, dtype = (self.height, self.width), 65535 if self.deep else 255, np.uint16 if self.deep else np.uint8
        stored = rng.integers(0, top, (*shape, CHANNELS[mode]), dtype, endpoint=True)
        palette = rng.integers(0, 256, (256, 4), np.uint8)
        some, options = rng.random(shape) < 0.3, {}
        if mode in ("LA", "RGBA"):
            stored[some, -1] = 0
        if mode == "1":
            stored = np.where(stored > 127, 255, 0).astype(np.uint8)
        own = palette[stored[..., 0]][..., :3] if mode == "P" else stored
        if self.kind == "P alpha":
            own = palette[stored[..., 0]]
            options["transparency"] = palette[:, 3].tobytes()
        if "key" in self.kind:
            stored[some] = color = stored[0, 0].copy()
            alpha = np.where((stored == color).all(axis=-1, keepdims=True), 0, top).astype(dtype)
            own = np.concatenate([stored, alpha], axis=-1)
            options["transparency"] = int(color[0]) if len(color) == 1 else tuple(map(int, color))
        exif = Image.Exif()
        exif[ORIENTATION] = self.orientation
        if self.deep and mode != "L":  # Pillow does not write these
            content = encode(stored, Metadata(exif=exif.tobytes()[6:]), WRITERS[self.suffix], 95)
            path.write_bytes(_with_key(content, options["transparency"]) if options else content)
            return upright(own, self.orientation)
        image = _image(mode, stored, palette)
        if self.suffix == ".webp":
            options |= {"lossless": True, "exact": True}
        image.save(path, exif=exif, **options)
        if self.suffix == ".jpg":
            image = Image.open(path)
        if mode == "CMYK" or self.suffix == ".jpg":
            own = np.asarray(image.convert(mode.replace("CMYK", "RGB"))).reshape(*shape, -1)
        return upright(own, self.orientation)


def random_photos():
    """Of every kind alike; sizes from one pixel, primes among them."""
    sides = st.one_of(st.integers(1, 90), st.sampled_from([1, 2, 3, 53, 89]))
    every = [(kind, suffix) for suffix, kinds in KINDS.items() for kind in kinds]
    facts = st.tuples(sides, sides, st.integers(1, 8), st.integers(0, 999))
    return st.builds(lambda kind, rest: RandomPhoto(*kind, *rest), st.sampled_from(every), facts)


def upright(photo, orientation):
    """By EXIF's definition: what is stored as the first row and column lies where the orientation says."""
    return {
        1: photo, 2: photo[:, ::-1], 3: photo[::-1, ::-1], 4: photo[::-1], 5: photo.swapaxes(0, 1),
        6: np.rot90(photo, -1), 7: photo[::-1, ::-1].swapaxes(0, 1), 8: np.rot90(photo),
    }[orientation]  # fmt: skip


def _image(mode, stored, palette):
    flat = stored[..., 0] if stored.shape[2] == 1 else stored
    image = Image.frombytes(mode, flat.shape[1::-1], flat.tobytes()) if mode == "CMYK" else Image.fromarray(flat)
    if mode == "1":
        image = image.convert("1", dither=Image.Dither.NONE)
    if mode == "P":
        image.putpalette(palette[:, :3].tobytes())  # an image of L becomes one of P
    return image


def _with_key(png, color):
    """A PNG of 16-bit RGB with one transparent colour."""
    body = b"tRNS" + struct.pack(">3H", *color)
    at = png.index(b"IDAT") - 4
    return png[:at] + struct.pack(">L", len(body) - 4) + body + struct.pack(">L", zlib.crc32(body)) + png[at:]
