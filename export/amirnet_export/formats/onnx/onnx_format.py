"""ONNX as a format of the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ...model_facts import ModelFacts
from ...program.restorer_program import RestorerProgram
from ...program.terms import AMIRNet, Grid
from ..format import Array, Format, Kind, StepOutputs
from ..parts import Parts, content_of, whole
from .encoder import write_encoder
from .reading import read_grid, read_metadata
from .restorer import write_restorer
from .step_outputs import step_outputs


class OnnxFormat(Format):
    """ONNX files for ONNX Runtime: (N, C, H, W), any tile size, int8 activations as uint8."""

    backend = "onnx"
    title = "ONNX"
    suffix = ".onnx"
    precisions: ClassVar[Mapping[Kind, str]] = {"float": "float32", "int8": "int8"}
    """What is written for each kind of model, by the names that the manifest uses."""
    engines = ("onnx",)
    any_tile = True
    on_arm64 = True

    def write_encoder(self, network: AMIRNet, probe: int, facts: ModelFacts) -> Parts:
        return whole(write_encoder(network, probe, facts))

    def write_restorer(self, program: RestorerProgram, tile: int, facts: ModelFacts) -> Parts:
        return whole(write_restorer(program, facts))

    def read_grid(self, model: Parts) -> Grid:
        return read_grid(content_of(model))

    def step_outputs(self, model: Parts, inputs: Mapping[str, Array], engine: str) -> StepOutputs:
        return step_outputs(content_of(model), inputs)

    def metadata(self, model: Parts) -> dict[str, str]:
        return read_metadata(content_of(model))
