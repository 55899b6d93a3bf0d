"""Inference engines: what runs the two graphs (CONTRACT G1-G4). ONNX Runtime is the one the thin install brings.

The others are in `engine_tflite` and `engine_coreml`; each needs an extra and is imported when it is asked for.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from dataclasses import dataclass
from typing import Any, Protocol, cast

from amirnet.arrays import Floats
from amirnet.bundle import Bundle
from amirnet.engine_models import EngineModels, Graph
from amirnet.errors import EngineError, OutOfMemoryError
from amirnet.int8 import code_bytes, real_pixels, tile_bytes

ENGINES = {"onnx": "amirnet.engine:OnnxEngine", "tflite": "amirnet.engine_tflite:TfliteEngine",
           "coreml": "amirnet.engine_coreml:CoremlEngine"}  # fmt: skip
"""Backend, as the manifest names it -> the engine that runs it."""

REFERENCE = "amirnet_export.coreml_engine:ReferenceEngine"
"""What stands in for Core ML where there is none: it computes what the package says, and is named for what it is."""

_NO_MEMORY = re.compile(r"bad.?alloc|out of memory|failed to allocate|not enough memory|AllocateRawInternal", re.I)
"""How ONNX Runtime says that there is no memory left."""


@dataclass(frozen=True)
class EngineMemory:
    """What restoring with an engine takes beside the photo, in bytes; measured, docs/MEMORY.md says how."""

    runtime: int
    """Python, the libraries, both graphs, and the pieces in which rows are copied."""
    tile_pixel: int
    """A pixel of the tile's input: all the tensors of the engine, and those around it."""


class Engine(Protocol):
    """Runs a bundle's graphs. Arrays are float32, NCHW, RGB in [0, 1]. Both methods raise EngineError."""

    @property
    def title(self) -> str:
        """What runs, for people."""
        ...

    @property
    def fixed_tile(self) -> int | None:
        """Side in pixels of the only tiles that its restorer takes; None: any multiple of the alignment."""
        ...

    @property
    def memory(self) -> EngineMemory | None:
        """What it takes for a model of the shipped one's size; None: nobody measured it."""
        ...

    def encode(self, probes: Floats) -> tuple[Floats, Floats]:
        """probes (N, 3, S, S) -> mask (N, K), probabilities per level, and value (N, K)."""
        ...

    def restore(self, tile: Floats, code: Floats) -> Floats:
        """tile (1, 3, H, W) and code (1, K, 1, 1) -> restored (1, 3, H, W), not clipped."""
        ...


class OnnxEngine:
    """ONNX Runtime on the CPU with graph optimisation. Each graph is loaded when it is first used.

    `precision`: the restorer's, "float32" or "int8"; the encoder is always float32. `threads`: intra-op threads; 0 is
    ONNX Runtime's default, one a physical core. Raises EngineError when the bundle holds no such ONNX model.
    """

    title = "ONNX Runtime"
    fixed_tile: int | None = None

    def __init__(self, bundle: Bundle, precision: str = "float32", threads: int = 0) -> None:
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
                del self._sessions[graph.path]  # and what memory it holds on to
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
            raise EngineError(f"{graph.where}: cannot be loaded ({one_line(error)}); export it again") from error
        found = (tuple(i.name for i in session.get_inputs()), tuple(o.name for o in session.get_outputs()))
        if found != (graph.inputs, graph.outputs):
            raise EngineError(f"{graph.where}: has {found}, not {(graph.inputs, graph.outputs)}; export it again")
        kind = f"tensor({self._kinds[graph.role]})"
        wrong = {v.name: v.type for v in [*session.get_inputs(), *session.get_outputs()] if v.type != kind}
        if wrong:
            raise EngineError(f"{graph.where}: has {wrong}, not {kind} throughout; export the bundle again")
        return session


def make_engine(bundle: Bundle, backend: str = "onnx", precision: str | None = None, threads: int = 0) -> Engine:
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


def check_encoded(where: str, mask: Floats, value: Floats, count: int, size: int) -> None:
    """Raises EngineError unless an encoder's answer for `count` probes has the contract's shape (CONTRACT G2)."""
    if mask.shape != (count, size) or value.shape != (count, size):
        raise EngineError(f"{where}: returned {mask.shape} and {value.shape}, not {(count, size)} twice")


def check_restored(where: str, restored: Floats, tile: Floats) -> None:
    """Raises EngineError unless a restorer's answer has its tile's shape (CONTRACT G3)."""
    if restored.shape != tile.shape:
        raise EngineError(f"{where}: returned {restored.shape} for a tile of {tile.shape}")


def load_onnxruntime() -> Any:
    """The onnxruntime module, with its telemetry off: an on-device product phones nobody."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read once, while the module loads
    return importlib.import_module("onnxruntime")


def one_line(error: Exception) -> str:
    """A runtime's message, short enough for one line."""
    return " ".join(str(error).split())[:200]
