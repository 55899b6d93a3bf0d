"""A sealed bundle: found by path or by shipped name, and verified before anything is run from it (CONTRACT B1-B10)."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from amirnet.bundle.bundle_files import MANIFEST, BundleFiles, FolderFiles, ZipFiles
from amirnet.bundle.manifest import Manifest
from amirnet.bundle.onnx_file import check_complete, check_model
from amirnet.errors import BundleError, ChangedFileError, ExtraFileError, MissingFileError, UnknownBundleError
from amirnet.runtime.degradation_tree import DegradationTree
from amirnet.runtime.model_spec import ModelSpec

SHIPPED = Path(__file__).parents[1] / "bundles"
"""Where the bundles that come with the wheel lie, one folder a name."""

MANIFEST_BYTES = 16 * 2**20
"""A manifest larger than this is refused."""


def shipped_names() -> tuple[str, ...]:
    """The names that `ModelBundle.open` knows without a path, in alphabetical order."""
    if not SHIPPED.is_dir():
        return ()
    return tuple(sorted(entry.name for entry in SHIPPED.iterdir() if (entry / MANIFEST).is_file()))


@dataclass(frozen=True)
class ModelBundle:
    """A verified bundle. Every file in it had the size and SHA-256 of its manifest when it was opened, and `read`
    checks again, so an engine only ever sees sealed bytes."""

    where: str
    """The path it came from, for messages."""
    manifest: Manifest
    """What it says about itself."""
    _files: BundleFiles
    fingerprint: str = ""
    """SHA-256, in hex, of the manifest's bytes, and so of the seals of all files; "" of one that is nowhere yet."""

    @classmethod
    def open(cls, path_or_name: str | os.PathLike[str]) -> ModelBundle:
        """Open and verify a folder, a .zip of one, or a shipped name such as "mobile".

        A bare shipped name always means the shipped bundle; write ./mobile for a folder of that name. Raises the
        subclass of BundleError that names the first thing wrong, in the order of CONTRACT B6.
        """
        path = locate(path_or_name)
        # What was installed with this package may be links: some installers keep files once and link them.
        installed = path.parent == SHIPPED and os.fspath(path_or_name) == path.name
        files: BundleFiles = FolderFiles(path, links=installed) if path.is_dir() else ZipFiles(path)
        content = files.read(MANIFEST, MANIFEST_BYTES)
        if len(content) > MANIFEST_BYTES:
            raise BundleError(f"{path}: {MANIFEST} is larger than {MANIFEST_BYTES} bytes; this is not a bundle")
        bundle = cls(str(path), Manifest.parse(content, str(path)), files, hashlib.sha256(content).hexdigest())
        bundle._check_set()
        run = bundle._run_as_onnx()
        for name in sorted(bundle.manifest.files):
            content = bundle.read(name)
            if name in run:
                check_model(content, f"{path}: {name}")
            elif name.lower().endswith(".onnx"):
                check_complete(content, f"{path}: {name}")
        return bundle

    def _run_as_onnx(self) -> set[str]:
        """The files that an engine for ONNX would load, whatever they are called. Raises BundleError where that is a
        folder."""
        models = self.manifest.models
        found = {path for role in models.values() for path in role.get("onnx", {}).values()}
        for path in sorted(found - self.manifest.files.keys()):
            raise BundleError(f"{self.where}: {path} is a folder, and an ONNX model is a file; export the bundle again")
        return found

    @property
    def tree(self) -> DegradationTree:
        return self.manifest.tree

    @property
    def spec(self) -> ModelSpec:
        """What the runtime has to know of the model."""
        manifest = self.manifest
        return ModelSpec(self.where, manifest.tree, manifest.probe, manifest.tile, manifest.light)

    def read(self, name: str) -> bytes:
        """The bytes of one listed file, verified. Raises MissingFileError, ChangedFileError."""
        if name not in self.manifest.files:
            raise MissingFileError(f"{self.where}: the manifest lists no file {name}; export the bundle again")
        seal = self.manifest.files[name]
        content = self._files.read(name, seal.bytes)
        if len(content) != seal.bytes:
            found = "more" if len(content) > seal.bytes else str(len(content))
            raise ChangedFileError(f"{self.where}: {name} has {found} bytes, not {seal.bytes}; copy the bundle again")
        if hashlib.sha256(content).hexdigest() != seal.sha256:
            raise ChangedFileError(f"{self.where}: {name} was changed (its SHA-256 differs); copy the bundle again")
        return content

    def _check_set(self) -> None:
        present, listed = self._files.names - {MANIFEST}, frozenset(self.manifest.files)
        for name in sorted(listed - present):
            raise MissingFileError(f"{self.where}: {name} is missing; copy or export the bundle again")
        for name in sorted(present - listed):
            raise ExtraFileError(f"{self.where}: {name!r} is not in the manifest; remove it or export the bundle again")


def locate(path_or_name: str | os.PathLike[str]) -> Path:
    """The folder or zip file that `ModelBundle.open` would read. Raises UnknownBundleError."""
    text = os.fspath(path_or_name)
    names = shipped_names()
    if text in names:
        return SHIPPED / text
    path = Path(text)
    if path.exists():
        return path
    known = f"shipped: {', '.join(names)}" if names else "no bundle is shipped with this install"
    kind = "shipped bundle" if re.fullmatch(r"[\w-]+", text) else "folder or zip file"
    raise UnknownBundleError(f"{text}: no such {kind}; give a bundle's path or a name ({known})")
