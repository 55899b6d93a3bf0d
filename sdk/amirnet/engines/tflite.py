"""The LiteRT engine: a bundle's TFLite models on the CPU. Needs the extra `amirnet[tflite]`."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.bundle.model_paths import OUTPUTS, Graph
from amirnet.engines.graph_engine import GraphEngine
from amirnet.errors import EngineError, OutOfMemoryError
from amirnet.runtime.arrays import Floats, Pixels
from amirnet.runtime.engine import Answer, Concurrency, EngineMemory, one_line
from amirnet.runtime.int8 import code_bytes, signed, unsigned
from amirnet.runtime.padding import divided

_NO_MEMORY = re.compile(r"XNNPACK (delegate failed to reshape|runtime)|bad.?alloc|failed to allocate", re.I)
"""How LiteRT says that there is no memory left; XNNPACK has no other reason to refuse what an export has run."""

Write = Callable[[Any], object]
"""Fills an input: a view of the interpreter's own memory, without the batch's axis."""


@dataclass(frozen=True, eq=False)
class _Model:
    """An interpreter with its tensors allocated. Name -> the tensor's index and shape."""

    interpreter: Any
    inputs: dict[str, tuple[int, tuple[int, ...]]]
    outputs: dict[str, int]

    def write(self, name: str, fill: Write) -> None:
        fill(self.interpreter.tensor(self.inputs[name][0])()[0])

    def read(self, name: str, take: Callable[[Any], Any]) -> Any:
        return take(self.interpreter.tensor(self.outputs[name])()[0])


class TfliteEngine(GraphEngine):
    """LiteRT with its XNNPACK kernels. Needs LiteRT installed, else EngineError.

    `precision`: "float32" or "int8". Its graphs take pixels as a camera gives them, channels last, one probe at a time,
    one tile size: they are written into the interpreter's own memory, int8 ones without a copy beside it. An
    interpreter has one set of tensors, and two threads in it would get each other's pixels: calls are in turn.
    """

    title = "LiteRT"
    backend = "tflite"
    concurrency = Concurrency.IN_TURN

    def __init__(self, bundle: ModelBundle, precision: str = "float32", threads: int = 0) -> None:
        super().__init__(bundle, precision, threads)
        self.fixed_tile = bundle.manifest.tile.size
        self.memory = EngineMemory(72_000_000, 640 if precision == "int8" else 900)
        self._kinds = {"encoder": np.float32, "restorer": np.int8 if precision == "int8" else np.float32}
        self._interpreter = self._interpreter_class()

    def _interpreter_class(self) -> Callable[..., Any]:
        """What makes an interpreter of `model_content` and `num_threads`. Raises EngineError where it is missing."""
        return _load_interpreter(self.bundle.where)

    def _encode(self, graph: Graph, probes: Pixels) -> tuple[Floats, Floats]:
        answers = []
        for probe in probes:
            model = self._run(graph, {"probes": (probe.shape, partial(divided, probe))})
            answers.append([model.read(name, np.copy) for name in OUTPUTS["encoder"]])
        mask, value = (np.stack(part) for part in zip(*answers, strict=True))
        return mask, value

    def _restore(self, graph: Graph, tile: Pixels, code: Floats) -> Answer:
        numbers = code.reshape(1, 1, -1)

        if self.precision == "int8":
            tile_into: Write = partial(signed, tile)
            code_into: Write = partial(signed, code_bytes(numbers, self.bundle.tree.code_steps))
        else:
            tile_into, code_into = partial(divided, tile), partial(_copied, numbers)
        feeds = {"tile": (tile.shape, tile_into), "code": (numbers.shape, code_into)}
        model = self._run(graph, {name: feeds[name] for name in graph.inputs})  # a folded restorer takes no code
        restored: Answer = model.read("restored", unsigned if self.precision == "int8" else np.copy)
        return restored

    def _run(self, graph: Graph, feeds: dict[str, tuple[tuple[int, ...], Write]]) -> _Model:
        """Name -> the shape of one input, without the batch's axis, and what fills it."""
        model: _Model = self._graph(graph)
        for name, (shape, fill) in feeds.items():
            wanted = model.inputs[name][1]
            if (1, *shape) != wanted:
                raise EngineError(f"{graph.where}: takes {name} of {wanted[1:]} only, not {shape}")
            model.write(name, fill)
        try:
            with self._timed():
                model.interpreter.invoke()
        except Exception as error:  # LiteRT's exceptions share no public base
            raise self._failure(graph, "failed to run", error) from error
        return model

    def _failure(self, graph: Graph, what: str, error: Exception) -> EngineError:
        reason = f"{graph.where}: {what} ({one_line(error)})"
        if isinstance(error, MemoryError) or _NO_MEMORY.search(str(error)):
            self._drop(graph)
            return OutOfMemoryError(f"{reason}; there is not enough memory, close other programs")
        return EngineError(f"{reason}; export it again")

    def _load(self, graph: Graph) -> _Model:
        content = self.bundle.read(graph.path)
        try:
            interpreter = self._interpreter(model_content=content, num_threads=self.threads)
            inputs, outputs = _tensors(interpreter, graph.role)
            interpreter.allocate_tensors()
        except Exception as error:  # of files that it did not expect it raises half a dozen types, KeyError too
            raise self._failure(graph, "cannot be loaded", error) from error
        details = {**inputs, **outputs}
        if set(details) != {*graph.inputs, *graph.outputs}:
            named = (*graph.inputs, *graph.outputs)
            raise EngineError(f"{graph.where}: has {sorted(details)}, not {named}; export it again")
        kind = np.dtype(self._kinds[graph.role])
        wrong = {name: np.dtype(detail["dtype"]).name for name, detail in details.items() if detail["dtype"] != kind}
        if wrong:
            raise EngineError(f"{graph.where}: has {wrong}, not {kind} throughout; export the bundle again")
        places = {name: (int(each["index"]), tuple(map(int, each["shape"]))) for name, each in inputs.items()}
        return _Model(interpreter, places, {name: int(each["index"]) for name, each in outputs.items()})


def _copied(numbers: Any, place: Any) -> None:
    place[...] = numbers


def _tensors(interpreter: Any, role: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a signature's inputs and outputs are, by name. The runner is let go: while anything beside the interpreter
    holds its core, LiteRT refuses to run."""
    runner = interpreter.get_signature_runner(role)
    return runner.get_input_details(), runner.get_output_details()


def _load_interpreter(where: str) -> Callable[..., Any]:
    try:
        found: Callable[..., Any] = importlib.import_module("ai_edge_litert.interpreter").Interpreter
        return found
    except ImportError as error:
        raise EngineError(f"{where}: LiteRT is not installed; pip install 'amirnet[tflite]'") from error
