"""The quantized restorer with its biases as the files hold them, which is what int8 engines must be compared with."""

from __future__ import annotations

from dataclasses import replace

import torch

from amirnet_training.program.layer import Layers
from amirnet_training.program.restorer import restore
from amirnet_training.quantization.grid import QuantParams
from amirnet_training.quantization.int8_steps import QuantizedRestorer

from .restorer_program import RestorerProgram


def as_written(restorer: QuantizedRestorer) -> QuantizedRestorer:
    """The same restorer, every bias rounded to an integer of its input's scale times its weight's.

    That is far finer than a result's step, and yet it decides roundings, and one that falls on the other side moves
    others after it: against float biases a fifth of the restored pixels can differ by a level.
    """
    steps = _BiasSteps(RestorerProgram.in_int8(restorer))
    pixels = steps.program.scale("tile")
    restore(steps, pixels, steps.program.scale("code") if restorer.steered else None)
    return replace(restorer, layers=steps.layers)


class _BiasSteps:
    """Walks the program with nothing but each value's scale (`program.Steps` over scales)."""

    def __init__(self, program: RestorerProgram) -> None:
        self.program = program
        self.blocks = program.blocks
        self.layers: Layers = {}

    def input(self, name: str, value: QuantParams | None) -> QuantParams | None:
        return self.program.scale(name)

    def conv(self, name: str, value: QuantParams | None, *, relu: bool = False) -> QuantParams | None:
        assert value is not None
        whole = self.program.integers(name, value)
        bias = torch.from_numpy((whole.bias * whole.bias_scales.astype("float64")).astype("float32"))
        self.layers[name] = replace(self.program.layers[name], bias=bias)
        return self.program.scale(name)

    def add(
        self, name: str, left: QuantParams | None, right: QuantParams | None, *, relu: bool = False
    ) -> QuantParams | None:
        return self.program.scale(name)

    def multiply(self, name: str, value: QuantParams | None, factor: QuantParams | None) -> QuantParams | None:
        return self.program.scale(name)

    def upsample(self, value: QuantParams | None) -> QuantParams | None:
        return value
