"""Writing files so that nobody ever sees half of one, nor any of one that was private."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from amirnet.errors import OutputError, remedy_for

try:
    import fcntl
except ImportError:  # Windows has no such locks: there, leftovers of killed writers stay
    fcntl = None  # type: ignore[assignment]

_NAME_BYTES = 200
"""Of a name as long as this or shorter the temporary one is made; a longer one's would be too long for file systems."""
_PRIVATE = 0o600


def write_file(file: Path, content: bytes) -> None:
    """Write `content` as `write_with` does. Raises OutputError."""
    write_with(file, lambda handle: handle.write(content))


def write_with(file: Path, fill: Callable[[IO[bytes]], object]) -> None:
    """Let `fill` write a temporary file beside `file`, flush it to the disk, then rename.

    A reader, and whoever comes after a kill, sees the old file or the new one. Missing folders are made. Where there is
    an old file, nobody else can read the new one before it has that one's permissions and, where this process may give
    them, owner and group. What an earlier writer of the same file left when it was killed is removed. Raises
    OutputError naming the file, the reason and the remedy; leaves no partial file.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(file)
        temporary, handle = _new(file)
        try:
            with handle:
                fill(handle)
                handle.flush()
                _like_the_old(handle.fileno(), file)
                os.fsync(handle.fileno())
                if fcntl is not None:  # renamed under its lock: until then it must not look like a leftover
                    os.replace(temporary, file)
            if fcntl is None:
                os.replace(temporary, file)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(file.parent)
    except OSError as error:
        remedy = remedy_for(error, "choose another place")
        raise OutputError(f"{file}: cannot be written ({error.strerror or error}); {remedy}") from error


def remove_leftovers(file: Path) -> None:
    """Temporary files of this file that nobody is writing any more: a writer holds a lock, and dies with it."""
    if fcntl is None:
        return
    name = re.compile(rf"\.{re.escape(stem_of(file))}\.\d+(-[0-9a-f]+)?\.part")
    with suppress(OSError):  # a folder may allow writing and no listing
        for entry in list(os.scandir(file.parent)):
            if name.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with suppress(OSError), open(entry.path, "r+b") as handle:  # in use, or gone already
                    lock(handle.fileno())
                    if _is_named(handle.fileno(), Path(entry.path)):
                        os.unlink(entry.path)


def lock(handle: int) -> None:
    """Raises BlockingIOError when another process holds the lock, OSError where the file system has none."""
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def sync_folder(folder: Path) -> None:
    """Have what was renamed in a folder on the disk, where the system can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def stem_of(file: Path) -> str:
    """What names of its temporary files are made of: its name, or of a long one its SHA-256."""
    name = os.fsencode(file.name)
    return file.name if len(name) <= _NAME_BYTES else hashlib.sha256(name).hexdigest()


def _new(file: Path) -> tuple[Path, IO[bytes]]:
    """A new temporary file of this one, and its locked handle."""
    mode = _PRIVATE if os.path.lexists(file) else 0o666
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    while True:
        temporary = file.with_name(f".{stem_of(file)}.{os.getpid()}-{secrets.token_hex(4)}.part")
        number = os.open(temporary, flags, mode)
        try:
            # Before it is locked, it looks like a leftover: whoever sweeps it away then has the lock, or had it.
            if _locked(number) and _is_named(number, temporary):
                return temporary, os.fdopen(number, "wb")
        except BaseException:
            os.close(number)
            temporary.unlink(missing_ok=True)
            raise
        os.close(number)
        temporary.unlink(missing_ok=True)


def _locked(handle: int) -> bool:
    """Whether nobody else has the lock. Not every file system has locks; without them nobody sweeps either."""
    try:
        lock(handle)
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


def _is_named(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), os.stat(path, follow_symlinks=False))
    except OSError:
        return False


def _like_the_old(handle: int, file: Path) -> None:
    """Give the new file the old one's owner, group and permissions, if there is an old one."""
    try:
        old = os.stat(file)
    except OSError:
        return
    mode = stat.S_IMODE(old.st_mode)
    if hasattr(os, "fchown"):
        for owner, group in ((old.st_uid, -1), (-1, old.st_gid)):
            with suppress(PermissionError):
                os.fchown(handle, owner, group)
        if os.fstat(handle).st_gid != old.st_gid:  # what its group might do, ours may not but where all might
            mode = mode & ~0o070 | (mode & 0o007) << 3 & mode
    if hasattr(os, "fchmod"):
        os.fchmod(handle, mode)
