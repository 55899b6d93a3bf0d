"""Which models of a bundle an engine runs: one restorer that takes a code, or one a node (CONTRACT G2, G3, G5)."""

from __future__ import annotations

from typing import NamedTuple

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.errors import EngineError
from amirnet.runtime.arrays import Floats

INPUTS = {"encoder": ("probes",), "restorer": ("tile", "code")}
OUTPUTS = {"encoder": ("mask", "value"), "restorer": ("restored",)}
"""Role -> the graph's input and output names. A restorer that was folded for a node has no `code`."""

TITLES = {"onnx": "ONNX", "tflite": "TFLite", "coreml": "Core ML"}


class Graph(NamedTuple):
    """One model of a bundle."""

    role: str
    """"encoder", "restorer" or "restorer.NODE"."""
    path: str
    """Its place in the bundle."""
    where: str
    """Names bundle and file in messages."""
    inputs: tuple[str, ...]
    """Its inputs' names."""
    outputs: tuple[str, ...]
    """Its outputs' names."""


class EngineModels:
    """A bundle's models for one backend.

    `precision`: the restorer's; an encoder is float32 in every precision. Raises EngineError when the bundle lacks one.
    """

    def __init__(self, bundle: ModelBundle, backend: str, precision: str) -> None:
        self._bundle, self._backend, self._precision = bundle, backend, precision
        self.encoder = self._graph("encoder", "encoder", "float32")
        self._whole = None if is_folded(bundle) else self._graph("restorer", "restorer", precision)
        self._folded: dict[bytes, Graph] = {}
        for node in bundle.tree.nodes if self._whole is None else ():
            if folded_role(node.id) in bundle.manifest.models:
                self._folded[_key(bundle.tree.code_for(node.id))] = self._graph(
                    "restorer", folded_role(node.id), precision
                )

    def restorer(self, code: Floats) -> Graph:
        """The restorer for a code of K float32 numbers, in any shape. Raises EngineError when nothing was folded for
        it: a folded bundle holds its nodes' stored codes only."""
        graph = self._whole or self._folded.get(_key(code))
        if graph is None:
            held = ", ".join(role for role in self._bundle.manifest.models if role != "encoder")
            raise EngineError(f"{self._bundle.where}: no restorer was folded for this code (it holds: {held}); take "
                              "one of these nodes, or export the bundle with --fold none")  # fmt: skip
        return graph

    def _graph(self, role: str, name: str, precision: str) -> Graph:
        path = model_path(self._bundle, self._backend, name, precision)
        inputs = INPUTS[role] if name == role else ("tile",)
        return Graph(role, path, f"{self._bundle.where}: {path}", inputs, OUTPUTS[role])


def folded_role(node: int) -> str:
    """The manifest's role of the restorer that was folded for a node (CONTRACT G5)."""
    return f"restorer.{node}"


def is_folded(bundle: ModelBundle) -> bool:
    """Whether a bundle holds a restorer for each node instead of one that takes a code."""
    return "restorer" not in bundle.manifest.models


def model_path(bundle: ModelBundle, backend: str, role: str, precision: str) -> str:
    """The path of a model in the bundle, by its role in the manifest. Raises EngineError."""
    backends = bundle.manifest.models.get(role, {})
    path = backends.get(backend, {}).get(precision)
    if path is None:
        held = ", ".join(f"{name} {kind}" for name, kinds in backends.items() for kind in kinds) or "none"
        missing = f"no {TITLES.get(backend, backend)} {precision} {role} (it holds: {held})"
        raise EngineError(f"{bundle.where}: {missing}; export the bundle with one")
    return path


def _key(code: Floats) -> bytes:
    # Adding 0 turns a negative zero into 0, which is the same code.
    return (code.ravel() + 0).astype("<f4").tobytes()
