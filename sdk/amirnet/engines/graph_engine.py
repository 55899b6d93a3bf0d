"""What the engines share: graphs that are loaded when first used, a life, and safety under threads."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from time import perf_counter
from typing import Any, ClassVar

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.bundle.model_paths import EngineModels, Graph, is_folded
from amirnet.engines.processors import available_processors
from amirnet.runtime.arrays import Floats, Pixels
from amirnet.runtime.engine import (
    Answer,
    Concurrency,
    EngineMemory,
    EngineState,
    check_encoded,
    check_probes,
    check_restored,
    check_tile,
)

_GRAY = 128


class GraphEngine(ABC):
    """The engine protocol of `amirnet.runtime.engine`, but for what a runtime library does.

    `precision`: the restorer's; the encoder is always float32. `threads`: of the library; 0 is one for each processor
    that this process may use. Raises EngineError when the bundle holds no such models.
    """

    title: ClassVar[str]
    """The library's name, for people."""
    backend: ClassVar[str]
    """Its name in the manifest."""
    concurrency: ClassVar[Concurrency]
    """What several threads may do at a time (CONTRACT G7-G9)."""

    def __init__(self, bundle: ModelBundle, precision: str, threads: int = 0) -> None:
        self.bundle = bundle
        self.precision = precision
        self.threads = threads or available_processors()
        self.fixed_tile: int | None = None
        self.memory: EngineMemory | None = None
        self.graph_seconds = 0.0
        """How long its graphs have run, with the library's own copies of what goes in and comes out; of all threads."""
        self._models = EngineModels(bundle, self.backend, precision)
        self._loaded: dict[str, Any] = {}
        self._warm = False
        self._loading = threading.RLock()
        in_turn = self.concurrency is Concurrency.IN_TURN
        self._running: Any = threading.RLock() if in_turn else nullcontext()

    @abstractmethod
    def _load(self, graph: Graph) -> Any:
        """The graph, ready to run. Raises EngineError."""

    @abstractmethod
    def _encode(self, graph: Graph, probes: Pixels) -> tuple[Floats, Floats]:
        """As `encode`; of engines whose calls are in turn, one thread is in here at a time."""

    @abstractmethod
    def _restore(self, graph: Graph, tile: Pixels, code: Floats) -> Answer:
        """As `restore`; of engines whose calls are in turn, one thread is in here at a time."""

    @property
    def state(self) -> EngineState:
        with self._loading:
            if not self._loaded:
                return EngineState.UNLOADED
            return EngineState.READY if self._warm else EngineState.LOADED

    def load(self) -> None:
        self._graph(self._models.encoder)
        if not is_folded(self.bundle):
            self._graph(self._models.restorer(self._root_code))

    def prewarm(self, tile: int | None = None) -> None:
        probe, side = self.bundle.spec.probe.size, tile or self.fixed_tile or self.bundle.spec.tile.size
        self.encode(np.full((1, probe, probe, 3), _GRAY, dtype=np.uint8))
        if not is_folded(self.bundle):
            self.restore(np.full((side, side, 3), _GRAY, dtype=np.uint8), self._root_code)
        with self._loading:
            self._warm = True

    def unload(self) -> None:
        with self._running, self._loading:
            self._loaded.clear()
            self._warm = False

    def encode(self, probes: Pixels) -> tuple[Floats, Floats]:
        graph = self._models.encoder
        check_probes(graph.where, probes)
        with self._running:
            mask, value = self._encode(graph, probes)
        check_encoded(graph.where, mask, value, len(probes), self.bundle.tree.size)
        return mask, value

    def restore(self, tile: Pixels, code: Floats) -> Answer:
        graph = self._models.restorer(code)
        check_tile(graph.where, tile)
        with self._running:
            restored = self._restore(graph, tile, code)
        check_restored(graph.where, restored, tile)
        return restored

    @property
    def _root_code(self) -> Floats:
        return self.bundle.tree.code_for(self.bundle.tree.root.id)

    def _graph(self, graph: Graph) -> Any:
        """The loaded graph. Two threads that need it at once load it once."""
        with self._loading:
            if graph.path not in self._loaded:
                self._loaded[graph.path] = self._load(graph)
            return self._loaded[graph.path]

    def _drop(self, graph: Graph) -> None:
        """Let go of a graph, and of the memory that it holds on to."""
        with self._loading:
            self._loaded.pop(graph.path, None)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        """Around the library's own work."""
        start = perf_counter()
        try:
            yield
        finally:
            spent = perf_counter() - start
            with self._loading:
                self.graph_seconds += spent
