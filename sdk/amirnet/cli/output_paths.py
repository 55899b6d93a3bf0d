"""Where `amirnet restore` writes: decided for all photos before the first one is processed."""

from __future__ import annotations

import os
from pathlib import Path

from amirnet.errors import OutputError
from amirnet.photo_encoder import WRITERS, check_suffix
from amirnet.photo_writer import is_same_file


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
    taken: dict[Path, Path] = {}
    for photo, path in zip(photos, paths, strict=True):
        _check(path, [other for other in photos if not (overwrite and other is photo)])
        other = taken.setdefault(path.resolve(), photo)
        if other is not photo:
            raise OutputError(f"{path}: would hold both {other} and {photo}; restore them apart, with another -o")
    return paths


def restored_name(photo: Path) -> str:
    """NAME_restored.EXT."""
    # Formats that can be read but not written, a GIF for example, become PNG.
    suffix = photo.suffix if photo.suffix.lower() in WRITERS else ".png"
    return f"{photo.stem}_restored{suffix}"


def _check(path: Path, photos: list[Path]) -> None:
    check_suffix(path)
    if path.is_dir():
        raise OutputError(f"{path}: is a folder; choose another -o")
    if any(is_same_file(path, photo) for photo in photos):
        raise OutputError(f"{path}: would overwrite the input; choose another -o, or allow it with --overwrite")
    check_folder(path.parent, path)


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
