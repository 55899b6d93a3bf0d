"""The two shapes of a bundle, a folder and a zip of it, behind one view: names and bounded reads (CONTRACT B1-B3)."""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
from io import BytesIO
from pathlib import Path
from typing import IO, Protocol

from amirnet.errors import BundleError, ChangedFileError, ExtraFileError, MissingFileError, UnsafePathError

MANIFEST = "manifest.json"
"""The one file of a bundle that the others are listed in."""
ENTRIES = 10_000
"""A bundle with more files than this is refused."""
ZIP_BYTES = 2**31
"""A zip larger than this is refused: it is read into memory."""

_PIECE = 2**20
_ENTRY = b"PK\x01\x02"
"""What every entry of a zip's directory begins with."""
_PART = re.compile(r"[A-Za-z0-9_.-]+")


def check_path(name: str, where: str) -> None:
    """Raises UnsafePathError unless `name` is a relative path of portable parts joined by '/' (CONTRACT B3)."""
    for part in name.split("/"):
        if not _PART.fullmatch(part) or part in (".", ".."):
            raise UnsafePathError(
                f"{where}: unsafe path {name!r}; a bundle's paths are relative, A-Z a-z 0-9 . _ - joined by '/'"
            )


class BundleFiles(Protocol):
    """What a bundle is read through."""

    @property
    def names(self) -> frozenset[str]:
        """Every file in it, as checked relative paths."""
        ...

    def read(self, name: str, limit: int) -> bytes:
        """The file's bytes, but never more than limit + 1 of them. Raises MissingFileError, ChangedFileError."""
        ...


class FolderFiles:
    """A bundle that lies as a folder. Raises UnsafePathError for a link, unless `links` allows them, or anything that
    is neither file nor folder."""

    def __init__(self, folder: Path, links: bool = False) -> None:
        self._folder = folder
        self._links = links
        if not os.path.lexists(folder / MANIFEST):
            raise MissingFileError(f"{folder}: no {MANIFEST}; this is not a bundle, or a part of one: export it again")
        names: set[str] = set()
        pending = [""]
        while pending:
            prefix = pending.pop()
            for entry in _scan(folder / prefix):
                name = prefix + entry.name
                if entry.is_symlink() and not links:
                    raise UnsafePathError(f"{folder}: {name!r} is a link; put the file itself there")
                if entry.is_dir():
                    pending.append(name + "/")
                elif entry.is_file():
                    names.add(name)
                else:
                    raise UnsafePathError(f"{folder}: {name!r} is not a plain file; remove it")
                if len(names) + len(pending) > ENTRIES:
                    raise ExtraFileError(f"{folder}: more than {ENTRIES} files; this is not a bundle")
        self.names = frozenset(names)

    def read(self, name: str, limit: int) -> bytes:
        if name not in self.names:
            raise MissingFileError(f"{self._folder}: {name} is missing; copy or export the bundle again")
        try:
            # O_NOFOLLOW: the file must not have become a link since the folder was listed.
            flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)  # nor a pipe, to wait for
            flags |= 0 if self._links else getattr(os, "O_NOFOLLOW", 0)
            handle = os.open(self._folder / name, flags)
            with open(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise UnsafePathError(f"{self._folder}: {name} is not a plain file; remove it")
                return file.read(limit + 1)
        except MemoryError as error:
            raise BundleError(f"{self._folder}: {name} takes more memory than there is; use a smaller model") from error
        except OSError as error:
            reason = error.strerror
            raise ChangedFileError(f"{self._folder}: {name} cannot be read ({reason}); copy it again") from error


class ZipFiles:
    """A bundle that lies as a zip file, held in memory. Raises BundleError when it is not a sound zip."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            found = path.stat()
            if not stat.S_ISREG(found.st_mode):  # a pipe waits for ever, a device has no end
                raise BundleError(f"{path}: not a file; give a bundle's folder or zip file")
            if found.st_size > ZIP_BYTES:
                raise BundleError(f"{path}: larger than {ZIP_BYTES} bytes; unzip it and give the folder")
            content = path.read_bytes()
            if content.count(_ENTRY) > 2 * ENTRIES:  # before zipfile makes an object of each; a model may hold a few
                raise ExtraFileError(f"{path}: more than {ENTRIES} entries; this is not a bundle")
            self._zip = zipfile.ZipFile(BytesIO(content))
        except MemoryError as error:
            raise BundleError(f"{path}: not enough memory to read it; unzip it and give the folder") from error
        except OSError as error:
            raise BundleError(f"{path}: cannot be read ({error.strerror}); check its permissions") from error
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
            raise BundleError(f"{path}: not a whole zip file ({error}); copy or export the bundle again") from error
        self._entries: dict[str, zipfile.ZipInfo] = {}
        entries = self._zip.infolist()
        if all(entry.orig_filename != MANIFEST for entry in entries):
            raise MissingFileError(f"{path}: no {MANIFEST} at its top; zip the files, not the folder above them")
        if len(entries) > ENTRIES:
            raise ExtraFileError(f"{path}: more than {ENTRIES} entries; this is not a bundle")
        for entry in entries:
            # orig_filename is what the zip says; zipfile already tidied the other one.
            name = entry.orig_filename
            if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise UnsafePathError(f"{path}: {name!r} is a link, a pipe or a device; a bundle holds plain files")
            check_path(name.removesuffix("/"), str(path))
            if name.endswith("/"):
                continue
            if name in self._entries:
                raise ExtraFileError(f"{path}: {name} is in the zip twice; zip the bundle again")
            self._entries[name] = entry
        self.names = frozenset(self._entries)

    def read(self, name: str, limit: int) -> bytes:
        if name not in self._entries:
            raise MissingFileError(f"{self._path}: {name} is missing; copy or export the bundle again")
        try:
            with self._zip.open(self._entries[name]) as file:
                return _read(file, limit + 1)
        except MemoryError as error:
            raise BundleError(f"{self._path}: {name} takes more memory than there is; use a smaller model") from error
        except Exception as error:  # damaged zips make zipfile raise half a dozen types, ValueError and zlib.error too
            raise ChangedFileError(f"{self._path}: {name} cannot be unpacked ({error}); copy the zip again") from error


def _read(file: IO[bytes], most: int) -> bytes:
    """Piece by piece: asked for all of a large entry at once, zipfile copies what it has again and again."""
    content = BytesIO()
    while piece := file.read(min(_PIECE, most - content.tell())):
        content.write(piece)
    return content.getvalue()


def _scan(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise BundleError(f"{folder}: cannot be read ({error.strerror}); check its permissions") from error
