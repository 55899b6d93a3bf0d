"""Inference engines: what runs the two graphs (CONTRACT G1-G4). ONNX Runtime is the one the thin install brings."""

from __future__ import annotations

import importlib
import os
from typing import Any, Protocol

import numpy as np

from amirnet.arrays import Floats
from amirnet.bundle import Bundle
from amirnet.errors import EngineError

GRAPHS = {"encoder": (("probes",), ("mask", "value")), "restorer": (("tile", "code"), ("restored",))}
"""Role -> the graph's input and output names (CONTRACT G2, G3)."""


class Engine(Protocol):
    """Runs a bundle's graphs. Arrays are float32, NCHW, RGB in [0, 1]. Both methods raise EngineError."""

    def encode(self, probes: Floats) -> tuple[Floats, Floats]:
        """probes (N, 3, S, S) -> mask (N, K), probabilities per level, and value (N, K)."""
        ...

    def restore(self, tile: Floats, code: Floats) -> Floats:
        """tile (1, 3, H, W) and code (1, K, 1, 1) -> restored (1, 3, H, W), not clipped."""
        ...


class OnnxEngine:
    """ONNX Runtime on the CPU with graph optimisation. Each graph is loaded when it is first used.

    `threads`: intra-op threads; 0 is ONNX Runtime's default, one a physical core. Raises EngineError when the bundle
    holds no ONNX model of that precision.
    """

    def __init__(self, bundle: Bundle, precision: str = "float32", threads: int = 0) -> None:
        self._bundle = bundle
        self._threads = threads
        self._paths = {role: _model_path(bundle, role, precision) for role in GRAPHS}
        self._sessions: dict[str, Any] = {}

    def encode(self, probes: Floats) -> tuple[Floats, Floats]:
        mask, value = self._run("encoder", probes)
        expected = (probes.shape[0], self._bundle.tree.size)
        if mask.shape != expected or value.shape != expected:
            raise EngineError(f"{self._name('encoder')}: returned {mask.shape} and {value.shape}, not {expected} twice")
        return mask, value

    def restore(self, tile: Floats, code: Floats) -> Floats:
        (restored,) = self._run("restorer", tile, code)
        if restored.shape != tile.shape:
            raise EngineError(f"{self._name('restorer')}: returned {restored.shape} for a tile of {tile.shape}")
        return restored

    def _name(self, role: str) -> str:
        return f"{self._bundle.where}: {self._paths[role]}"

    def _run(self, role: str, *inputs: Floats) -> list[Floats]:
        session = self._session(role)
        names, outputs = GRAPHS[role]
        try:
            results = session.run(list(outputs), dict(zip(names, inputs, strict=True)))
        except Exception as error:  # ONNX Runtime's exceptions share no public base
            reason = _one_line(error)
            raise EngineError(f"{self._name(role)}: failed to run ({reason}); export the bundle again") from error
        if any(result.dtype != np.float32 for result in results):
            raise EngineError(f"{self._name(role)}: its outputs are not float32; export the bundle again")
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
        options.log_severity_level = 4  # its warnings on stderr mean nothing to a reader; errors arrive as exceptions
        content = self._bundle.read(self._paths[role])
        try:
            session = runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise EngineError(f"{self._name(role)}: cannot be loaded ({_one_line(error)}); export it again") from error
        found = (tuple(i.name for i in session.get_inputs()), tuple(o.name for o in session.get_outputs()))
        if found != GRAPHS[role]:
            raise EngineError(f"{self._name(role)}: has {found}, not {GRAPHS[role]}; export it again")
        return session


def load_onnxruntime() -> Any:
    """The onnxruntime module, with its telemetry off: an on-device product phones nobody."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read once, while the module loads
    return importlib.import_module("onnxruntime")


def _model_path(bundle: Bundle, role: str, precision: str) -> str:
    backends = bundle.manifest.models.get(role, {})
    path = backends.get("onnx", {}).get(precision)
    if path is None or path not in bundle.manifest.files:
        held = ", ".join(f"{backend} {kind}" for backend, kinds in backends.items() for kind in kinds) or "none"
        raise EngineError(f"{bundle.where}: no ONNX {precision} {role} (it holds: {held}); export the bundle with one")
    return path


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
