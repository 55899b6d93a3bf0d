"""Every error the SDK raises on purpose. Each message is one line: the thing, the reason, the remedy.

The names are part of the contract (CONTRACT B7): the Kotlin and Swift runtimes raise errors of the same names.
"""

from __future__ import annotations

import errno
import re


class AmirnetError(Exception):
    """Base of every error a caller can act on. The command line prints it as one line and exits with status 2."""


class BundleError(AmirnetError):
    """A bundle was refused, before any runtime saw a byte of its models."""


class UnknownBundleError(BundleError):
    """Neither a shipped name nor an existing folder or zip file."""


class UnsupportedSchemaError(BundleError):
    """The manifest's major schema version is not one this release reads."""


class MissingFileError(BundleError):
    """A file that the bundle must hold (the manifest, or one it lists) is not there."""


class ExtraFileError(BundleError):
    """The bundle holds a file that its manifest does not list."""


class ChangedFileError(BundleError):
    """A file's size or SHA-256 is not the one its manifest states, or the file cannot be read back."""


class ExternalDataError(BundleError):
    """An ONNX model of the bundle has weights in other files, which nothing seals."""


class UnsafePathError(BundleError):
    """A path that could leave the bundle's folder: absolute, '..', a backslash, a link, an odd character."""


class ManifestError(BundleError):
    """manifest.json is not JSON, or a field is missing, of the wrong type, or contradicts another."""


class ImageError(AmirnetError):
    """A photo could not be read: missing, empty, truncated, too large, or not a photo."""


class OutputError(AmirnetError):
    """A result could not be written where it was asked for. Nothing half-written is left behind."""


class TileError(AmirnetError):
    """A tile size that the model cannot take, or a tile that does not fit the plan it is blended into."""


class NodeError(AmirnetError):
    """A node number, or a kind of damage, that the bundle's tree does not have."""


class OptionError(AmirnetError):
    """An option out of its range, one that contradicts another, or one that the bundle has nothing for."""


class EngineError(AmirnetError):
    """The inference engine could not load a model, or a model returned something the contract forbids."""


class OutOfMemoryError(EngineError):
    """A tile does not fit into the memory there is, or that may be used; no smaller tile does either."""


class MissingExtraError(AmirnetError):
    """A subcommand needs packages that the thin install does not bring; the message holds the pip command."""


_REMEDIES = {
    errno.ENOSPC: "make room there, or choose another place",
    errno.EDQUOT: "make room there, or choose another place",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EMFILE: "allow more open files (ulimit -n)",
    errno.ENFILE: "close other programs, the system has too many files open",
    errno.ENOMEM: "close other programs, or use a machine with more memory",
    errno.ELOOP: "remove the link that leads back to itself",
}


def remedy_for(error: OSError, otherwise: str) -> str:
    """What helps against an error of the system; `otherwise` where that depends on what was tried."""
    return _REMEDIES.get(error.errno or 0, otherwise)


NO_MEMORY_TO_START = "not enough memory to begin; allow more (ulimit -v), or close other programs"

_SHORT = re.compile(r"allocate memory|map segment|Too many open files|MemoryError|bad_alloc", re.I)
"""How the system's loader says that it ran out of something."""


def is_shortage(error: BaseException) -> bool:
    """Whether a library could not be loaded, or memory not be had, because there is too little of something."""
    if isinstance(error, ModuleNotFoundError):
        return False
    if isinstance(error, OSError):
        return error.errno in (errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EAGAIN)
    return isinstance(error, MemoryError) or bool(_SHORT.search(str(error)))
