"""Writing an ONNX file node by node: what restorer and encoder share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import onnx
from onnx import helper, numpy_helper

from ...model_facts import UNITS, ModelFacts

OPSET = 18
"""The operation set: old enough for every runtime of the last years, and its ReduceMean and Resize are today's."""
IR_VERSION = 10
"""The file format's version that goes with it."""


class End(NamedTuple):
    """An input or an output of a graph."""

    kind: int
    """Its type, of `onnx.TensorProto`."""
    shape: list[Any]
    """Sides; one that may be any number goes by a name."""


class OnnxGraph:
    """Collects nodes and constants, then packs them. Tensors are known by their names."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        """In the order in which they are computed."""
        self._constants: list[onnx.TensorProto] = []
        self._written: set[str] = set()

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> None:
        """Adds an operation, named as its output is."""
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))

    def constant(self, name: str, array: np.ndarray[Any, Any]) -> str:
        """Adds a constant and returns its name."""
        assert name not in self._written, name
        self._written.add(name)
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def holds(self, constant: str) -> bool:
        """Whether a constant of that name was added."""
        return constant in self._written

    def pack(self, inputs: Mapping[str, End], outputs: Mapping[str, End], facts: ModelFacts) -> bytes:
        """The whole file, checked; the same bytes every time."""
        first, last = (
            [helper.make_tensor_value_info(name, *end) for name, end in side.items()] for side in (inputs, outputs)
        )
        for value in [*first, *last]:
            value.doc_string = UNITS[value.name]
        graph = helper.make_graph(self.nodes, "amirnet", first, last, self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        model.producer_name = "amirnet"
        model.doc_string = f"{facts.name}: {facts.description}"
        units = {f"amirnet.unit.{name}": UNITS[name] for name in (*inputs, *outputs)}
        helper.set_model_props(model, {**facts.entries(), **units})
        onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString(deterministic=True))
