"""A bundle's Core ML packages run by the reference executor: an engine for systems without Core ML."""

from __future__ import annotations

import numpy as np

from amirnet.arrays import Floats
from amirnet.bundle import Bundle
from amirnet.engine import GRAPHS, check_encoded, check_restored, model_path
from amirnet.engine_coreml import package_files

from .coreml_reference import CoremlReference


class ReferenceEngine:
    """The engine protocol of `amirnet.engine` over `CoremlReference`: right, slow, and no measure of speed.

    `precision`: the restorer's, "float16" or "int8". Raises EngineError when the bundle holds no such package.
    """

    def __init__(self, bundle: Bundle, precision: str = "float16") -> None:
        self.fixed_tile: int | None = bundle.manifest.tile.size
        self._bundle = bundle
        self._paths = {role: model_path(bundle, "coreml", role, precision) for role in GRAPHS}
        self._programs: dict[str, CoremlReference] = {}

    def encode(self, probes: Floats) -> tuple[Floats, Floats]:
        answers = [self.program("encoder").run({"probes": probe[None]}) for probe in probes]
        mask, value = (np.concatenate([answer[name] for answer in answers]) for name in GRAPHS["encoder"][1])
        check_encoded(self._paths["encoder"], mask, value, len(probes), self._bundle.tree.size)
        return mask, value

    def restore(self, tile: Floats, code: Floats) -> Floats:
        restored = self.program("restorer").run({"tile": tile, "code": code})["restored"]
        check_restored(self._paths["restorer"], restored, tile)
        return restored

    def program(self, role: str) -> CoremlReference:
        """The executor of a role's package, for its intermediate values. Read when it is first used."""
        if role not in self._programs:
            self._programs[role] = CoremlReference(package_files(self._bundle, self._paths[role]))
        return self._programs[role]
