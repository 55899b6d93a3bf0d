"""The demo's export: the committed checkpoint in every format, proven to agree; made again only when it has to be."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amirnet.bundle.bundle_files import MANIFEST
from amirnet.bundle.model_bundle import ModelBundle
from amirnet.errors import BundleError, MissingExtraError
from amirnet.photo.atomic_file import write_file

from .machine import installed

PACKAGES = ("amirnet", "amirnet_training", "amirnet_export")
TOOLS = ("torch", "onnx", "onnxruntime", "coremltools", "ai-edge-litert", "flatbuffers", "numpy")
"""Distributions that write the files of a bundle or take part in its parity check."""
PARITY = "parity.json"


@dataclass(frozen=True)
class Exported:
    """What became of the export."""

    bundle: ModelBundle | None
    """None when the models did not agree; then nothing was written."""
    parity: dict[str, Any]
    """As `ParityReport.to_json` gives it."""
    reused: bool = False
    """The bundle was there already, made from the same checkpoint by the same code."""
    refusal: str | None = None
    """Why there is no bundle."""


def export_checkpoint(checkpoint: Path, target: Path, tell: Callable[[str], object] = lambda line: None) -> Exported:
    """Exports a model.safetensors or its run folder to the folder `target`, or takes the bundle that is there.

    `tell` gets a line before the export begins, and none when there is nothing to wait for.

    Raises MissingExtraError without `amirnet[export]`, and what `export_bundle` raises, except that models which do not
    agree are told in the result.
    """
    made_from = _made_from(checkpoint)
    bundle = None if made_from is None else _kept(target, made_from)
    if bundle is not None:
        return Exported(bundle, json.loads(bundle.read(PARITY)), reused=True)
    try:
        from amirnet_export.errors import ExportError
        from amirnet_export.exporter import export_bundle
    except ModuleNotFoundError as error:
        remedy = "pip install 'amirnet[benchmarks,export]', or add --no-export"
        raise MissingExtraError(f"the demo's export needs {error.name}, not installed; {remedy}") from error
    reports: list[Any] = []
    tell(f"Exporting {checkpoint} in every format and comparing the engines (a minute or two) ...")
    try:
        export_bundle(checkpoint, target, overwrite=True, tell=reports.append)
    except ExportError as error:
        if not reports or reports[-1].passed:
            raise
        return Exported(None, _plain(reports[-1].to_json()), refusal=str(error))
    if made_from is not None:
        write_file(_stamp(target), _note(target, made_from))
    return Exported(ModelBundle.open(target), _plain(reports[-1].to_json()))


def _plain(content: Any) -> Any:
    """As it is read back from JSON: lists for tuples."""
    return json.loads(json.dumps(content))


def _kept(target: Path, made_from: str) -> ModelBundle | None:
    """The bundle in `target` if it is whole and was made from the same checkpoint by the same code."""
    try:
        if _stamp(target).read_bytes() == _note(target, made_from):
            return ModelBundle.open(target)
    except (OSError, BundleError):
        pass
    return None


def _stamp(target: Path) -> Path:
    return target.with_name(f"{target.name}.made_from.json")


def _note(target: Path, made_from: str) -> bytes:
    """Names the bundle by its manifest, which seals all of its files: one that was put there by hand is not taken."""
    manifest = hashlib.sha256((target / MANIFEST).read_bytes()).hexdigest()
    return (json.dumps({"made_from": made_from, "manifest": manifest}, indent=1) + "\n").encode()


def _made_from(checkpoint: Path) -> str | None:
    """SHA-256 over all that a bundle follows from: the checkpoint's bytes, the sources of the packages that write it,
    and their tools' versions. Stricter than the model's identity, and to be had without torch, so that the second demo
    is quick. None when there is no such checkpoint."""
    file = checkpoint / "model.safetensors" if checkpoint.is_dir() else checkpoint
    if not file.is_file():
        return None
    digest = hashlib.sha256(hashlib.sha256(file.read_bytes()).digest())
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        for place in (spec.submodule_search_locations or []) if spec else []:
            sources = [path for path in Path(place).rglob("*") if path.suffix in {".py", ".png"}]
            for source in sorted(sources):
                digest.update(f"{package}/{source.relative_to(place).as_posix()}".encode())
                digest.update(hashlib.sha256(source.read_bytes()).digest())
    digest.update("".join(f"{tool} {installed(tool)}\n" for tool in TOOLS).encode())
    return digest.hexdigest()
