"""The quantized restorer with its biases as the files hold them, which is what int8 engines must be compared with."""

from __future__ import annotations

from dataclasses import replace

import torch

from .restorer_program import RestorerProgram
from .terms import Layers, QuantizedRestorer, QuantParams

Place = QuantParams | None
"""A step's scale and zero point; none of them is None in an int8 program."""


def as_written(restorer: QuantizedRestorer) -> QuantizedRestorer:
    """The same restorer, every bias rounded to an integer of its input's scale times its weight's.

    That is far finer than a result's step, and yet it decides roundings, and one that falls on the other side moves
    others after it: against float biases a fifth of the restored pixels can differ by a level.
    """
    steps = _BiasSteps(RestorerProgram.in_int8(restorer))
    pixels = steps.program.params("tile")
    steps.program.run(steps, pixels, steps.program.params("code") if restorer.steered else None)
    return replace(restorer, layers=steps.layers)


class _BiasSteps:
    """Walks the program with nothing but each value's scale and zero point (`terms.Steps` over places on the grid)."""

    def __init__(self, program: RestorerProgram) -> None:
        self.program = program
        self.blocks = program.blocks
        self.layers: Layers = {}

    def input(self, name: str, value: Place) -> Place:
        return self.program.params(name)

    def conv(self, name: str, value: Place, *, relu: bool = False) -> Place:
        assert value is not None
        whole = self.program.integers(name, value)
        bias = torch.from_numpy((whole.bias * whole.bias_scales.astype("float64")).astype("float32"))
        self.layers[name] = replace(self.program.layers[name], bias=bias)
        return self.program.params(name)

    def add(self, name: str, left: Place, right: Place, *, relu: bool = False) -> Place:
        return self.program.params(name)

    def multiply(self, name: str, value: Place, factor: Place) -> Place:
        return self.program.params(name)

    def upsample(self, value: Place) -> Place:
        return value
