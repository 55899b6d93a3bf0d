"""The ONNX engine: a bundle's ONNX models on the CPU, in ONNX Runtime, which the thin install brings."""

from __future__ import annotations

import importlib
import re
from typing import Any

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.bundle.model_paths import Graph
from amirnet.engines.graph_engine import GraphEngine
from amirnet.engines.telemetry import switch_off
from amirnet.errors import EngineError, OutOfMemoryError
from amirnet.runtime.arrays import Floats, Pixels
from amirnet.runtime.engine import Answer, Concurrency, EngineMemory, one_line
from amirnet.runtime.int8 import code_bytes
from amirnet.runtime.padding import to_planes, to_tensor

_NO_MEMORY = re.compile(r"bad.?alloc|out of memory|failed to allocate|not enough memory|AllocateRawInternal", re.I)
"""How ONNX Runtime says that there is no memory left."""


class OnnxEngine(GraphEngine):
    """ONNX Runtime on the CPU with graph optimisation.

    `precision`: "float32" or "int8". Its graphs take planes, so pixels are parted into channels on their way in, and in
    float divided by 255 in the same pass; what comes out is a view of the planes. A session may be run by any number of
    threads at once, as ONNX Runtime promises.
    """

    title = "ONNX Runtime"
    backend = "onnx"
    concurrency = Concurrency.PARALLEL

    def __init__(self, bundle: ModelBundle, precision: str = "float32", threads: int = 0) -> None:
        super().__init__(bundle, precision, threads)
        self._kinds = {"encoder": "float", "restorer": "uint8" if precision == "int8" else "float"}
        self.memory = EngineMemory(100_000_000, 420 if precision == "int8" else 340)

    def _encode(self, graph: Graph, probes: Pixels) -> tuple[Floats, Floats]:
        mask, value = self._run(graph, to_tensor(probes))
        return mask, value

    def _restore(self, graph: Graph, tile: Pixels, code: Floats) -> Answer:
        pixel = np.asarray(code, dtype=np.float32).reshape(1, -1, 1, 1)
        if self.precision == "int8":
            (restored,) = self._run(graph, to_planes(tile)[None], code_bytes(pixel, self.bundle.tree.code_steps))
        else:
            (restored,) = self._run(graph, to_tensor(tile)[None], pixel)
        answer: Answer = np.moveaxis(restored[0], 0, -1)
        return answer

    def _run(self, graph: Graph, *inputs: Any) -> list[Any]:
        session = self._graph(graph)
        try:
            with self._timed():
                # A folded restorer takes no code: what is left over is not fed.
                results = session.run(list(graph.outputs), dict(zip(graph.inputs, inputs, strict=False)))
        except Exception as error:  # ONNX Runtime's exceptions share no public base
            reason = one_line(error)
            if isinstance(error, MemoryError) or _NO_MEMORY.search(str(error)):
                self._drop(graph)
                raise OutOfMemoryError(f"{graph.where}: {reason}; choose a smaller tile") from error
            raise EngineError(f"{graph.where}: failed to run ({reason}); export the bundle again") from error
        return list(results)

    def _load(self, graph: Graph) -> Any:
        runtime = load_onnxruntime()
        options = runtime.SessionOptions()
        options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.intra_op_num_threads = self.threads
        options.enable_cpu_mem_arena = graph.role == "restorer"  # the encoder need not keep its memory
        options.enable_mem_pattern = False  # it plans memory anew for every tile size, and holds 1.6 times as much
        options.log_severity_level = 4  # its warnings on stderr mean nothing to a reader; errors arrive as exceptions
        content = self.bundle.read(graph.path)
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
