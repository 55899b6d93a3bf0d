"""Writing a bundle: manifest and models into a temporary folder, verified by the SDK, then renamed (CONTRACT B)."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from amirnet.bundle.bundle_files import MANIFEST
from amirnet.bundle.model_bundle import ModelBundle
from amirnet.errors import OutputError, remedy_for
from amirnet.photo.atomic_file import sync_folder

from .errors import ExportError
from .exchange import put_in_place, sweep, temporary

ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""Every zip entry carries this time, so that the same bundle zips to the same bytes."""


def check_target(target: Path, *, overwrite: bool) -> None:
    """Raises ExportError or OutputError when ``target`` cannot take a bundle. Sweeps what killed exports left there."""
    with suppress(OSError, RuntimeError):  # a circle of links: writing says so
        sweep(target.resolve())
    if target.exists():
        if not overwrite:
            raise ExportError(f"{target}: exists already: choose another -o, or add --overwrite")
        if target.is_dir() and not (target / MANIFEST).is_file() and any(target.iterdir()):
            raise ExportError(f"{target}: a folder that is not a bundle: choose another -o, it will not be replaced")
        if target.is_file() and not _is_zipped_bundle(target):
            raise ExportError(f"{target}: a file that is not a zipped bundle: choose another -o, it stays as it is")
    parent = target.absolute().parent
    while not parent.exists():
        parent = parent.parent
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise OutputError(f"{target}: {parent} cannot be written to: choose another -o")


def seal(manifest: dict[str, Any], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """All files of a bundle by path. ``manifest`` lacks only its "files", which are filled in here."""
    seals = {name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} for name, data in files.items()}
    text = json.dumps({**manifest, "files": seals}, indent=1, sort_keys=True, allow_nan=False) + "\n"
    return {MANIFEST: text.encode(), **files}


def write_bundle(target: Path, manifest: dict[str, Any], files: Mapping[str, bytes]) -> None:
    """Seals and writes a bundle: `write_sealed` of `seal`."""
    write_sealed(target, seal(manifest, files))


def write_sealed(target: Path, content: Mapping[str, bytes]) -> None:
    """Writes the files of a sealed bundle to ``target``: a zip if its name ends with .zip, else a folder.

    The bundle is opened and verified under its temporary name, and changes places with an old one: at every moment the
    one or the other is there, whole. What a kill leaves beside it, the next export of the same name removes.

    Raises:
        BundleError: the manifest breaks the contract.
        OutputError: the place cannot be written to.
    """
    try:
        target = target.resolve()  # "." has no name to put a temporary one beside, and a link stays one
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target)
        zipped = target.suffix == ".zip"
        with temporary(target, ".zip" if zipped else "") as place:
            if zipped:
                _write_zip(place, content)
                if target.is_file():
                    shutil.copymode(target, place)
            else:
                _write_folder(place, content)
            ModelBundle.open(place)
            put_in_place(place, target)
        sync_folder(target.parent)
    except (OSError, RuntimeError) as error:  # the latter: a circle of links
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        remedy = remedy_for(error, "choose another -o") if isinstance(error, OSError) else "choose another -o"
        raise OutputError(f"{target}: cannot be written ({reason}): {remedy}") from error


def _is_zipped_bundle(file: Path) -> bool:
    if file.suffix != ".zip" or not zipfile.is_zipfile(file):
        return False
    with zipfile.ZipFile(file) as archive:
        return MANIFEST in archive.namelist()


def _write_folder(folder: Path, content: Mapping[str, bytes]) -> None:
    for name, data in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    for place in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        sync_folder(place)


def _write_zip(path: Path, content: Mapping[str, bytes]) -> None:
    with path.open("r+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, data in content.items():
                entry = zipfile.ZipInfo(name, ZIP_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, data)
        file.flush()
        os.fsync(file.fileno())
