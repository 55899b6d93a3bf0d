"""Which engines there are, by the backend's name in a bundle's manifest; each is imported when it is asked for."""

from __future__ import annotations

import importlib
import sys
from typing import cast

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.errors import EngineError
from amirnet.runtime.engine import Engine

ENGINES = {
    "onnx": "amirnet.engines.onnx:OnnxEngine",
    "tflite": "amirnet.engines.tflite:TfliteEngine",
    "coreml": "amirnet.engines.coreml:CoremlEngine",
}
"""Backend, as the manifest names it -> the engine that runs it."""

REFERENCE = "amirnet_export.formats.coreml.reference_engine:ReferenceEngine"
"""What stands in for Core ML where there is none: it computes what the package says, and is named for what it is."""


def make_engine(bundle: ModelBundle, backend: str = "onnx", precision: str | None = None, threads: int = 0) -> Engine:
    """The engine of a backend: "onnx", "tflite" or "coreml".

    `precision`: of the restorer; None or "float" is its float, which is "float16" for Core ML and "float32" for the
    others. On systems without Core ML, "coreml" is the reference executor of the export package. Raises EngineError for
    an unknown backend, a missing extra, or a model that the bundle does not hold.
    """
    if backend not in ENGINES:
        raise EngineError(f"{backend}: no such engine; choose one of {', '.join(ENGINES)}")
    if precision in (None, "float"):
        precision = "float16" if backend == "coreml" else "float32"
    target = ENGINES[backend]
    if backend == "coreml" and sys.platform != "darwin":
        target = REFERENCE
    module, name = target.split(":")
    try:
        kind = getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        remedy = "pip install 'amirnet[export]' for its reference executor"
        raise EngineError(f"{bundle.where}: no Core ML on this system, {error.name} is missing; {remedy}") from error
    return cast(Engine, kind(bundle, precision, threads))
