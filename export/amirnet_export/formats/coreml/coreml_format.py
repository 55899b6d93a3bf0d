"""Core ML as a format of the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ...model_facts import ModelFacts
from ...program.restorer_program import RestorerProgram
from ...program.terms import AMIRNet, Grid
from ..format import Array, Format, HalfSums, Kind, StepOutputs
from ..parts import Parts
from .encoder import write_encoder
from .reading import read_grid, read_metadata
from .reference import CoremlReference
from .restorer import step_name, write_restorer
from .step_outputs import step_outputs


class CoremlFormat(Format):
    """Core ML packages: (N, C, H, W), one tile size, float32 ends, float16 or the int8 grid inside."""

    backend = "coreml"
    title = "Core ML"
    suffix = ".mlpackage"
    precisions: ClassVar[Mapping[Kind, str]] = {"float": "float16", "int8": "int8"}
    """What is written for each kind of model, by the names that the manifest uses."""
    engines = ("coreml",)

    def write_encoder(self, network: AMIRNet, probe: int, facts: ModelFacts) -> Parts:
        return write_encoder(network, probe, facts)

    def write_restorer(self, program: RestorerProgram, tile: int, facts: ModelFacts) -> Parts:
        return write_restorer(program, tile, facts)

    def read_grid(self, model: Parts) -> Grid:
        return read_grid(model)

    def step_outputs(self, model: Parts, inputs: Mapping[str, Array], engine: str) -> StepOutputs:
        return step_outputs(CoremlReference(model), inputs)

    def metadata(self, model: Parts) -> dict[str, str]:
        return read_metadata(model)

    def half_sums(self, model: Parts, inputs: Mapping[str, Array]) -> HalfSums:
        program = CoremlReference(model, half_sums=True)
        restored = program.run(inputs, any_size=True)["restored"]
        overflows = {step_name(name): size for name, size in program.overflows.items()}
        return HalfSums(restored, program.largest, overflows)
