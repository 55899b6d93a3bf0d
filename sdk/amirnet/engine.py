"""Inference engines: what runs the two graphs (CONTRACT G1-G4). ONNX Runtime is the one the thin install brings.

The others are in `engine_tflite` and `engine_coreml`; each needs an extra and is imported when it is asked for.
"""

from __future__ import annotations

import importlib
import os
import re
from typing import Any, Protocol, cast

from amirnet.arrays import Floats
from amirnet.bundle import Bundle
from amirnet.errors import EngineError, OutOfMemoryError
from amirnet.int8 import code_bytes, real_pixels, tile_bytes

GRAPHS = {"encoder": (("probes",), ("mask", "value")), "restorer": (("tile", "code"), ("restored",))}
"""Role -> the graph's input and output names (CONTRACT G2, G3)."""

ENGINES = {"onnx": "amirnet.engine:OnnxEngine", "tflite": "amirnet.engine_tflite:TfliteEngine",
           "coreml": "amirnet.engine_coreml:CoremlEngine"}  # fmt: skip
"""Backend, as the manifest names it -> the engine that runs it."""

_NO_MEMORY = re.compile(r"bad.?alloc|out of memory|failed to allocate|not enough memory|AllocateRawInternal", re.I)
"""How ONNX Runtime says that there is no memory left."""

TITLES = {"onnx": "ONNX", "tflite": "TFLite", "coreml": "Core ML"}


class Engine(Protocol):
    """Runs a bundle's graphs. Arrays are float32, NCHW, RGB in [0, 1]. Both methods raise EngineError."""

    @property
    def fixed_tile(self) -> int | None:
        """Side in pixels of the only tiles that its restorer takes; None: any multiple of the alignment."""
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

    fixed_tile: int | None = None

    def __init__(self, bundle: Bundle, precision: str = "float32", threads: int = 0) -> None:
        self._bundle = bundle
        self._threads = threads
        self._paths = {role: model_path(bundle, "onnx", role, precision) for role in GRAPHS}
        self._kinds = {"encoder": "float", "restorer": "uint8" if precision == "int8" else "float"}
        self._sessions: dict[str, Any] = {}

    def encode(self, probes: Floats) -> tuple[Floats, Floats]:
        mask, value = self._run("encoder", probes)
        check_encoded(self._name("encoder"), mask, value, len(probes), self._bundle.tree.size)
        return mask, value

    def restore(self, tile: Floats, code: Floats) -> Floats:
        if self._kinds["restorer"] == "uint8":
            (levels,) = self._run("restorer", tile_bytes(tile), code_bytes(code, self._bundle.tree.grid))
            restored = real_pixels(levels)
        else:
            (restored,) = self._run("restorer", tile, code)
        check_restored(self._name("restorer"), restored, tile)
        return restored

    def _name(self, role: str) -> str:
        return f"{self._bundle.where}: {self._paths[role]}"

    def _run(self, role: str, *inputs: Any) -> list[Any]:
        session = self._session(role)
        names, outputs = GRAPHS[role]
        try:
            results = session.run(list(outputs), dict(zip(names, inputs, strict=True)))
        except Exception as error:  # ONNX Runtime's exceptions share no public base
            reason = one_line(error)
            if isinstance(error, MemoryError) or _NO_MEMORY.search(str(error)):
                del self._sessions[role]  # and what memory it holds on to
                raise OutOfMemoryError(f"{self._name(role)}: {reason}; choose a smaller tile") from error
            raise EngineError(f"{self._name(role)}: failed to run ({reason}); export the bundle again") from error
        return list(results)

    def _session(self, role: str) -> Any:
        if role not in self._sessions:
            self._sessions[role] = self._load(role)
        return self._sessions[role]

    def _load(self, role: str) -> Any:
        runtime = load_onnxruntime()
        options = runtime.SessionOptions()
        options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.intra_op_num_threads = self._threads
        options.enable_cpu_mem_arena = role == "restorer"  # the encoder need not keep its memory
        options.enable_mem_pattern = False  # it plans memory anew for every tile size, and holds 1.6 times as much
        options.log_severity_level = 4  # its warnings on stderr mean nothing to a reader; errors arrive as exceptions
        content = self._bundle.read(self._paths[role])
        try:
            session = runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise EngineError(f"{self._name(role)}: cannot be loaded ({one_line(error)}); export it again") from error
        found = (tuple(i.name for i in session.get_inputs()), tuple(o.name for o in session.get_outputs()))
        if found != GRAPHS[role]:
            raise EngineError(f"{self._name(role)}: has {found}, not {GRAPHS[role]}; export it again")
        kind = f"tensor({self._kinds[role]})"
        wrong = {v.name: v.type for v in [*session.get_inputs(), *session.get_outputs()] if v.type != kind}
        if wrong:
            raise EngineError(f"{self._name(role)}: has {wrong}, not {kind} throughout; export the bundle again")
        return session


def make_engine(bundle: Bundle, backend: str = "onnx", precision: str | None = None, threads: int = 0) -> Engine:
    """The engine of a backend: "onnx", "tflite" or "coreml".

    `precision`: of the restorer; None is its float, which is "float16" for Core ML and "float32" for the others. Raises
    EngineError for an unknown backend, a missing extra, or a model that the bundle does not hold.
    """
    if backend not in ENGINES:
        raise EngineError(f"{backend}: no such engine; choose one of {', '.join(ENGINES)}")
    if precision is None:
        precision = "float16" if backend == "coreml" else "float32"
    module, name = ENGINES[backend].split(":")
    return cast(Engine, getattr(importlib.import_module(module), name)(bundle, precision, threads))


def model_path(bundle: Bundle, backend: str, role: str, precision: str) -> str:
    """The path of a model in the bundle; an encoder is float32 in every precision. Raises EngineError."""
    precision = "float32" if role == "encoder" else precision
    backends = bundle.manifest.models.get(role, {})
    path = backends.get(backend, {}).get(precision)
    held = ", ".join(f"{name} {kind}" for name, kinds in backends.items() for kind in kinds) or "none"
    if path is None:
        missing = f"no {TITLES[backend]} {precision} {role} (it holds: {held})"
        raise EngineError(f"{bundle.where}: {missing}; export the bundle with one")
    return path


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
