"""Restorer and encoder as Core ML packages (ML program, iOS 17), written step by step from the program.

Operations bear the names of the program's steps, with `_` for `/`. The float restorer computes in float16, which is
what the Neural Engine takes. The int8 restorer rounds every step with `quantize` and reads it with `dequantize`, whose
scales are float32, so that the grid is the same to the bit as in the other formats.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from amirnet_training.network import AMIRNet
from amirnet_training.program.layer import Layer
from amirnet_training.program.restorer import restore
from amirnet_training.quantization.grid import Grid, QuantParams

from .coreml_package import load_coremltools, load_program, package_files
from .encoder_program import Array, encode
from .found_grid import FoundGrid
from .model_facts import ModelFacts
from .restorer_program import RestorerProgram, clips_below_zero, real_weight

INTEGERS = "_integers"
"""After a step's name: the step rounded to int8."""
WEIGHT = "_weight"


class Tensor(NamedTuple):
    """A step's result: the variable to compute with, and in int8 its grid."""

    variable: Any
    scale: QuantParams | None


class CoremlSteps:
    """Writes the restorer's steps (`program.Steps` over MIL variables); ``real`` is the type of real numbers."""

    def __init__(self, program: RestorerProgram, real: type[np.floating[Any]]) -> None:
        self.program = program
        self.blocks = program.blocks
        self.real = real
        self.mb = _builder()

    def input(self, name: str, value: Tensor) -> Tensor:
        variable = value.variable
        if self.real is np.float16:
            variable = self.mb.cast(x=variable, dtype="fp16", name=f"{name}_half")
        scale = self.program.scale(name)
        return Tensor(variable, None) if scale is None else self._rounded(name, f"{name}_on_grid", variable, scale)

    def conv(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        layer = self.program.layers[name]
        if value.scale is None:
            weight, bias = real_weight(layer)
            weight = weight.astype(self.real)
        else:
            whole = self.program.integers(name, value.scale)
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
        return Tensor(variable, value.scale)

    def _step(self, name: str, operation: Any, relu: bool, **inputs: Any) -> Tensor:
        scale, label = self.program.scale(name), _name(name)
        relu = relu and not clips_below_zero(scale)
        cast = name == "restored" and scale is None and self.real is np.float16  # the output is float32 in any case
        result = label if scale is None and not cast else label + "_real"
        variable = operation(**inputs, name=f"{result}_linear" if relu else result)
        if relu:
            variable = self.mb.relu(x=variable, name=result)
        if cast:
            variable = self.mb.cast(x=variable, dtype="fp32", name=label)
        return Tensor(variable, None) if scale is None else self._rounded(name, label, variable, scale)

    def _rounded(self, step: str, label: str, variable: Any, scale: QuantParams) -> Tensor:
        place = {"scale": self.real(scale.scale), "zero_point": np.int8(scale.zero_point)}
        integers = self.mb.quantize(input=variable, output_dtype="int8", name=_name(step) + INTEGERS, **place)
        return Tensor(self.mb.dequantize(input=integers, name=label, **place), scale)


class CoremlEncoderSteps:
    """Writes the encoder's steps (`encoder_program.EncoderSteps` over MIL variables), in float32."""

    def __init__(self) -> None:
        self.mb = _builder()

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

    def scaled(self, name: str, value: Any, factor: Array) -> Any:
        return self.mb.mul(x=value, y=factor.reshape(1, -1), name=name)

    def softsign(self, name: str, value: Any) -> Any:
        return self.mb.softsign(x=value, name=name)


def restorer_coreml(program: RestorerProgram, size: int, facts: ModelFacts) -> dict[str, bytes]:
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
        return [restore(CoremlSteps(program, real), tensors["tile"], tensors.get("code")).variable]

    return package_files(_program(shapes, build), "restorer", facts)


def encoder_coreml(network: AMIRNet, probe: int, facts: ModelFacts) -> dict[str, bytes]:
    """The encoder's package for one probe at a time: ``probes`` (1, 3, P, P) -> ``mask``, ``value`` (1, K), float32."""

    def build(inputs: Mapping[str, Any]) -> list[Any]:
        return list(encode(network, CoremlEncoderSteps(), inputs["probes"]))

    return package_files(_program({"probes": (1, 3, probe, probe)}, build), "encoder", facts)


def coreml_grid(files: Mapping[str, bytes]) -> Grid:
    """The grid of an int8 package, read from its files alone. Raises ExportError when it holds none."""
    found = FoundGrid("Core ML")
    for operation in load_program(files).functions["main"].operations:
        if operation.op_type in ("quantize", "dequantize"):
            rounded = operation.outputs[0] if operation.op_type == "quantize" else operation.inputs["input"]
            step = step_name(rounded.name.removesuffix(INTEGERS))
            found.activation(step, float(operation.scale.val), int(operation.zero_point.val))
        elif operation.op_type == "constexpr_affine_dequantize":
            layer = step_name(operation.outputs[0].name.removesuffix(WEIGHT))
            found.weight(layer, np.atleast_1d(operation.scale.val).tolist())
    return found.grid()


def step_name(name: str) -> str:
    """The program's step that a variable's name stands for."""
    return re.sub(r"^([a-z]+\d+)_", r"\1/", name)


def _program(shapes: dict[str, tuple[int, ...]], build: Callable[[Mapping[str, Any]], list[Any]]) -> Any:
    target = load_coremltools().target.iOS17
    mil = load_coremltools("coremltools.converters.mil.mil")
    inputs = {n: mil.Placeholder(sym_shape=shape, dtype=mil.types.fp32, name=n) for n, shape in shapes.items()}
    with mil.Function(inputs, opset_version=target) as function:
        function.set_outputs(build(function.inputs))
    program = mil.Program()
    program.add_function("main", function)
    return program


def _builder() -> Any:
    return load_coremltools("coremltools.converters.mil.mil").Builder


def _name(step: str) -> str:
    return step.replace("/", "_")
