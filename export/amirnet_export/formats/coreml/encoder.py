"""The encoder as a Core ML package, written step by step from the program. Always float32."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...model_facts import ModelFacts
from ...program.encoder_program import Array, encode
from ...program.restorer_program import real_weight
from ...program.terms import AMIRNet, Layer
from .mil import builder, mil_program
from .package import package_files


class CoremlEncoderSteps:
    """Writes the encoder's steps (`encoder_program.EncoderSteps` over MIL variables)."""

    def __init__(self) -> None:
        self.mb = builder()

    def conv(self, name: str, value: Any, layer: Layer, *, relu: bool = False) -> Any:
        weight, bias = real_weight(layer)
        result = self.mb.conv(x=value, weight=weight, bias=bias, strides=[layer.stride] * 2, pad_type="custom",
                              pad=[layer.padding] * 4, name=f"{name}_linear" if relu else name)  # fmt: skip
        return self.mb.relu(x=result, name=name) if relu else result

    def mean(self, name: str, value: Any) -> Any:
        return self.mb.reduce_mean(x=value, axes=[2, 3], keep_dims=False, name=name)

    def linear(self, name: str, value: Any, weight: Array, bias: Array) -> Any:
        return self.mb.linear(x=value, weight=weight, bias=bias, name=name)

    def softmax(self, name: str, value: Any) -> Any:
        return self.mb.softmax(x=value, axis=1, name=name)

    def join(self, name: str, values: list[Any]) -> Any:
        return self.mb.concat(values=values, axis=1, name=name)

    def softsign(self, name: str, value: Any) -> Any:
        return self.mb.softsign(x=value, name=name)


def write_encoder(network: AMIRNet, probe: int, facts: ModelFacts) -> dict[str, bytes]:
    """The encoder's package for one probe at a time: ``probes`` (1, 3, P, P) -> ``mask``, ``value`` (1, K), float32."""

    def build(inputs: Mapping[str, Any]) -> list[Any]:
        return list(encode(network, CoremlEncoderSteps(), inputs["probes"]))

    return package_files(mil_program({"probes": (1, 3, probe, probe)}, build), "encoder", facts)
