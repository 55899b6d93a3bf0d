"""A Core ML package (.mlpackage) as files: from a MIL program, and back to one on any system."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import logging
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import ExportError
from ...model_facts import AUTHOR, UNITS, ModelFacts

EXTRA = "pip install 'amirnet[export]'"
"""What brings the package that is missing."""
MANIFEST = "Manifest.json"
"""Lists a package's parts, below its folder."""
MODEL = "com.apple.CoreML/model.mlmodel"
"""Description and program, below `Data`."""
WEIGHTS = "com.apple.CoreML/weights"
"""The folder of constants, below `Data`."""
BLOB = "weight.bin"
"""The constants, in that folder."""
OWNER = "com.apple.CoreML"
"""Who the manifest says wrote the parts, as in every package."""


def load_coremltools(module: str = "coremltools") -> Any:
    """A module of coremltools, without its remarks on other packages. Raises ExportError when it is not installed."""
    logging.getLogger("coremltools").setLevel(logging.ERROR)
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ExportError(f"Core ML: coremltools is not installed: {EXTRA}") from error


def package_files(program: Any, role: str, facts: ModelFacts) -> dict[str, bytes]:
    """The files of a package, by path below its folder: the same bytes every time.

    Args:
        program: a MIL program of the iOS 17 operation set, written out as it is: no pass may change its grid.
        role: "restorer" or "encoder".
        facts: goes into the model's description, for Xcode to show.
    """
    tools = load_coremltools()
    with contextlib.redirect_stderr(io.StringIO()):  # its progress bars
        model = tools.convert(
            program, source="milinternal", convert_to="mlprogram", minimum_deployment_target=tools.target.iOS17,
            compute_precision=tools.precision.FLOAT32, pass_pipeline=tools.PassPipeline.EMPTY, skip_model_load=True,
        )  # fmt: skip
    spec = model.get_spec()
    spec.mlProgram.attributes.clear()  # the converter's version and the day
    about = spec.description.metadata
    about.shortDescription = f"{facts.name}: {facts.description}"
    about.author, about.license, about.versionString = AUTHOR, facts.license, facts.identity
    about.userDefined.clear()
    about.userDefined.update(facts.entries())
    for feature in [*spec.description.input, *spec.description.output]:
        feature.shortDescription = UNITS[feature.name]
    blob = (Path(model.weights_dir) / BLOB).read_bytes()
    return {
        MANIFEST: _manifest(role, facts.identity),
        f"Data/{MODEL}": spec.SerializeToString(deterministic=True),
        f"Data/{WEIGHTS}/{BLOB}": blob,
    }


def read_package(folder: Path) -> dict[str, bytes]:
    """The files below a package's folder, by path."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def load_spec(files: Mapping[str, bytes]) -> Any:
    """The package's model description and program, as coremltools' protobuf message. Raises ExportError."""
    if f"Data/{MODEL}" not in files:
        raise ExportError("Core ML: the package holds no model: export it again")
    spec = load_coremltools("coremltools.proto.Model_pb2").Model()
    try:
        spec.ParseFromString(files[f"Data/{MODEL}"])
    except Exception as error:  # protobuf's DecodeError has no place of its own that holds in all its versions
        reason = " ".join(str(error).split())[:200]
        raise ExportError(f"Core ML: the package's model does not decode ({reason}): export it again") from error
    return spec


def load_program(files: Mapping[str, bytes]) -> Any:
    """The package's operations as a MIL program. Raises ExportError when they cannot be read."""
    spec = load_spec(files)
    load_coremltools()  # all of it, before one of its parts
    loader = load_coremltools("coremltools.converters.mil.frontend.milproto.load")
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / BLOB).write_bytes(files.get(f"Data/{WEIGHTS}/{BLOB}", b""))
        try:
            return loader.load(spec, spec.specificationVersion, place)
        except Exception as error:  # of what it did not expect the loader raises half a dozen types
            reason = " ".join(str(error).split())[:200]
            raise ExportError(f"Core ML: the package's program cannot be read ({reason}): export it again") from error


def _manifest(role: str, identity: str) -> bytes:
    # Xcode wants unique identifiers; made from the model's identity, they are the same in every export of it.
    names = {"model": "CoreML Model Specification", "weights": "CoreML Model Weights"}
    keys = {name: str(uuid.uuid5(uuid.NAMESPACE_OID, f"{identity} {role} {name}")).upper() for name in names}
    paths = {"model": MODEL, "weights": WEIGHTS}
    entries = {
        keys[name]: {"author": OWNER, "description": text, "name": paths[name].rpartition("/")[2], "path": paths[name]}
        for name, text in names.items()
    }
    content = {"fileFormatVersion": "1.0.0", "itemInfoEntries": entries, "rootModelIdentifier": keys["model"]}
    return (json.dumps(content, indent=1, sort_keys=True) + "\n").encode()
