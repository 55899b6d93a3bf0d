"""The encoder as an ONNX graph, written step by step from the program. Always float32."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto

from ...model_facts import ModelFacts
from ...program.encoder_program import Array, encode
from ...program.restorer_program import real_weight
from ...program.terms import AMIRNet, Layer
from .graph import End, OnnxGraph


class OnnxEncoderSteps:
    """Writes the encoder's steps (`encoder_program.EncoderSteps` over the names of tensors)."""

    def __init__(self) -> None:
        self.graph = OnnxGraph()

    def conv(self, name: str, value: str, layer: Layer, *, relu: bool = False) -> str:
        weight, bias = real_weight(layer)
        constants = [self.graph.constant(f"{name}/weight", weight), self.graph.constant(f"{name}/bias", bias)]
        result = name + "/linear" if relu else name
        self.graph.node("Conv", [value, *constants], result, kernel_shape=list(layer.weight.shape[2:]),
                        strides=[layer.stride] * 2, pads=[layer.padding] * 4)  # fmt: skip
        return self._add("Relu", name, [result]) if relu else result

    def mean(self, name: str, value: str) -> str:
        axes = self.graph.constant(f"{name}/axes", np.array([2, 3], dtype=np.int64))
        return self._add("ReduceMean", name, [value, axes], keepdims=0)

    def linear(self, name: str, value: str, weight: Array, bias: Array) -> str:
        constants = [self.graph.constant(f"{name}/weight", weight), self.graph.constant(f"{name}/bias", bias)]
        return self._add("Gemm", name, [value, *constants], transB=1)

    def softmax(self, name: str, value: str) -> str:
        return self._add("Softmax", name, [value], axis=1)

    def join(self, name: str, values: list[str]) -> str:
        return self._add("Concat", name, values, axis=1)

    def softsign(self, name: str, value: str) -> str:
        return self._add("Softsign", name, [value])

    def _add(self, kind: str, name: str, inputs: list[str], **attributes: Any) -> str:
        self.graph.node(kind, inputs, name, **attributes)
        return name


def write_encoder(network: AMIRNet, probe: int, facts: ModelFacts) -> bytes:
    """The encoder as ONNX for any number of probes at once: ``probes`` (N, 3, P, P) -> ``mask``, ``value`` (N, K).

    All float32; the same bytes every time. Raises ExportError for an encoder that is not a phone preset's.
    """
    steps = OnnxEncoderSteps()
    outputs = encode(network, steps, "probes")
    nodes = End(TensorProto.FLOAT, ["count", network.code_size])
    inputs = {"probes": End(TensorProto.FLOAT, ["count", 3, probe, probe])}
    return steps.graph.pack(inputs, dict.fromkeys(outputs, nodes), facts)
