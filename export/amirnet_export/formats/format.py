"""What a format is: everything that exporter, bundle and parity ask of it, and all that they know of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NamedTuple, TypeAlias

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.engines.registry import make_engine
from amirnet.runtime.engine import Engine

from ..model_facts import ModelFacts
from ..program.restorer_program import RestorerProgram
from ..program.terms import AMIRNet, Grid
from .parts import Parts

Kind: TypeAlias = Literal["float", "int8"]
"""What a restorer computes in: real numbers of whatever width the format has, or 8-bit integers on the grid."""
Array: TypeAlias = np.ndarray[Any, Any]
"""Numbers of any type and shape."""
StepOutputs: TypeAlias = dict[str, Array]
"""Step -> what an engine computed there, as real numbers, float32 (1, C, H, W), in the program's order."""
HALF_MAX = 65504.0
"""The largest float16."""


class HalfSums(NamedTuple):
    """A float16 restorer's run with every sum kept in float16."""

    restored: Array
    """float32 (1, 3, H, W); not finite where something overflowed."""
    largest: float
    """The largest value, or sum of products' sizes, on the way."""
    overflows: dict[str, float]
    """Step -> its size, of those beyond 65,504, in the program's order; empty where all is well."""


class Format(ABC):
    """One format that models are written in, read back from and run in.

    A model is its `Parts`: the bytes of a file, or of the files below a folder.
    """

    backend: ClassVar[str]
    """Its name in the manifest's `models` (CONTRACT B4), and what users call it: "onnx"."""
    title: ClassVar[str]
    """Its name for people, in messages: "ONNX"."""
    suffix: ClassVar[str]
    """What the names of its models end with, with the dot."""
    precisions: ClassVar[Mapping[Kind, str]]
    """Kind -> the precision in the manifest: {"float": "float32", "int8": "int8"}. A kind that the format has not is
    left out; "float" is always there. Encoders are float32 in every format."""
    engines: ClassVar[tuple[str, ...]]
    """The engines that run it, by the names that `amirnet parity --engines` takes. The first takes part in every export
    and in every parity check that names none."""
    any_tile: ClassVar[bool] = False
    """Whether its restorer takes tiles of any aligned size. The check against torch is made on such a one."""
    on_arm64: ClassVar[bool] = False
    """Whether `make parity-arm64` runs its first engine, which must need no torch then."""

    @abstractmethod
    def write_encoder(self, network: AMIRNet, probe: int, facts: ModelFacts) -> Parts:
        """The encoder for probes of ``probe`` x ``probe`` pixels (CONTRACT G2), float32; the same bytes every time.

        Raises ExportError when a package is missing or the encoder cannot be written.
        """

    @abstractmethod
    def write_restorer(self, program: RestorerProgram, tile: int, facts: ModelFacts) -> Parts:
        """A restorer, float or int8 as its program is (CONTRACT G3, G5, G6); the same bytes every time.

        Args:
            program: with a code, or folded for a node.
            tile: side of the tiles in pixels, with halo, where the format's shapes are fixed.
            facts: what the model says about itself.

        Raises:
            ExportError: a package is missing, or a step cannot be written.
        """

    @abstractmethod
    def read_grid(self, model: Parts) -> Grid:
        """The grid of an int8 restorer, read from its bytes alone. Raises ExportError when it holds none."""

    @abstractmethod
    def step_outputs(self, model: Parts, inputs: Mapping[str, Array], engine: str) -> StepOutputs:
        """What a restorer computes at every step of its program, to find the first at which two engines part.

        Args:
            model: float or int8.
            inputs: ``tile`` (1, 3, H, W) in [0, 1] and, unless it is folded, ``code`` (1, K, 1, 1), both float32.
            engine: one of `engines`.
        """

    @abstractmethod
    def metadata(self, model: Parts) -> dict[str, str]:
        """What a model says about itself, read from its bytes: at least what `ModelFacts.entries` wrote."""

    def make_engine(self, bundle: ModelBundle, kind: Kind, engine: str) -> Engine:
        """The engine of that name over a bundle. Here the SDK's own; a format with others overrides it.

        Raises EngineError when a package, or the model in the bundle, is missing.
        """
        return make_engine(bundle, self.backend, self.precisions[kind])

    def half_sums(self, model: Parts, inputs: Mapping[str, Array]) -> HalfSums | None:
        """Runs a restorer as the coarsest float16 unit would, on tiles of any size; None where its floats are wider."""
        return None
