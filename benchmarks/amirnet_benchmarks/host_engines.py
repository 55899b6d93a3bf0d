"""The engines of a bundle whose speed this machine can measure, and why it cannot measure the others."""

from __future__ import annotations

import sys
from typing import NamedTuple

from amirnet import Restorer
from amirnet.bundle.model_bundle import ModelBundle
from amirnet.bundle.model_paths import TITLES
from amirnet.engines.registry import ENGINES, make_engine
from amirnet.errors import EngineError

from .machine import installed

DISTRIBUTIONS = {"onnx": "onnxruntime", "tflite": "ai-edge-litert", "coreml": "coremltools"}
NO_COREML = "Core ML runs on macOS only; its reference executor checks what a package computes, not how fast"


class HostEngine(NamedTuple):
    """One engine in one precision."""

    backend: str
    """Its name in the manifest."""
    precision: str
    """The restorer's."""
    title: str
    """What runs, for people."""
    threads: int | None
    """How many; None where Core ML chooses the unit."""
    restorer: Restorer
    """Loaded."""

    @property
    def ran(self) -> str:
        """Engine, precision and threads in one line, which stands beside every latency: without it none means much."""
        where = "unit chosen by Core ML" if self.threads is None else f"CPU, {_threads(self.threads)}"
        return f"{self.title}, {self.precision}, {where}"


class Skipped(NamedTuple):
    """An engine that the bundle has models for and that was not measured."""

    engine: str
    """Its name."""
    precision: str
    """The restorer's."""
    reason: str
    """Why it was not measured."""


def host_engines(bundle: ModelBundle, threads: int) -> tuple[list[HostEngine], list[Skipped]]:
    """Every backend in every precision of the bundle's restorer, float before int8, each with `threads` threads."""
    engines, skipped = [], []
    for backend in ENGINES:
        for precision in _precisions(bundle, backend):
            if backend == "coreml" and sys.platform != "darwin":
                skipped.append(Skipped(backend, precision, NO_COREML))
                continue
            try:
                engine = make_engine(bundle, backend, precision, threads)
            except EngineError as error:
                skipped.append(Skipped(backend, precision, str(error)))
                continue
            title = " ".join(filter(None, (engine.title, installed(DISTRIBUTIONS[backend]))))
            own = None if backend == "coreml" else threads
            engines.append(HostEngine(backend, precision, title, own, Restorer(bundle, engine)))
    return engines, skipped


def model_title(engine: str, precision: str) -> str:
    """Format and precision for people, as Core ML float16."""
    return f"{TITLES[engine]} {precision}"


def _precisions(bundle: ModelBundle, backend: str) -> list[str]:
    roles = [role for role in bundle.manifest.models if role.partition(".")[0] == "restorer"]
    found = {precision for role in roles for precision in bundle.manifest.models[role].get(backend, {})}
    return sorted(found, key=lambda precision: (precision == "int8", precision))


def _threads(count: int) -> str:
    return f"{count} thread{'' if count == 1 else 's'}"
