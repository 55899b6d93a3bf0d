"""A model as the bytes of its files: of one file, or of the files below a folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from amirnet.bundle.model_bundle import ModelBundle

from ..errors import ExportError

Parts: TypeAlias = Mapping[str, bytes]
"""Path below the model's own -> content. A model that is one file has one part, whose path is empty (`whole`)."""


def whole(content: bytes) -> Parts:
    """The parts of a model that is one file."""
    return {"": content}


def content_of(model: Parts) -> bytes:
    """The bytes of a model that is one file. Raises ExportError for a folder."""
    if set(model) != {""}:
        raise ExportError("model: is a folder where a file is wanted: export it again")
    return model[""]


def placed(path: str, model: Parts) -> dict[str, bytes]:
    """A bundle's files that are the model at ``path``."""
    return {f"{path}/{below}" if below else path: content for below, content in model.items()}


def parts_at(files: Mapping[str, bytes], path: str) -> Parts:
    """The model at ``path`` among a bundle's files. Raises ExportError when there is none."""
    below = path + "/"
    found = {name[len(below) :]: content for name, content in files.items() if name.startswith(below)}
    if path in files:
        found[""] = files[path]
    if not found:
        raise ExportError(f"{path}: no such model in the bundle: export it again")
    return found


def parts_in(bundle: ModelBundle, path: str) -> Parts:
    """The verified model at ``path`` in a bundle. Raises BundleError, or ExportError when there is none."""
    names = [name for name in bundle.manifest.files if name == path or name.startswith(path + "/")]
    return parts_at({name: bundle.read(name) for name in names}, path)
