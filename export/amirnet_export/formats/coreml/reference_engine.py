"""A bundle's Core ML packages run by the reference executor: an engine for systems without Core ML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.bundle.model_paths import OUTPUTS, Graph
from amirnet.engines.coreml import package_files
from amirnet.engines.graph_engine import GraphEngine
from amirnet.errors import AmirnetError, EngineError
from amirnet.runtime.arrays import Floats, Pixels
from amirnet.runtime.engine import Answer, Concurrency, one_line
from amirnet.runtime.padding import to_tensor

from .reference import CoremlReference

Made = TypeVar("Made")


class ReferenceEngine(GraphEngine):
    """The engine protocol of `amirnet.runtime.engine` over `CoremlReference`: right, slow, and no measure of speed.

    `precision`: the restorer's, "float16" or "int8". Raises EngineError when the bundle holds no such package.
    """

    title = "Core ML reference executor (not Core ML itself: slow, for checking packages)"
    backend = "coreml"
    concurrency = Concurrency.IN_TURN  # it notes overflows as it runs

    def __init__(self, bundle: ModelBundle, precision: str = "float16", threads: int = 0) -> None:
        super().__init__(bundle, precision, threads)
        self.fixed_tile = bundle.manifest.tile.size

    def _encode(self, graph: Graph, probes: Pixels) -> tuple[Floats, Floats]:
        answers = [self._run(graph, probe[None]) for probe in to_tensor(probes)]
        mask, value = (np.concatenate([answer[name] for answer in answers]) for name in OUTPUTS["encoder"])
        return mask, value

    def _restore(self, graph: Graph, tile: Pixels, code: Floats) -> Answer:
        restored: Floats = self._run(graph, to_tensor(tile)[None], code.reshape(1, -1, 1, 1))["restored"]
        return np.moveaxis(restored[0], 0, -1)

    def _run(self, graph: Graph, *inputs: Floats) -> dict[str, Any]:
        feeds = dict(zip(graph.inputs, inputs, strict=False))  # a folded restorer takes no code
        program = self._graph(graph)
        with self._timed():
            return self._named(graph, "run", lambda: dict(program.run(feeds)))

    def _load(self, graph: Graph) -> CoremlReference:
        files = package_files(self.bundle, graph.path)
        return self._named(graph, "be loaded", lambda: CoremlReference(files))

    @staticmethod
    def _named(graph: Graph, what: str, work: Callable[[], Made]) -> Made:
        """Does the work. Raises EngineError for whatever goes wrong with a package that is not one of ours."""
        try:
            return work()
        except (MemoryError, AmirnetError):
            raise
        except Exception as error:  # of what it did not expect the executor raises half a dozen types
            raise EngineError(f"{graph.where}: cannot {what} ({one_line(error)}); export it again") from error
