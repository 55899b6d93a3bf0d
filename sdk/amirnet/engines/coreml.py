"""The Core ML engine: a bundle's packages on the Neural Engine, GPU or CPU of a Mac. Needs `amirnet[coreml]`.

Elsewhere `amirnet_export.formats.coreml.reference_engine` computes what a package says, slowly, with torch.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.bundle.model_paths import OUTPUTS, Graph
from amirnet.engines.graph_engine import GraphEngine
from amirnet.errors import EngineError
from amirnet.runtime.arrays import Floats, Pixels
from amirnet.runtime.engine import Answer, Concurrency, one_line
from amirnet.runtime.padding import to_tensor


class CoremlEngine(GraphEngine):
    """Core ML on whatever unit it chooses; `threads` is its own business. Each package is compiled when first used.

    `precision`: "float16" or "int8". Raises EngineError on another system than macOS, when coremltools is not
    installed, or when the bundle holds no such package. One probe at a time, one tile size. A model is used by one
    thread at a time, as Core ML asks: calls are in turn.
    """

    title = "Core ML"
    backend = "coreml"
    concurrency = Concurrency.IN_TURN

    def __init__(self, bundle: ModelBundle, precision: str = "float16", threads: int = 0) -> None:
        super().__init__(bundle, precision, threads)
        self.fixed_tile = bundle.manifest.tile.size
        self._tools = _load_coremltools(bundle.where)

    def _encode(self, graph: Graph, probes: Pixels) -> tuple[Floats, Floats]:
        answers = [self._run(graph, probe[None]) for probe in to_tensor(probes)]
        mask, value = (np.concatenate([answer[name] for answer in answers]) for name in OUTPUTS["encoder"])
        return mask, value

    def _restore(self, graph: Graph, tile: Pixels, code: Floats) -> Answer:
        answer = self._run(graph, to_tensor(tile)[None], code.reshape(1, -1, 1, 1))["restored"]
        restored: Floats = np.moveaxis(np.asarray(answer, dtype=np.float32)[0], 0, -1)
        return restored

    def _run(self, graph: Graph, *inputs: Floats) -> dict[str, Any]:
        model = self._graph(graph)
        feeds = dict(zip(graph.inputs, inputs, strict=False))  # a folded restorer takes no code
        try:
            with self._timed():
                return dict(model.predict(feeds))
        except Exception as error:  # Core ML's exceptions share no public base
            raise EngineError(f"{graph.where}: failed to run ({one_line(error)}); export it again") from error

    def _load(self, graph: Graph) -> Any:
        files = package_files(self.bundle, graph.path)
        try:
            with tempfile.TemporaryDirectory() as place:
                package = Path(place) / "model.mlpackage"
                for name, content in files.items():
                    file = package / name
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(content)
                return self._tools.models.MLModel(str(package))  # compiled here, so the package may go
        except Exception as error:
            raise EngineError(f"{graph.where}: cannot be loaded ({one_line(error)}); export it again") from error


def package_files(bundle: ModelBundle, path: str) -> dict[str, bytes]:
    """The verified files of a package in a bundle, by path below the package's folder."""
    inside = [name for name in bundle.manifest.files if name.startswith(path + "/")]
    return {name.removeprefix(path + "/"): bundle.read(name) for name in inside}


def _load_coremltools(where: str) -> Any:
    if sys.platform != "darwin":
        stand_in = "what `make_engine` gives here: amirnet_export.formats.coreml.reference_engine.ReferenceEngine"
        remedy = f"use onnx or tflite, or {stand_in}"
        raise EngineError(f"{where}: Core ML runs on macOS only; {remedy}")
    try:
        return importlib.import_module("coremltools")
    except ImportError as error:
        raise EngineError(f"{where}: coremltools is not installed; pip install 'amirnet[coreml]'") from error
