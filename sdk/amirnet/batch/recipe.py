"""What a worker is told and what it answers: plain values that pass from process to process, and machine to machine."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import amirnet
from amirnet.bundle.model_bundle import ModelBundle
from amirnet.photo.save_options import SaveOptions
from amirnet.restorer import FileResult
from amirnet.runtime.restore_options import RestoreOptions


@dataclass(frozen=True)
class Recipe:
    """How every photo of a batch is restored; what is not explained here is as in `amirnet restore`."""

    model: str
    """A bundle's path or name."""
    fingerprint: str
    """Which bundle that was when the batch was planned (`ModelBundle.fingerprint`)."""
    engine: str = "onnx"
    """"onnx", "tflite" or "coreml"."""
    precision: str = "float"
    """The restorer's: "float" or "int8"."""
    tile: int | None = None
    """Pixels a side of a tile; None: the engine's best."""
    memory: int | None = None
    """Megabytes that the process may take; None: what is free."""
    options: RestoreOptions = field(default_factory=RestoreOptions)
    """At whose wish."""
    saving: SaveOptions = field(default_factory=SaveOptions)
    """How the results are written."""
    version: str = amirnet.__version__
    """This SDK's."""

    @property
    def key(self) -> str:
        """SHA-256, in hex, of all that changes the result; not of where the bundle lies."""
        facts = asdict(self)
        del facts["model"]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Task:
    """One photo of a batch."""

    photo: str
    """Its path."""
    output: str
    """Where its restored one goes."""
    sha256: str
    """Of the photo's bytes when it was looked at, in hex."""


@dataclass(frozen=True)
class Outcome:
    """What became of a photo."""

    photo: str
    """Its path."""
    output: str
    """Where its restored one went."""
    error: str = ""
    """"" or one line that names it; nothing was written then."""
    sha256: str = ""
    """The output's, in hex."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What --json prints of a restored photo."""
    warnings: tuple[str, ...] = ()
    """What was lost, one line each."""
    known: str = ""
    """"" or the output, by its name below the output folder, that held the result already: this one, or another that it
    was copied from."""


def fingerprint(bundle: ModelBundle) -> str:
    """SHA-256, in hex, of a bundle's manifest, the seals of its files included."""
    return bundle.fingerprint


def sha256_of(file: Path) -> str:
    """SHA-256 of a file's bytes, in hex. Raises OSError."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def facts_of(result: FileResult) -> dict[str, Any]:
    """What --json prints of a restored photo."""
    return {
        "node": result.diagnosis.node,
        "path": list(result.diagnosis.path),
        "confidence": result.diagnosis.confidence,
        "kind": result.options.kind,
        "light": result.options.light,
        "curve": None if result.diagnosis.light is None else asdict(result.diagnosis.light),
        "strength": result.options.strength,
        "tile": result.tile,
        "tiles": result.tiles,
        "change_psnr": result.change_psnr,
        "left_alone": result.left_alone,
        "seconds": {stage: round(spent, 6) for stage, spent in result.seconds.items()},
    }
