"""The encoder as TFLite: NHWC, one probe at a time, float32."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...model_facts import ModelFacts
from ...program.encoder_program import Array, encode
from ...program.restorer_program import real_weight
from ...program.terms import AMIRNet, Layer
from .writer import Tensor, TfliteWriter, ohwi, shape_after


class TfliteEncoderSteps(TfliteWriter):
    """Writes the encoder's steps (`encoder_program.EncoderSteps` over tensors)."""

    def conv(self, name: str, value: Tensor, layer: Layer, *, relu: bool = False) -> Tensor:
        real, real_bias = real_weight(layer)
        weight = self.graph.constant(f"{name}/weight", ohwi(real))
        bias = self.graph.constant(f"{name}/bias", real_bias)
        result = self.result(name, shape_after(value.shape, layer))
        self.convolve(value, layer, weight, bias, result, relu)
        return result

    def mean(self, name: str, value: Tensor) -> Tensor:
        axes = self.graph.constant(f"{name}/axes", np.array([1, 2], dtype=np.int32))
        return self._simple("MEAN", name, [value.number, axes], (value.shape[0], value.shape[3]), "ReducerOptions",
                            keepDims=False)  # fmt: skip

    def linear(self, name: str, value: Tensor, weight: Array, bias: Array) -> Tensor:
        constants = [self.graph.constant(f"{name}/weight", weight), self.graph.constant(f"{name}/bias", bias)]
        return self._simple(
            "FULLY_CONNECTED", name, [value.number, *constants], (value.shape[0], len(bias)), "FullyConnectedOptions"
        )

    def softmax(self, name: str, value: Tensor) -> Tensor:
        return self._simple("SOFTMAX", name, [value.number], value.shape, "SoftmaxOptions", beta=1.0)

    def join(self, name: str, values: list[Tensor]) -> Tensor:
        shape = (values[0].shape[0], sum(value.shape[1] for value in values))
        inputs = [value.number for value in values]
        return self._simple("CONCATENATION", name, inputs, shape, "ConcatenationOptions", axis=1)

    def softsign(self, name: str, value: Tensor) -> Tensor:
        size = self._simple("ABS", f"{name}/size", [value.number], value.shape, "AbsOptions")
        one = self.graph.constant(f"{name}/one", np.ones((1, 1), dtype=np.float32))
        below = self._simple("ADD", f"{name}/below", [size.number, one], value.shape, "AddOptions")
        return self._simple("DIV", name, [value.number, below.number], value.shape, "DivOptions")

    def _simple(
        self, kind: str, name: str, inputs: list[int], shape: tuple[int, ...], options: str, **fields: Any
    ) -> Tensor:
        result = self.result(name, shape)
        self.graph.operation(kind, inputs, result.number, options, **fields)
        return result


def write_encoder(network: AMIRNet, probe: int, facts: ModelFacts) -> bytes:
    """The encoder for one probe at a time: ``probes`` (1, P, P, 3) -> ``mask`` (1, K) and ``value`` (1, K), float32."""
    steps = TfliteEncoderSteps()
    probes = steps.result("probes", (1, probe, probe, 3))
    mask, value = encode(network, steps, probes)
    return steps.pack("encoder", {"probes": probes}, {"mask": mask, "value": value}, facts)
