"""The LiteRT engine: a bundle's TFLite models on the CPU. Needs the extra `amirnet[tflite]`."""

from __future__ import annotations

import importlib
import os
import re
from typing import Any

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.bundle.model_paths import OUTPUTS, EngineModels, Graph
from amirnet.errors import EngineError, OutOfMemoryError
from amirnet.runtime.arrays import Floats
from amirnet.runtime.engine import EngineMemory, check_encoded, check_restored, one_line
from amirnet.runtime.int8 import code_bytes, real_pixels, signed, tile_bytes, unsigned

_NO_MEMORY = re.compile(r"XNNPACK (delegate failed to reshape|runtime)|bad.?alloc|failed to allocate", re.I)
"""How LiteRT says that there is no memory left; XNNPACK has no other reason to refuse what an export has run."""


class TfliteEngine:
    """LiteRT with its XNNPACK kernels. Each graph is loaded when it is first used.

    `precision`: the restorer's, "float32" or "int8". `threads`: 0 is one a processor. Raises EngineError when LiteRT is
    not installed or the bundle holds no such TFLite model. Its graphs are NHWC, one probe at a time, one tile size.
    """

    title = "LiteRT"

    def __init__(self, bundle: ModelBundle, precision: str = "float32", threads: int = 0) -> None:
        self.fixed_tile: int | None = bundle.manifest.tile.size
        self.memory: EngineMemory | None = EngineMemory(72_000_000, 760 if precision == "int8" else 980)
        self._bundle = bundle
        self._threads = threads or os.cpu_count() or 1
        self._models = EngineModels(bundle, "tflite", precision)
        self._kinds = {"encoder": np.float32, "restorer": np.int8 if precision == "int8" else np.float32}
        self._interpreter = _load_interpreter(bundle.where)
        self._runners: dict[str, Any] = {}

    def encode(self, probes: Floats) -> tuple[Floats, Floats]:
        graph = self._models.encoder
        answers = [self._run(graph, _nhwc(probe[None])) for probe in probes]
        mask, value = (np.concatenate([answer[name] for answer in answers]) for name in OUTPUTS["encoder"])
        check_encoded(graph.where, mask, value, len(probes), self._bundle.tree.size)
        return mask, value

    def restore(self, tile: Floats, code: Floats) -> Floats:
        graph = self._models.restorer(code)
        if self._kinds["restorer"] == np.int8:
            inputs = signed(tile_bytes(tile)), signed(code_bytes(code, self._bundle.tree.grid))
            levels = self._run(graph, *map(_nhwc, inputs))["restored"]
            restored = real_pixels(unsigned(levels))
        else:
            restored = self._run(graph, _nhwc(tile), _nhwc(code))["restored"]
        restored = np.ascontiguousarray(restored.transpose(0, 3, 1, 2))
        check_restored(graph.where, restored, tile)
        return restored

    def _run(self, graph: Graph, *inputs: Any) -> dict[str, Any]:
        runner = self._runner(graph)
        feeds = dict(zip(graph.inputs, inputs, strict=False))  # a folded restorer takes no code
        wanted = {name: tuple(map(int, detail["shape"])) for name, detail in runner.get_input_details().items()}
        for name, value in feeds.items():
            if value.shape != wanted[name]:
                raise EngineError(f"{graph.where}: takes {name} of {wanted[name]} only, not {value.shape}")
        try:
            return dict(runner(**feeds))
        except Exception as error:  # LiteRT's exceptions share no public base
            raise self._failure(graph, "failed to run", error) from error

    def _failure(self, graph: Graph, what: str, error: Exception) -> EngineError:
        reason = f"{graph.where}: {what} ({one_line(error)})"
        if isinstance(error, MemoryError) or _NO_MEMORY.search(str(error)):
            self._runners.pop(graph.path, None)
            return OutOfMemoryError(f"{reason}; there is not enough memory, close other programs")
        return EngineError(f"{reason}; export it again")

    def _runner(self, graph: Graph) -> Any:
        if graph.path not in self._runners:
            self._runners[graph.path] = self._load(graph)
        return self._runners[graph.path]

    def _load(self, graph: Graph) -> Any:
        content = self._bundle.read(graph.path)
        try:
            interpreter = self._interpreter(model_content=content, num_threads=self._threads)
            runner = interpreter.get_signature_runner(graph.role)
            details = {**runner.get_input_details(), **runner.get_output_details()}
        except Exception as error:  # of files that it did not expect it raises half a dozen types, KeyError too
            raise self._failure(graph, "cannot be loaded", error) from error
        if set(details) != {*graph.inputs, *graph.outputs}:
            named = (*graph.inputs, *graph.outputs)
            raise EngineError(f"{graph.where}: has {sorted(details)}, not {named}; export it again")
        kind = np.dtype(self._kinds[graph.role])
        wrong = {name: np.dtype(detail["dtype"]).name for name, detail in details.items() if detail["dtype"] != kind}
        if wrong:
            raise EngineError(f"{graph.where}: has {wrong}, not {kind} throughout; export the bundle again")
        return runner


def _load_interpreter(where: str) -> Any:
    try:
        return importlib.import_module("ai_edge_litert.interpreter").Interpreter
    except ImportError as error:
        raise EngineError(f"{where}: LiteRT is not installed; pip install 'amirnet[tflite]'") from error


def _nhwc(array: Any) -> Any:
    return np.ascontiguousarray(array.transpose(0, 2, 3, 1))
