"""The restorer as a Core ML package (ML program, iOS 17), written step by step from the program.

Operations bear the names of the program's steps, with `_` for `/`. The float restorer computes in float16, which is
what the Neural Engine takes. The int8 restorer rounds every step with `quantize` and reads it with `dequantize`, whose
scales are float32, so that the grid is the same to the bit as in the other formats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ...model_facts import ModelFacts
from ...program.restorer_program import RestorerProgram, clips_below_zero, real_weight
from ...program.terms import QuantParams
from .mil import builder, mil_program
from .package import package_files

INTEGERS = "_integers"
"""After a step's name: the step rounded to int8."""
WEIGHT = "_weight"
"""After a step's name: its layer's weight."""


class Tensor(NamedTuple):
    """A step's result."""

    variable: Any
    """The MIL variable to compute with."""
    params: QuantParams | None
    """Its scale and zero point on the grid; None in float."""


class CoremlSteps:
    """Writes the restorer's steps (`terms.Steps` over MIL variables); ``real`` is the type of real numbers."""

    def __init__(self, program: RestorerProgram, real: type[np.floating[Any]]) -> None:
        self.program = program
        self.blocks = program.blocks
        self.real = real
        self.mb = builder()

    def input(self, name: str, value: Tensor) -> Tensor:
        variable = value.variable
        if self.real is np.float16:
            variable = self.mb.cast(x=variable, dtype="fp16", name=f"{name}_half")
        params = self.program.params(name)
        return Tensor(variable, None) if params is None else self._rounded(name, f"{name}_on_grid", variable, params)

    def conv(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        layer = self.program.layers[name]
        if value.params is None:
            weight, bias = real_weight(layer)
            weight = weight.astype(self.real)
        else:
            whole = self.program.integers(name, value.params)
            weight = self.mb.constexpr_affine_dequantize(
                quantized_data=whole.weight, zero_point=np.zeros(len(whole.scales), np.int8),
                scale=whole.scales.astype(self.real), axis=0, name=_name(name) + WEIGHT,
            )  # fmt: skip
            # A program has no integer bias. This is the other formats' bias, already multiplied out.
            bias = (whole.bias.astype(np.float64) * whole.bias_scales).astype(np.float32)
        return self._step(name, self.mb.conv, relu, x=value.variable, weight=weight, bias=bias.astype(self.real),
                          strides=[layer.stride] * 2, pad_type="custom", pad=[layer.padding] * 4)  # fmt: skip

    def add(self, name: str, left: Tensor, right: Tensor, *, relu: bool = False) -> Tensor:
        return self._step(name, self.mb.add, relu, x=left.variable, y=right.variable)

    def multiply(self, name: str, value: Tensor, factor: Tensor) -> Tensor:
        return self._step(name, self.mb.mul, False, x=value.variable, y=factor.variable)

    def upsample(self, value: Tensor) -> Tensor:
        name = f"{value.variable.name}_upsampled"
        variable = self.mb.upsample_nearest_neighbor(
            x=value.variable, scale_factor_height=2, scale_factor_width=2, name=name
        )
        return Tensor(variable, value.params)

    def _step(self, name: str, operation: Any, relu: bool, **inputs: Any) -> Tensor:
        params, label = self.program.params(name), _name(name)
        relu = relu and not clips_below_zero(params)
        cast = name == "restored" and params is None and self.real is np.float16  # the output is float32 in any case
        result = label if params is None and not cast else label + "_real"
        variable = operation(**inputs, name=f"{result}_linear" if relu else result)
        if relu:
            variable = self.mb.relu(x=variable, name=result)
        if cast:
            variable = self.mb.cast(x=variable, dtype="fp32", name=label)
        return Tensor(variable, None) if params is None else self._rounded(name, label, variable, params)

    def _rounded(self, step: str, label: str, variable: Any, params: QuantParams) -> Tensor:
        place = {"scale": self.real(params.scale), "zero_point": np.int8(params.zero_point)}
        integers = self.mb.quantize(input=variable, output_dtype="int8", name=_name(step) + INTEGERS, **place)
        return Tensor(self.mb.dequantize(input=integers, name=label, **place), params)


def write_restorer(program: RestorerProgram, size: int, facts: ModelFacts) -> dict[str, bytes]:
    """The restorer's package, by path below its folder, for tiles of ``size`` x ``size``.

    ``tile`` (1, 3, S, S) and ``code`` (1, K, 1, 1) -> ``restored`` (1, 3, S, S), all float32 (Core ML has no int8
    arrays before iOS 26); inside, float16 or the int8 grid. A folded restorer has no ``code``.
    """
    real: type[np.floating[Any]] = np.float16 if program.grid is None else np.float32
    shapes: dict[str, tuple[int, ...]] = {"tile": (1, 3, size, size)}
    if program.code_size is not None:
        shapes["code"] = (1, program.code_size, 1, 1)

    def build(inputs: Mapping[str, Any]) -> list[Any]:
        tensors = {name: Tensor(variable, None) for name, variable in inputs.items()}
        return [program.run(CoremlSteps(program, real), tensors["tile"], tensors.get("code")).variable]

    return package_files(mil_program(shapes, build), "restorer", facts)


def step_name(name: str) -> str:
    """The program's step that a variable's name stands for."""
    return re.sub(r"^([a-z]+\d+)_", r"\1/", name)


def _name(step: str) -> str:
    return step.replace("/", "_")
