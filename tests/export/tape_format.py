"""A format that nobody needs, in one file: the program's operations as a tape of JSON, and torch to play it back.

Float only. It shows what a new format takes: a subclass of `Format`, and its line in the registry.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import safetensors.torch
import torch
import torch.nn.functional as F
from torch import Tensor

from amirnet import ModelBundle
from amirnet.bundle.model_paths import Graph
from amirnet.engines.graph_engine import GraphEngine
from amirnet.runtime.engine import Concurrency, Engine
from amirnet.runtime.padding import to_tensor
from amirnet_export.errors import ExportError
from amirnet_export.formats.format import Array, Format, Kind, StepOutputs
from amirnet_export.formats.parts import Parts, content_of, whole
from amirnet_export.model_facts import ModelFacts
from amirnet_export.program.encoder_program import encode
from amirnet_export.program.restorer_program import RestorerProgram
from amirnet_export.program.terms import AMIRNet, Grid, Layer

PLAY = {
    "conv": lambda v, weight, bias, stride, padding: F.conv2d(v, weight, bias, stride=stride, padding=padding),
    "relu": torch.relu,
    "add": torch.add,
    "multiply": torch.mul,
    "upsample": lambda v: F.interpolate(v, scale_factor=2.0, mode="nearest"),
    "mean": lambda v: v.mean(dim=(2, 3)),
    "linear": F.linear,
    "softmax": lambda v: v.softmax(dim=1),
    "join": lambda *values: torch.cat(values, dim=1),
    "softsign": F.softsign,
}
"""Operation -> what plays it."""


class Recorder:
    """Writes both programs: every value is a name, every operation an entry of the tape."""

    def __init__(self, program: RestorerProgram | None = None) -> None:
        self.program = program
        self.blocks = program.blocks if program else None
        self.tape: list[list[Any]] = []
        self.tensors: dict[str, Tensor] = {}

    def record(self, kind: str, name: str, values: list[str], *numbers: int, relu: bool = False) -> str:
        raw = name + "/linear" if relu else name
        self.tape.append([kind, raw, values, list(numbers)])
        if relu:
            self.tape.append(["relu", name, [raw], []])
        return name

    def keep(self, name: str, tensor: Any) -> str:
        self.tensors[name] = torch.as_tensor(tensor).detach().clone().contiguous()
        return name

    def input(self, name: str, value: str) -> str:
        return name

    def conv(self, name: str, value: str, layer: Layer | None = None, *, relu: bool = False) -> str:
        layer = layer or self.program.layers[name]
        constants = [self.keep(f"{name}/weight", layer.weight), self.keep(f"{name}/bias", layer.bias)]
        return self.record("conv", name, [value, *constants], layer.stride, layer.padding, relu=relu)

    def add(self, name: str, left: str, right: str, *, relu: bool = False) -> str:
        return self.record("add", name, [left, right], relu=relu)

    def multiply(self, name: str, value: str, factor: str) -> str:
        return self.record("multiply", name, [value, factor])

    def upsample(self, value: str) -> str:
        return self.record("upsample", value + "/upsampled", [value])

    def mean(self, name: str, value: str) -> str:
        return self.record("mean", name, [value])

    def linear(self, name: str, value: str, weight: Array, bias: Array) -> str:
        constants = [self.keep(f"{name}/weight", weight), self.keep(f"{name}/bias", bias)]
        return self.record("linear", name, [value, *constants])

    def softmax(self, name: str, value: str) -> str:
        return self.record("softmax", name, [value])

    def join(self, name: str, values: list[str]) -> str:
        return self.record("join", name, values)

    def softsign(self, name: str, value: str) -> str:
        return self.record("softsign", name, [value])

    def pack(self, facts: ModelFacts) -> Parts:
        tensors = {
            **self.tensors,
            "tape": torch.frombuffer(bytearray(json.dumps(self.tape), "utf-8"), dtype=torch.uint8),
        }
        return whole(safetensors.torch.save(tensors, facts.entries()))


@torch.no_grad()
def play(content: bytes, inputs: Mapping[str, Array]) -> dict[str, Tensor]:
    """Every value by name, in the tape's order, inputs and constants first."""
    values = {**safetensors.torch.load(content), **{name: torch.from_numpy(value) for name, value in inputs.items()}}
    for kind, name, given, numbers in json.loads(bytes(values.pop("tape").numpy())):
        values[name] = PLAY[kind](*(values[value] for value in given), *numbers)
    return values


class TapeFormat(Format):
    """Tapes, played by torch."""

    backend = "tape"
    title = "tape"
    suffix = ".tape"
    precisions: ClassVar[Mapping[Kind, str]] = {"float": "float32"}
    engines = ("tape",)

    def write_encoder(self, network: AMIRNet, probe: int, facts: ModelFacts) -> Parts:
        steps = Recorder()
        encode(network, steps, "probes")
        return steps.pack(facts)

    def write_restorer(self, program: RestorerProgram, tile: int, facts: ModelFacts) -> Parts:
        steps = Recorder(program)
        program.run(steps, "tile", None if program.code_size is None else "code")
        return steps.pack(facts)

    def read_grid(self, model: Parts) -> Grid:
        raise ExportError("tape: holds no int8 grid: read another format's")

    def step_outputs(self, model: Parts, inputs: Mapping[str, Array], engine: str) -> StepOutputs:
        beside = ("/weight", "/bias", "/linear", "/upsampled")
        values = play(content_of(model), inputs)
        return {name: value.numpy() for name, value in values.items()
                if name not in inputs and not name.endswith(beside)}  # fmt: skip

    def metadata(self, model: Parts) -> dict[str, str]:
        content = content_of(model)
        header = content[8 : 8 + int.from_bytes(content[:8], "little")]
        return dict(json.loads(header)["__metadata__"])

    def make_engine(self, bundle: ModelBundle, kind: Kind, engine: str) -> Engine:
        return TapeEngine(bundle, self.precisions[kind])


class TapeEngine(GraphEngine):
    """Plays a bundle's tapes, tiles of any size."""

    title = "tape player"
    backend = "tape"
    concurrency = Concurrency.PARALLEL

    def _load(self, graph: Graph) -> bytes:
        return self.bundle.read(graph.path)

    def _encode(self, graph: Graph, probes: Any) -> tuple[Any, Any]:
        values = play(self._graph(graph), {"probes": to_tensor(probes)})
        return values["mask"].numpy(), values["value"].numpy()

    def _restore(self, graph: Graph, tile: Any, code: Any) -> Any:
        numbers = to_tensor(tile)[None], np.asarray(code, np.float32).reshape(1, -1, 1, 1)
        values = play(self._graph(graph), dict(zip(graph.inputs, numbers, strict=False)))
        return np.moveaxis(values["restored"].numpy()[0], 0, -1)
