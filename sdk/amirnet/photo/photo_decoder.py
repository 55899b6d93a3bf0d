"""Opening photo files, whatever they turn out to be: every failure is one line that names the file."""

from __future__ import annotations

import errno
import importlib
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError
from PIL.ExifTags import Base

from amirnet.errors import ImageError, remedy_for
from amirnet.photo.image_opener import open_image
from amirnet.photo.jpeg_end import mend_end
from amirnet.photo.suspicion import check_not_raw, check_opened

READABLE = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM", "AVIF", "HEIF", "JPEG2000", "TGA", "QOI")
"""The decoders a photo may use. Pillow knows more, some of which start other programs (EPS) or fetch stubs."""

_SYSTEM = (errno.EMFILE, errno.ENFILE, errno.EIO, errno.ENOMEM)
"""Errors that say nothing of the file's content."""
_ONE_PHOTO = ("MPO", "HEIF")  # what else such a file holds are depth maps, gain maps and second eyes
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")


def check_file(file: Path) -> None:
    """Raises ImageError when the path is missing, not a plain file, or empty. Reads nothing."""
    try:
        found = file.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise ImageError(f"{file}: no such file; check the path") from error
    except OSError as error:
        raise ImageError(f"{file}: cannot be read ({error.strerror}); check the path") from error
    if not stat.S_ISREG(found.st_mode):
        raise ImageError(f"{file}: not a file; give a photo, or the photos inside by name")
    if found.st_size == 0:
        raise ImageError(f"{file}: the file is empty (0 bytes); copy or download it again")


@contextmanager
def opened(file: Path, first_frame: bool = False) -> Iterator[Image.Image]:
    """The file as a Pillow image, by its content and not by its name. What goes wrong inside the block is named too.

    Raises ImageError naming the file when it is missing, empty, truncated, not a photo, has too many pixels, or, unless
    `first_frame`, holds several pictures.
    """
    check_file(file)
    try:
        check_not_raw(file)
        _prepare_heic(file)
        with open_image(file, _known(READABLE)) as image:
            check_opened(image, file)
            if image.format in ("JPEG", "MPO"):
                mend_end(image, file)
            _read_turned_tiff(image)
            if not first_frame:
                _refuse_several(image)
            yield image
    except ImageError as error:
        raise ImageError(f"{file}: {error}") from error
    except UnidentifiedImageError as error:
        raise ImageError(f"{file}: not a photo in a known format; convert it to JPEG or PNG") from error
    except PermissionError as error:
        raise ImageError(f"{file}: no permission to read it; change its permissions") from error
    except MemoryError as error:
        raise ImageError(f"{file}: not enough memory to decode it; scale it down first") from error
    except Exception as error:  # decoders meet hostile bytes and raise a dozen types; each means the same to the caller
        if isinstance(error, Warning) or _is_ours(error):
            raise
        reason = " ".join(str(error).split()) or type(error).__name__
        if isinstance(error, OSError) and error.errno in _SYSTEM:
            raise ImageError(f"{file}: cannot be read ({error.strerror}); {remedy_for(error, 'try again')}") from error
        raise ImageError(f"{file}: damaged or cut short ({reason}); copy or download it again") from error


def _is_ours(error: Exception) -> bool:
    """Whether it is a defect of this program, and says nothing of the file: a library used in a way that it is not made
    for, in a version that does not know it, for example."""
    if not isinstance(error, AttributeError | NameError | TypeError | ImportError | AssertionError):
        return False
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    name = "" if trace is None else trace.tb_frame.f_globals.get("__name__", "")
    return isinstance(name, str) and name.startswith("amirnet.")


def is_lossless_webp(file: Path) -> bool:
    """Whether the first picture of a WebP file is stored without loss. False for what is no WebP."""
    with file.open("rb") as stream:
        header = stream.read(12)
        if header[:4] != b"RIFF" or header[8:] != b"WEBP":
            return False
        for _ in range(100):  # the picture comes after a few chunks, or the file is made to keep us busy
            chunk = stream.read(8)
            if chunk[:4] in (b"VP8 ", b"VP8L"):
                return chunk[:4] == b"VP8L"
            size = int.from_bytes(chunk[4:], "little")
            stream.seek(size + size % 2, 1)
    return False


def _refuse_several(image: Image.Image) -> None:
    if getattr(image, "is_animated", False) and image.format not in _ONE_PHOTO:
        # How many is not said: to count the pages of a file that is made to have tens of thousands takes long.
        what = "pages" if image.format == "TIFF" else "frames, an animation"
        raise ImageError(f"several {what}; take the first one with --first-frame (first_frame=True), or split it first")


def _read_turned_tiff(image: Any) -> None:
    """Let a TIFF whose orientation exchanges width and height be read and not mapped into memory: Pillow states the
    upright size before it has turned the pixels, and would map them by it, every row of the wrong length."""
    if image.format == "TIFF" and image.tag_v2.get(Base.Orientation) in (5, 6, 7, 8):
        image.load_read = image.fp.read  # where this is overridden, Pillow does not map


def _prepare_heic(file: Path) -> None:
    """Bring in the decoder of HEIC photos, an optional package, if the file is one."""
    with file.open("rb") as stream:
        head = stream.read(64)
    brands = head[8 : min(64, int.from_bytes(head[:4], "big"))]
    if head[4:8] != b"ftyp" or head[8:12] not in _HEIC_BRANDS or b"avif" in brands:
        return
    try:
        heif = importlib.import_module("pillow_heif")
    except ImportError as error:
        remedy = "pip install 'amirnet[heif]', or convert it to JPEG"
        raise ImageError(f"a HEIC photo needs pillow-heif; {remedy}") from error
    heif.register_heif_opener()


def _known(names: tuple[str, ...]) -> list[str]:
    """Those of the names that this Pillow was built with."""
    Image.init()
    return [name for name in names if name in Image.OPEN]
