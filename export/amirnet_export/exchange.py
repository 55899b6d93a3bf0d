"""A new folder in the place of an old one, so that at every moment one of them is there; and what killed ones left."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from amirnet.photo.atomic_file import lock, stem_of

_AT_FDCWD, _EXCHANGE = -100, 2
_MAC_SWAP = 2
_UNKNOWN = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV, errno.EPERM)
"""How a system, or a file system, says that it cannot exchange two names."""


@contextmanager
def temporary(target: Path, ending: str = "") -> Iterator[Path]:
    """A new empty folder beside ``target`` (a file, with an ``ending``), locked; gone at the end unless renamed."""
    with ExitStack() as held:
        place = _new(target, ending, held)
        try:
            yield place
        finally:
            remove(place)


def _new(target: Path, ending: str, held: ExitStack) -> Path:
    while True:
        place = target.with_name(f".{stem_of(target)}.{os.getpid()}-{secrets.token_hex(4)}.part{ending}")
        if ending:
            place.touch(exist_ok=False)
        else:
            place.mkdir()
        # Before it was locked, it looked like a leftover: where somebody sweeps it away, another one is made.
        with suppress(FileNotFoundError, BlockingIOError), ExitStack() as stack:
            stack.enter_context(_locked(place))
            if place.exists():
                held.push(stack.pop_all())
                return place


def put_in_place(new: Path, target: Path) -> None:
    """Renames ``new`` to ``target``; an old folder there is exchanged with it, and then removed. Raises OSError, with
    the old one in its place."""
    if not target.is_dir():
        os.replace(new, target)
        return
    if exchange(new, target):
        return  # `new` is the old one now
    aside = target.with_name(f".{stem_of(target)}.{os.getpid()}-{secrets.token_hex(4)}.old")
    with _locked(target):  # for others it is no leftover meanwhile
        os.replace(target, aside)  # a kill from here on leaves it aside, and `sweep` puts it back
        try:
            os.replace(new, target)
        except BaseException:
            os.replace(aside, target)
            raise
    remove(aside)  # the new one is in its place


def exchange(one: Path, other: Path) -> bool:
    """Lets two names change places in one step. False where the system cannot. Raises OSError."""
    library = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
    names = os.fsencode(one), os.fsencode(other)
    if hasattr(library, "renameat2"):
        failed = library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _EXCHANGE)  # type: ignore[union-attr]
    elif sys.platform == "darwin" and hasattr(library, "renamex_np"):
        failed = library.renamex_np(*names, _MAC_SWAP)
    else:
        return False
    if not failed:
        return True
    number = ctypes.get_errno()
    if number in _UNKNOWN:
        return False
    raise OSError(number, os.strerror(number), str(other))


def sweep(target: Path) -> None:
    """Removes what killed exports of ``target`` left beside it. Where one was killed with the old one aside and nothing
    in its place, the old one is put back."""
    name = re.compile(rf"\.{re.escape(stem_of(target))}\.\d+(-[0-9a-f]+)?\.(part(\.zip)?|old)")
    try:
        found = [Path(entry.path) for entry in os.scandir(target.parent) if name.fullmatch(entry.name)]
    except OSError:  # no such folder yet, or it may not be listed
        return
    for place in sorted(found, key=lambda path: path.suffix != ".old"):
        with suppress(OSError), _locked(place):  # in use, or gone already
            if place.suffix == ".old" and not os.path.lexists(target):
                os.replace(place, target)
            else:
                remove(place)


def remove(place: Path) -> None:
    """A folder or a file, whichever is there."""
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        with suppress(OSError):
            place.unlink(missing_ok=True)


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    """Raises OSError when another process has it locked, or it is gone, or is neither a folder nor a file."""
    if place.is_symlink() or not (place.is_dir() or place.is_file()):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(place))
    if os.name == "nt":
        yield
        return
    handle = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
    try:
        try:
            lock(handle)
        except BlockingIOError:
            raise
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(handle)
