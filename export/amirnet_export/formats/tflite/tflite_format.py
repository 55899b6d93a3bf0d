"""TFLite as a format of the registry."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.runtime.engine import Engine

from ...model_facts import ModelFacts
from ...program.restorer_program import RestorerProgram
from ...program.terms import AMIRNet, Grid
from ..format import Array, Format, Kind, StepOutputs
from ..parts import Parts, content_of, whole
from .encoder import write_encoder
from .reading import read_entries, read_grid
from .restorer import write_restorer
from .step_outputs import step_outputs
from .tensorflow_engine import TensorflowEngine, TensorflowReferenceEngine, load_interpreter

TENSORFLOW = {"tensorflow": TensorflowEngine, "tensorflow-reference": TensorflowReferenceEngine}
"""Engines beside the SDK's own, LiteRT."""


class TfliteFormat(Format):
    """TFLite files for LiteRT and TensorFlow: (N, H, W, C), one tile size, int8 from end to end."""

    backend = "tflite"
    title = "TFLite"
    suffix = ".tflite"
    precisions: ClassVar[Mapping[Kind, str]] = {"float": "float32", "int8": "int8"}
    """What is written for each kind of model, by the names that the manifest uses."""
    engines = ("tflite", *TENSORFLOW)
    on_arm64 = True

    def write_encoder(self, network: AMIRNet, probe: int, facts: ModelFacts) -> Parts:
        return whole(write_encoder(network, probe, facts))

    def write_restorer(self, program: RestorerProgram, tile: int, facts: ModelFacts) -> Parts:
        return whole(write_restorer(program, tile, facts))

    def read_grid(self, model: Parts) -> Grid:
        return read_grid(content_of(model))

    def step_outputs(self, model: Parts, inputs: Mapping[str, Array], engine: str) -> StepOutputs:
        return step_outputs(content_of(model), inputs, _interpreter_class(engine))

    def metadata(self, model: Parts) -> dict[str, str]:
        return read_entries(content_of(model))

    def make_engine(self, bundle: ModelBundle, kind: Kind, engine: str) -> Engine:
        if engine in TENSORFLOW:
            return TENSORFLOW[engine](bundle, self.precisions[kind])
        return super().make_engine(bundle, kind, engine)


def _interpreter_class(engine: str) -> Callable[..., Any]:
    if engine in TENSORFLOW:
        return load_interpreter(engine, reference=TENSORFLOW[engine] is TensorflowReferenceEngine)
    found: Callable[..., Any] = importlib.import_module("ai_edge_litert.interpreter").Interpreter
    return found
