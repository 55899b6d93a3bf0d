"""A bundle's Core ML packages run by the reference executor: an engine for systems without Core ML."""

from __future__ import annotations

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.bundle.model_paths import OUTPUTS, EngineModels, Graph
from amirnet.engines.coreml import package_files
from amirnet.runtime.arrays import Floats
from amirnet.runtime.engine import EngineMemory, check_encoded, check_restored

from .coreml_reference import CoremlReference


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
        answers = [self._program(graph).run({"probes": probe[None]}) for probe in probes]
        mask, value = (np.concatenate([answer[name] for answer in answers]) for name in OUTPUTS["encoder"])
        check_encoded(graph.where, mask, value, len(probes), self._bundle.tree.size)
        return mask, value

    def restore(self, tile: Floats, code: Floats) -> Floats:
        graph = self._models.restorer(code)
        feeds = dict(zip(graph.inputs, (tile, code), strict=False))  # a folded restorer takes no code
        restored = self._program(graph).run(feeds)["restored"]
        check_restored(graph.where, restored, tile)
        return restored

    def _program(self, graph: Graph) -> CoremlReference:
        if graph.path not in self._programs:
            self._programs[graph.path] = CoremlReference(package_files(self._bundle, graph.path))
        return self._programs[graph.path]
