"""Building MIL programs, coremltools' form of what a package holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .package import load_coremltools


def mil_program(shapes: dict[str, tuple[int, ...]], build: Callable[[Mapping[str, Any]], list[Any]]) -> Any:
    """A program with one function: ``shapes`` are its float32 inputs by name, ``build`` makes its outputs of them.

    Raises ExportError when coremltools is not installed.
    """
    target = load_coremltools().target.iOS17
    mil = load_coremltools("coremltools.converters.mil.mil")
    inputs = {n: mil.Placeholder(sym_shape=shape, dtype=mil.types.fp32, name=n) for n, shape in shapes.items()}
    with mil.Function(inputs, opset_version=target) as function:
        function.set_outputs(build(function.inputs))
    program = mil.Program()
    program.add_function("main", function)
    return program


def builder() -> Any:
    """What adds operations to the program in the making. Raises ExportError when coremltools is not installed."""
    return load_coremltools("coremltools.converters.mil.mil").Builder
