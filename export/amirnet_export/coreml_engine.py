"""A bundle's Core ML packages run by the reference executor: an engine for systems without Core ML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.bundle.model_paths import OUTPUTS, EngineModels, Graph
from amirnet.engines.coreml import package_files
from amirnet.errors import AmirnetError, EngineError
from amirnet.runtime.arrays import Floats
from amirnet.runtime.engine import EngineMemory, check_encoded, check_restored, one_line

from .coreml_reference import CoremlReference

Answer = TypeVar("Answer")


class ReferenceEngine:
    """The engine protocol of `amirnet.runtime.engine` over `CoremlReference`: right, slow, and no measure of speed.

    `precision`: the restorer's, "float16" or "int8". Raises EngineError when the bundle holds no such package.
    """

    title = "Core ML reference executor (not Core ML itself: slow, for checking packages)"

    def __init__(self, bundle: ModelBundle, precision: str = "float16", threads: int = 0) -> None:
        self.fixed_tile: int | None = bundle.manifest.tile.size
        self.memory: EngineMemory | None = None
        self._bundle = bundle
        self._models = EngineModels(bundle, "coreml", precision)
        self._programs: dict[str, CoremlReference] = {}

    def encode(self, probes: Floats) -> tuple[Floats, Floats]:
        graph = self._models.encoder
        answers = [self._run(graph, {"probes": probe[None]}) for probe in probes]
        mask, value = (np.concatenate([answer[name] for answer in answers]) for name in OUTPUTS["encoder"])
        check_encoded(graph.where, mask, value, len(probes), self._bundle.tree.size)
        return mask, value

    def restore(self, tile: Floats, code: Floats) -> Floats:
        graph = self._models.restorer(code)
        feeds = dict(zip(graph.inputs, (tile, code), strict=False))  # a folded restorer takes no code
        restored = self._run(graph, feeds)["restored"]
        check_restored(graph.where, restored, tile)
        return restored

    def _run(self, graph: Graph, feeds: dict[str, Floats]) -> dict[str, Any]:
        program = self._program(graph)
        return self._named(graph, "run", lambda: program.run(feeds))

    def _named(self, graph: Graph, what: str, work: Callable[[], Answer]) -> Answer:
        """Does the work. Raises EngineError for whatever goes wrong with a package that is not one of ours."""
        try:
            return work()
        except (MemoryError, AmirnetError):
            raise
        except Exception as error:  # of what it did not expect the executor raises half a dozen types
            raise EngineError(f"{graph.where}: cannot {what} ({one_line(error)}); export it again") from error

    def _program(self, graph: Graph) -> CoremlReference:
        if graph.path not in self._programs:
            files = package_files(self._bundle, graph.path)
            self._programs[graph.path] = self._named(graph, "be loaded", lambda: CoremlReference(files))
        return self._programs[graph.path]
