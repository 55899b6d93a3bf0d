"""The ONNX engine: a bundle's ONNX models on the CPU, in ONNX Runtime, which the thin install brings."""

from __future__ import annotations

import importlib
import re
from typing import Any

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.bundle.model_paths import EngineModels, Graph
from amirnet.engines.telemetry import switch_off
from amirnet.errors import EngineError, OutOfMemoryError
from amirnet.runtime.arrays import Floats
from amirnet.runtime.engine import EngineMemory, check_encoded, check_restored, one_line
from amirnet.runtime.int8 import code_bytes, real_pixels, tile_bytes

_NO_MEMORY = re.compile(r"bad.?alloc|out of memory|failed to allocate|not enough memory|AllocateRawInternal", re.I)
"""How ONNX Runtime says that there is no memory left."""


class OnnxEngine:
    """ONNX Runtime on the CPU with graph optimisation. Each graph is loaded when it is first used.

    `precision`: the restorer's, "float32" or "int8"; the encoder is always float32. `threads`: intra-op threads; 0 is
    ONNX Runtime's default, one a physical core. Raises EngineError when the bundle holds no such ONNX model.
    """

    title = "ONNX Runtime"
    fixed_tile: int | None = None

    def __init__(self, bundle: ModelBundle, precision: str = "float32", threads: int = 0) -> None:
        self._bundle = bundle
        self._threads = threads
        self._models = EngineModels(bundle, "onnx", precision)
        self._kinds = {"encoder": "float", "restorer": "uint8" if precision == "int8" else "float"}
        self._sessions: dict[str, Any] = {}
        self.memory: EngineMemory | None = EngineMemory(96_000_000, 420 if precision == "int8" else 340)

    def encode(self, probes: Floats) -> tuple[Floats, Floats]:
        graph = self._models.encoder
        mask, value = self._run(graph, probes)
        check_encoded(graph.where, mask, value, len(probes), self._bundle.tree.size)
        return mask, value

    def restore(self, tile: Floats, code: Floats) -> Floats:
        graph = self._models.restorer(code)
        if self._kinds["restorer"] == "uint8":
            (levels,) = self._run(graph, tile_bytes(tile), code_bytes(code, self._bundle.tree.grid))
            restored = real_pixels(levels)
        else:
            (restored,) = self._run(graph, tile, code)
        check_restored(graph.where, restored, tile)
        return restored

    def _run(self, graph: Graph, *inputs: Any) -> list[Any]:
        session = self._session(graph)
        try:
            # A folded restorer takes no code: what is left over is not fed.
            results = session.run(list(graph.outputs), dict(zip(graph.inputs, inputs, strict=False)))
        except Exception as error:  # ONNX Runtime's exceptions share no public base
            reason = one_line(error)
            if isinstance(error, MemoryError) or _NO_MEMORY.search(str(error)):
                self._sessions.pop(graph.path, None)  # and what memory it holds on to
                raise OutOfMemoryError(f"{graph.where}: {reason}; choose a smaller tile") from error
            raise EngineError(f"{graph.where}: failed to run ({reason}); export the bundle again") from error
        return list(results)

    def _session(self, graph: Graph) -> Any:
        if graph.path not in self._sessions:
            self._sessions[graph.path] = self._load(graph)
        return self._sessions[graph.path]

    def _load(self, graph: Graph) -> Any:
        runtime = load_onnxruntime()
        options = runtime.SessionOptions()
        options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.intra_op_num_threads = self._threads
        options.enable_cpu_mem_arena = graph.role == "restorer"  # the encoder need not keep its memory
        options.enable_mem_pattern = False  # it plans memory anew for every tile size, and holds 1.6 times as much
        options.log_severity_level = 4  # its warnings on stderr mean nothing to a reader; errors arrive as exceptions
        content = self._bundle.read(graph.path)
        try:
            session = runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            if isinstance(error, MemoryError) or _NO_MEMORY.search(str(error)):
                remedy = "there is not enough memory, close other programs"
                raise OutOfMemoryError(f"{graph.where}: cannot be loaded ({one_line(error)}); {remedy}") from error
            raise EngineError(f"{graph.where}: cannot be loaded ({one_line(error)}); export it again") from error
        found = (tuple(i.name for i in session.get_inputs()), tuple(o.name for o in session.get_outputs()))
        if found != (graph.inputs, graph.outputs):
            raise EngineError(f"{graph.where}: has {found}, not {(graph.inputs, graph.outputs)}; export it again")
        kind = f"tensor({self._kinds[graph.role]})"
        wrong = {v.name: v.type for v in [*session.get_inputs(), *session.get_outputs()] if v.type != kind}
        if wrong:
            raise EngineError(f"{graph.where}: has {wrong}, not {kind} throughout; export the bundle again")
        return session


def load_onnxruntime() -> Any:
    """The onnxruntime module, with its telemetry off: an on-device product phones nobody."""
    runtime = importlib.import_module("onnxruntime")
    switch_off(runtime)
    return runtime
