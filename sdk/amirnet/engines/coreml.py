"""The Core ML engine: a bundle's packages on the Neural Engine, GPU or CPU of a Mac. Needs `amirnet[coreml]`.

Elsewhere `amirnet_export.coreml_engine.ReferenceEngine` computes what a package says, slowly, with torch.
"""

from __future__ import annotations

import importlib
import logging
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.bundle.model_paths import OUTPUTS, EngineModels, Graph
from amirnet.errors import EngineError
from amirnet.runtime.arrays import Floats
from amirnet.runtime.engine import EngineMemory, check_encoded, check_restored, one_line


class CoremlEngine:
    """Core ML on whatever unit it chooses; `threads` is its own business. Each package is compiled when first used.

    `precision`: the restorer's, "float16" or "int8". Raises EngineError on another system than macOS, when coremltools
    is not installed, or when the bundle holds no such package. One probe at a time, one tile size.
    """

    title = "Core ML"

    def __init__(self, bundle: ModelBundle, precision: str = "float16", threads: int = 0) -> None:
        self.fixed_tile: int | None = bundle.manifest.tile.size
        self.memory: EngineMemory | None = None
        self._bundle = bundle
        self._graphs = EngineModels(bundle, "coreml", precision)
        self._tools = _load_coremltools(bundle.where)
        self._models: dict[str, Any] = {}

    def encode(self, probes: Floats) -> tuple[Floats, Floats]:
        graph = self._graphs.encoder
        answers = [self._run(graph, probe[None]) for probe in probes]
        mask, value = (np.concatenate([answer[name] for answer in answers]) for name in OUTPUTS["encoder"])
        check_encoded(graph.where, mask, value, len(probes), self._bundle.tree.size)
        return mask, value

    def restore(self, tile: Floats, code: Floats) -> Floats:
        graph = self._graphs.restorer(code)
        restored = np.asarray(self._run(graph, tile, code)["restored"], dtype=np.float32)
        check_restored(graph.where, restored, tile)
        return restored

    def _run(self, graph: Graph, *inputs: Floats) -> dict[str, Any]:
        if graph.path not in self._models:
            self._models[graph.path] = self._load(graph)
        feeds = dict(zip(graph.inputs, inputs, strict=False))  # a folded restorer takes no code
        try:
            return dict(self._models[graph.path].predict(feeds))
        except Exception as error:  # Core ML's exceptions share no public base
            raise EngineError(f"{graph.where}: failed to run ({one_line(error)}); export it again") from error

    def _load(self, graph: Graph) -> Any:
        files = package_files(self._bundle, graph.path)
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
        remedy = "use onnx or tflite, or what `make_engine` gives here: amirnet_export.coreml_engine.ReferenceEngine"
        raise EngineError(f"{where}: Core ML runs on macOS only; {remedy}")
    logging.getLogger("coremltools").setLevel(logging.ERROR)
    try:
        return importlib.import_module("coremltools")
    except ImportError as error:
        raise EngineError(f"{where}: coremltools is not installed; pip install 'amirnet[coreml]'") from error
