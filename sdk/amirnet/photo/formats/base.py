"""What every format of photo files answers. A new one is a class in a file of its own, and a line in `table`."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, NoReturn, cast

from PIL import Image

from amirnet.errors import ImageError
from amirnet.photo.metadata import Metadata
from amirnet.photo.row_buffer import Rows, Sink

Factory = Callable[[str, str], Image.Image]
_NOT_OF_THIS_KIND = (SyntaxError, IndexError, TypeError, struct.error)
"""How Pillow says that a file is of another kind."""


class PhotoFormat:
    """A format that is read, and written where `writes` names suffixes. As it stands here: of an image that no format
    of ours has read, about which nothing is known."""

    name: ClassVar[str] = ""
    """Pillow's name of it."""
    reads: ClassVar[tuple[str, ...]] = ()
    """Suffixes of such files, by which a folder is searched. What a file is, its content decides."""
    writes: ClassVar[tuple[str, ...]] = ()
    """Suffixes of results that are written so."""

    # Reading.
    several: ClassVar[str] = "frames, an animation"
    """What there are several of in a file that is refused for it."""
    holds_one_photo: ClassVar[bool] = False
    """What else a file holds are no further photos: depth maps, gain maps, second eyes."""
    decoder_bytes: ClassVar[int] = 0
    """Bytes a pixel that the decoder holds beside the picture: those that give a photo out only when it is whole."""

    # Writing.
    gray: ClassVar[bool] = True
    """Holds one channel."""
    alpha: ClassVar[bool] = True
    """Holds transparency."""
    deep: ClassVar[bool] = False
    """Holds 16 bits a channel."""
    lossy: ClassVar[bool] = False
    """Has a quality."""
    metadata: ClassVar[bool] = True
    """Holds EXIF, XMP and a colour profile."""
    density: ClassVar[bool] = True
    """States dots an inch by itself, not in EXIF."""
    block: ClassVar[int | None] = None
    """Bytes that EXIF and XMP may each have; None: any."""
    side: ClassVar[int | None] = None
    """The most pixels across or down, where encoder and decoder do not agree on a limit."""
    encoder_bytes: ClassVar[int] = 0
    """Bytes a pixel that the encoder holds: those that do not take a photo row by row."""
    options: ClassVar[tuple[tuple[str, Any], ...]] = ()
    """Pillow's, for every file."""

    @property
    def is_here(self) -> bool:
        """Whether it can be read, and where it has suffixes for it written, in this installation."""
        return self.name in Image.OPEN

    def claims(self, head: bytes) -> bool:
        """Whether a file that begins so, with 64 bytes, may be of this format."""
        accept = Image.OPEN[self.name][1]
        return accept is None or accept(head[:16]) is True

    def factory(self) -> Factory:
        """What opens a file, by its name given twice. Raises ImageError where an optional package is missing."""
        return cast(Factory, Image.OPEN[self.name][0])

    def open(self, file: str) -> Image.Image | None:
        """The file, not loaded yet; None where it is of another format after all. Raises what a decoder raises."""
        try:
            return self.factory()(file, file)
        except _NOT_OF_THIS_KIND:
            return None

    def check(self, image: Image.Image, file: Path) -> None:
        """Raises ImageError for an image, not loaded yet, that is not the photo, or would cost more memory or time than
        its file's size and its pixels can explain. Raises OSError."""

    def prepare(self, image: Image.Image, file: Path) -> None:
        """Make a checked image ready to be loaded, where Pillow by itself would not load it rightly. Raises OSError."""

    def extra_bytes(self, image: Image.Image) -> int:
        """What decoding takes beside pixels, as the headers say."""
        return 0

    def stated_icc(self, image: Image.Image, file: Path | None, gray: bool) -> bytes | None:
        """A profile for colours that are stated in another way; None for sRGB, or nothing. Raises ImageError for what
        cannot be shown or understood."""
        return None

    def texts(self, image: Image.Image) -> list[str]:
        """The names of texts for people that are not carried."""
        return []

    def states_density(self, image: Image.Image) -> bool:
        """Whether the dots an inch that Pillow found are meant so."""
        return True

    def is_lossless(self, file: Path) -> bool:
        """Whether the first picture is stored without loss in a format that mostly loses."""
        return False

    def encode(self, sink: Sink, rows: Rows, metadata: Metadata, quality: int, lossless: bool) -> None:
        """Write a file of rows and metadata that fit. The same input gives the same bytes. Raises ValueError or
        OSError where the format cannot hold a photo of this size."""
        self.save(sink, rows, metadata, quality, xmp=metadata.xmp)

    def save(self, sink: Sink, rows: Rows, metadata: Metadata, quality: int, **more: Any) -> None:
        """By Pillow."""
        blocks = {"exif": metadata.exif and b"Exif\0\0" + metadata.exif, "icc_profile": metadata.icc, **more}
        options = {**dict(self.options), **({"quality": quality} if self.lossy else {})}
        if metadata.density is not None and self.density:
            options["dpi"] = metadata.density
        options |= {name: block for name, block in blocks.items() if block}
        rows.image().save(cast(Any, sink), format=self.name, **options)


def has_iptc(image: Image.Image) -> bool:
    """Whether Pillow found it in a Photoshop block."""
    blocks = image.info.get("photoshop")
    return isinstance(blocks, dict) and 0x0404 in blocks


def refuse(problem: str) -> NoReturn:
    raise ImageError(problem)
