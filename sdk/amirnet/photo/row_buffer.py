"""A photo's numbers in one place, read and overwritten by rows: a numpy array, or a Pillow image as it was decoded."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from amirnet.runtime.arrays import Samples

MODES = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}
"""Pillow's modes that hold a photo's own numbers, by channels."""
CHUNK = 16
"""Rows copied at a time between Pillow and numpy: each of the copies has its own memory."""
_PASTED = 1 << 15
"""Pixels of a narrow rectangle copied at a time: less than CHUNK rows of a wide photo."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation -> what makes the photo upright."""


class Rows(Protocol):
    """A photo of `shape` (height, width, channels), alpha last, of 16 bits a channel or 8."""

    @property
    def shape(self) -> tuple[int, int, int]: ...

    @property
    def deep(self) -> bool: ...

    def read(self, top: int, bottom: int) -> Samples:
        """A copy of the rows top .. bottom - 1, uint8 or uint16 HWC."""
        ...

    def block(self, top: int, left: int, height: int, width: int) -> Samples:
        """A copy of a rectangle, uint8 or uint16 HWC."""
        ...

    def write(self, top: int, left: int, block: Samples) -> None:
        """Overwrite a rectangle."""
        ...

    def image(self) -> Image.Image:
        """The whole, at 8 bits, as a Pillow image; where it is one already, that one."""
        ...


class Sink(Protocol):
    """A binary file to write to, from its start."""

    def write(self, content: bytes, /) -> int: ...

    def seek(self, place: int, whence: int = 0, /) -> int: ...

    def tell(self) -> int: ...


@dataclass(frozen=True, eq=False)
class ArrayRows:
    """Rows in an array."""

    samples: Samples
    """HWC."""

    @property
    def shape(self) -> tuple[int, int, int]:
        height, width, channels = self.samples.shape
        return height, width, channels

    @property
    def deep(self) -> bool:
        return self.samples.dtype == np.uint16

    def read(self, top: int, bottom: int) -> Samples:
        return self.samples[top:bottom].copy()

    def block(self, top: int, left: int, height: int, width: int) -> Samples:
        return self.samples[top : top + height, left : left + width].copy()

    def write(self, top: int, left: int, block: Samples) -> None:
        self.samples[top : top + block.shape[0], left : left + block.shape[1]] = block

    def image(self) -> Image.Image:
        return as_image(self.samples)


@dataclass(frozen=True, eq=False)
class ImageRows:
    """Rows in a Pillow image."""

    held: Image.Image
    """Of one of MODES; nobody else writes to it."""

    deep = False

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.held.height, self.held.width, MODES[self.held.mode]

    def read(self, top: int, bottom: int) -> NDArray[np.uint8]:
        return self.block(top, 0, bottom - top, self.held.width)

    def block(self, top: int, left: int, height: int, width: int) -> NDArray[np.uint8]:
        result = np.empty((height, width, self.shape[2]), dtype=np.uint8)
        for start, end in row_chunks(0, height):
            rows = np.asarray(self.held.crop((left, top + start, left + width, top + end)))
            result[start:end] = rows.reshape(end - start, width, -1)
        return result

    def write(self, top: int, left: int, block: Samples) -> None:
        for start, end in row_chunks(0, len(block), max(CHUNK, _PASTED // block.shape[1])):
            self.held.paste(as_image(block[start:end]), (left, top + start))

    def image(self) -> Image.Image:
        return self.held


@dataclass(frozen=True, eq=False)
class ConvertedRows:
    """Other rows through a function; for reading only."""

    base: Rows
    """The other rows."""
    convert: Callable[[Samples], Samples]
    """Treats each pixel by itself."""

    @property
    def shape(self) -> tuple[int, int, int]:
        return (*self.base.shape[:2], self.read(0, 1).shape[2])

    @property
    def deep(self) -> bool:
        return self.read(0, 1).dtype == np.uint16

    def read(self, top: int, bottom: int) -> Samples:
        return self.convert(self.base.read(top, bottom))

    def block(self, top: int, left: int, height: int, width: int) -> Samples:
        return self.convert(self.base.block(top, left, height, width))

    def write(self, top: int, left: int, block: Samples) -> None:
        raise TypeError("converted rows are for reading")

    def image(self) -> Image.Image:
        height, width, channels = self.shape
        whole = ImageRows(Image.new({count: mode for mode, count in MODES.items()}[channels], (width, height)))
        for start, end in row_chunks(0, height):
            whole.write(start, 0, self.read(start, end))
        return whole.held


def row_chunks(top: int, bottom: int, rows: int = CHUNK) -> Iterator[tuple[int, int]]:
    """[top, bottom) in pieces of at most so many rows."""
    for start in range(top, bottom, rows):
        yield start, min(start + rows, bottom)


def as_image(samples: NDArray[Any]) -> Image.Image:
    """8-bit samples, HWC, as a Pillow image of one of MODES."""
    return Image.fromarray(samples[..., 0] if samples.shape[2] == 1 else samples)


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """The image turned as its EXIF orientation asks. It is closed: only what is returned may be used.

    The turned photo waits in a temporary file while the memory of the other is given back, so that there are never two
    in memory; where no such file can be made, there are.
    """
    if orientation not in _TURNS:
        return image
    try:
        file = _spilled(image, orientation)
    except OSError:
        return image.transpose(_TURNS[orientation])
    with file:
        mode, (width, height) = image.mode, image.size if orientation < 5 else image.size[::-1]
        image.close()
        turned = Image.new(mode, (width, height))
        for start, end in row_chunks(0, height):
            size = (width, end - start)
            turned.paste(Image.frombytes(mode, size, file.read(size[0] * size[1] * MODES[mode])), (0, start))
        return turned


def _spilled(image: Image.Image, orientation: int) -> IO[bytes]:
    """A temporary file, at its start, of the upright photo's rows."""
    width, height = image.size
    file = tempfile.TemporaryFile(prefix="amirnet-")  # noqa: SIM115, the caller reads it
    try:
        for start, end in row_chunks(0, height if orientation < 5 else width):
            box = {
                2: (0, start, width, end), 3: (0, height - end, width, height - start),
                4: (0, height - end, width, height - start), 5: (start, 0, end, height), 6: (start, 0, end, height),
                7: (width - end, 0, width - start, height), 8: (width - end, 0, width - start, height),
            }[orientation]  # fmt: skip
            file.write(image.crop(box).transpose(_TURNS[orientation]).tobytes())
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file
