"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from amirnet.errors import OutputError

try:
    import fcntl
except ImportError:  # Windows has no such locks: there, leftovers of killed writers stay
    fcntl = None  # type: ignore[assignment]


def write_file(file: Path, content: bytes) -> None:
    """Write `content` as `write_with` does. Raises OutputError."""
    write_with(file, lambda handle: handle.write(content))


def write_with(file: Path, fill: Callable[[IO[bytes]], object]) -> None:
    """Let `fill` write a temporary file beside `file`, flush it to the disk, then rename.

    A reader, and whoever comes after a kill, sees the old file or the new one. Missing folders are made, an old file's
    permissions stay, and what an earlier writer of the same file left when it was killed is removed. Raises OutputError
    naming the file, the reason and the remedy; leaves no partial file.
    """
    temporary = file.with_name(f".{file.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(file)
        try:
            with temporary.open("xb") as handle:
                with suppress(OSError):  # not every file system has locks
                    _lock(handle)
                fill(handle)
                handle.flush()
                os.fsync(handle.fileno())
            if file.exists():
                shutil.copymode(file, temporary)
            os.replace(temporary, file)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"{file}: cannot be written ({error.strerror or error}); choose another place") from error


def remove_leftovers(file: Path) -> None:
    """Temporary files of this file that nobody is writing any more: a writer holds a lock, and dies with it."""
    if fcntl is None:
        return
    name = re.compile(rf"\.{re.escape(file.name)}\.\d+(-[0-9a-f]+)?\.part")
    with suppress(OSError):  # a folder may allow writing and no listing
        for entry in list(os.scandir(file.parent)):
            if name.fullmatch(entry.name):
                with suppress(OSError), open(entry.path, "r+b") as handle:  # in use, or gone already
                    _lock(handle)
                    os.unlink(entry.path)


def _lock(handle: IO[bytes]) -> None:
    """Raises OSError when another process holds the lock."""
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
