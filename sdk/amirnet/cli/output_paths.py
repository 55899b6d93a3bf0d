"""Where `amirnet restore` writes: decided for all photos before the first one is processed."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from amirnet.errors import OutputError
from amirnet.photo.formats.table import WRITERS
from amirnet.photo.photo_encoder import check_suffix


def output_paths(photos: list[Path], output: str | None, overwrite: bool = False) -> list[Path]:
    """One output path a photo, in order. `output` is a folder (existing, ending in a slash, or for several photos), a
    file, or None for "beside the photo"; `overwrite` allows the photo itself, never another one of the photos.
    Raises OutputError; makes nothing."""
    if output is None:
        paths = [photo.with_name(restored_name(photo)) for photo in photos]
    elif len(photos) > 1 or output.endswith(("/", os.sep)) or Path(output).is_dir():
        paths = [Path(output) / restored_name(photo) for photo in photos]
    else:
        paths = [Path(output)]
    for path in paths:
        check_suffix(path)
    check_outputs(photos, paths, overwrite, "choose another -o, or allow it with --overwrite")
    for path in paths:
        check_folder(path.parent, path)
    return paths


def restored_name(photo: Path) -> str:
    """NAME_restored.EXT."""
    # Formats that can be read but not written, a GIF for example, become PNG.
    suffix = photo.suffix if photo.suffix.lower() in WRITERS else ".png"
    return f"{photo.stem}_restored{suffix}"


def check_outputs(photos: Sequence[Path], outputs: Sequence[Path], overwrite: bool, remedy: str) -> None:
    """Raises OutputError for two photos with one output, and for an output that is a folder or one of the photos:
    its own, unless `overwrite` allows it, or another's. One look at each file, however many there are."""
    of_file: dict[tuple[int, int], list[Path]] = {}
    for photo in photos:
        if found := _status(photo):
            of_file.setdefault((found.st_dev, found.st_ino), []).append(photo)
    folder = cache(_resolved)
    taken: dict[str, Path] = {}
    for photo, output in zip(photos, outputs, strict=True):
        other = taken.setdefault(name_key(folder(output.parent) / output.name), photo)
        if other is not photo:
            both = f"would hold both {other} and {photo}"
            raise OutputError(f"{output}: {both}; rename one, or restore them apart with another -o")
        found = _status(output)
        if found and stat.S_ISDIR(found.st_mode):
            raise OutputError(f"{output}: is a folder; choose another -o")
        for lost in of_file.get((found.st_dev, found.st_ino), []) if found else []:
            if lost is not photo or not overwrite:
                if lost is not photo:  # nothing allows that
                    helps = "leave that one out, or choose another -o"
                    raise OutputError(f"{output}: would overwrite the input {lost}; {helps}")
                raise OutputError(f"{output}: would overwrite the input; {remedy}")


def _resolved(folder: Path) -> Path:
    try:
        return folder.resolve()
    except (OSError, RuntimeError) as error:  # a circle of links
        remedy = "remove it, or choose another -o"
        raise OutputError(f"{folder}: is a link that leads back to itself; {remedy}") from error


def name_key(path: Path) -> str:
    """Equal for two paths that name one file."""
    # There, A.jpg and a.jpg are one file; elsewhere they are two.
    return str(path).casefold() if sys.platform in ("darwin", "win32") else str(path)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def check_folder(wanted: Path, path: Path | None = None) -> None:
    """Raises OutputError, naming `path` or else the folder, when the folder cannot be made or written in."""
    path = wanted if path is None else path
    folder = wanted.absolute()
    while not folder.exists() and not folder.is_symlink():
        folder = folder.parent
    if not folder.is_dir():
        raise OutputError(f"{path}: cannot be written ({folder} is not a folder); choose another -o")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"{path}: cannot be written (no permission in {folder}); choose another -o")
