"""A bundle that is nowhere yet: verified and run from memory, before a byte of it is written."""

from __future__ import annotations

from collections.abc import Mapping

from amirnet.bundle.bundle_files import MANIFEST
from amirnet.bundle.manifest import Manifest
from amirnet.bundle.model_bundle import ModelBundle
from amirnet.errors import MissingFileError


class MemoryFiles:
    """`amirnet.bundle.bundle_files.BundleFiles` over a mapping of paths to bytes."""

    def __init__(self, content: Mapping[str, bytes]) -> None:
        self._content = content

    @property
    def names(self) -> frozenset[str]:
        """The paths of all files."""
        return frozenset(self._content)

    def read(self, name: str, limit: int) -> bytes:
        """A file's bytes, at most one more than ``limit``. Raises MissingFileError."""
        if name not in self._content:
            raise MissingFileError(f"{name}: is not in this bundle; export it again")
        return self._content[name][: limit + 1]


def memory_bundle(where: str, content: Mapping[str, bytes]) -> ModelBundle:
    """The bundle whose files, `manifest.json` among them, are ``content``; ``where`` names it in messages.

    Raises:
        BundleError: the manifest breaks the contract.
    """
    return ModelBundle(where, Manifest.parse(content[MANIFEST], where), MemoryFiles(content))
