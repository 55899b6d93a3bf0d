"""Opening photo files, whatever they turn out to be: every failure is one line that names the file."""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from amirnet.errors import ImageError, remedy_for
from amirnet.photo.formats.base import PhotoFormat
from amirnet.photo.formats.table import FORMATS, format_of
from amirnet.photo.image_opener import open_image
from amirnet.photo.tiff_opener import DEVELOP

_SYSTEM = (errno.EMFILE, errno.ENFILE, errno.EIO, errno.ENOMEM)
"""Errors that say nothing of the file's content."""
_RAW_MAKERS = (
    (8, b"CR\2\0"), (0, b"FUJIFILMCCD-RAW"), (0, b"IIU\0"), (0, b"IIRO"), (0, b"IIRS"), (0, b"MMOR"),
    (4, b"ftypcrx "), (0, b"FOVb"), (0, b"\0MRM"), (6, b"HEAPCCDR"),
)  # fmt: skip
"""Where a camera raw file says at once what it is."""


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
        with open_image(file, FORMATS) as image:
            form = format_of(image)
            form.check(image, file)
            form.prepare(image, file)
            if not first_frame:
                _refuse_several(image, form)
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


def _refuse_several(image: Image.Image, form: PhotoFormat) -> None:
    if getattr(image, "is_animated", False) and not form.holds_one_photo:
        # How many is not said: to count the pages of a file that is made to have tens of thousands takes long.
        remedy = "take the first one with --first-frame (first_frame=True), or split it first"
        raise ImageError(f"several {form.several}; {remedy}")


def check_not_raw(file: Path) -> None:
    """Raises ImageError for camera raw files that no decoder here knows, or takes for a thumbnail. Raises OSError."""
    with file.open("rb") as stream:
        head = stream.read(32)
    if any(head[at : at + len(mark)] == mark for at, mark in _RAW_MAKERS):
        raise ImageError(DEVELOP)
