"""A restored photo into its file: what the format can hold of it, row by row, whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import IO

from amirnet.errors import OutputError
from amirnet.photo.atomic_file import write_with
from amirnet.photo.photo_encoder import encode_to, fitted, writer_for
from amirnet.photo.photo_facts import PhotoFacts
from amirnet.photo.row_buffer import Rows
from amirnet.photo.save_options import SaveOptions


def check_output(facts: PhotoFacts, file: Path, saving: SaveOptions) -> Path:
    """Where to write: the file itself, or of a link to the photo its target. Raises OutputError."""
    writer_for(file)
    if file.is_symlink() and is_loop(file):
        raise OutputError(f"{file}: is a link that leads back to itself; remove it, or choose another name")
    if facts.source is None or not is_same_file(file, facts.source):
        return file
    if not saving.overwrite:
        raise OutputError(f"{file}: would overwrite the input; choose another name, or give overwrite=True")
    return file.resolve()


def write_photo(rows: Rows, facts: PhotoFacts, file: Path, saving: SaveOptions) -> tuple[str, ...]:
    """Write restored rows as PhotoFile.save says. Returns a line for each thing that was lost. Raises OutputError."""
    file, writer = check_output(facts, file, saving), writer_for(file)
    height, width, _ = rows.shape
    metadata, stripped = facts.metadata.for_result(width, height, saving.strip_gps)
    rows, metadata, losses = fitted(rows, metadata, writer)
    level = facts.quality if saving.quality is None else saving.quality

    def fill(handle: IO[bytes]) -> None:
        sink = _Sink(handle)
        try:
            encode_to(sink, rows, metadata, writer, level, facts.lossless and saving.quality is None)
        except (OSError, ValueError, RuntimeError) as error:  # a side beyond JPEG's 65,535 or WebP's 16,383 pixels
            if sink.failure is not None:
                raise sink.failure from error
            problem = f"{writer.name} cannot hold {width}x{height} pixels ({error})"
            raise OutputError(f"{file}: {problem}; choose .png or .tif") from error
        except MemoryError as error:
            raise OutputError(f"{file}: not enough memory to write {writer.name}; choose .jpg or .png") from error

    write_with(file, fill)
    return stripped + losses


def is_same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, by name, link or hard link."""
    try:
        return one.resolve() == other.resolve() or one.samefile(other)
    except (OSError, RuntimeError):  # one of them is not there, or cannot be, or is a circle of links
        return False


def is_loop(path: Path) -> bool:
    """Whether the path leads through links back to itself."""
    try:
        path.resolve(strict=True)
    except RuntimeError:  # Python 3.11 and 3.12
        return True
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


class _Sink:
    """The file for an encoder. It tells a full disk from what a format cannot hold; and having no file number, it makes
    Pillow write through it: by the number Pillow takes no notice of a write that was cut short."""

    def __init__(self, handle: IO[bytes]) -> None:
        self._handle = handle
        self.failure: OSError | None = None

    def write(self, content: bytes) -> int:
        try:
            return self._handle.write(content)
        except OSError as error:
            self.failure = error
            raise

    def seek(self, place: int, whence: int = 0) -> int:
        try:
            return self._handle.seek(place, whence)  # writes out what was buffered
        except OSError as error:
            self.failure = error
            raise

    def tell(self) -> int:
        return self._handle.tell()
