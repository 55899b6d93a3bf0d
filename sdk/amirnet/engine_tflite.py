"""The LiteRT engine: a bundle's TFLite models on the CPU. Needs the extra `amirnet[tflite]`."""

from __future__ import annotations

import importlib
import os
from typing import Any

import numpy as np

from amirnet.arrays import Floats
from amirnet.bundle import Bundle
from amirnet.engine import GRAPHS, check_encoded, check_restored, model_path, one_line
from amirnet.errors import EngineError
from amirnet.int8 import code_bytes, real_pixels, signed, tile_bytes, unsigned


class TfliteEngine:
    """LiteRT with its XNNPACK kernels. Each graph is loaded when it is first used.

    `precision`: the restorer's, "float32" or "int8". `threads`: 0 is one a processor. Raises EngineError when LiteRT is
    not installed or the bundle holds no such TFLite model. Its graphs are NHWC, one probe at a time, one tile size.
    """

    def __init__(self, bundle: Bundle, precision: str = "float32", threads: int = 0) -> None:
        self.fixed_tile: int | None = bundle.manifest.tile.size
        self._bundle = bundle
        self._threads = threads or os.cpu_count() or 1
        self._paths = {role: model_path(bundle, "tflite", role, precision) for role in GRAPHS}
        self._kinds = {"encoder": np.float32, "restorer": np.int8 if precision == "int8" else np.float32}
        self._interpreter = _load_interpreter(bundle.where)
        self._runners: dict[str, Any] = {}

    def encode(self, probes: Floats) -> tuple[Floats, Floats]:
        answers = [self._run("encoder", _nhwc(probe[None])) for probe in probes]
        mask, value = (np.concatenate([answer[name] for answer in answers]) for name in GRAPHS["encoder"][1])
        check_encoded(self._name("encoder"), mask, value, len(probes), self._bundle.tree.size)
        return mask, value

    def restore(self, tile: Floats, code: Floats) -> Floats:
        if self._kinds["restorer"] == np.int8:
            inputs = signed(tile_bytes(tile)), signed(code_bytes(code, self._bundle.tree.grid))
            levels = self._run("restorer", *map(_nhwc, inputs))["restored"]
            restored = real_pixels(unsigned(levels))
        else:
            restored = self._run("restorer", _nhwc(tile), _nhwc(code))["restored"]
        restored = np.ascontiguousarray(restored.transpose(0, 3, 1, 2))
        check_restored(self._name("restorer"), restored, tile)
        return restored

    def _name(self, role: str) -> str:
        return f"{self._bundle.where}: {self._paths[role]}"

    def _run(self, role: str, *inputs: Any) -> dict[str, Any]:
        runner = self._runner(role)
        feeds = dict(zip(GRAPHS[role][0], inputs, strict=True))
        wanted = {name: tuple(map(int, detail["shape"])) for name, detail in runner.get_input_details().items()}
        for name, value in feeds.items():
            if value.shape != wanted[name]:
                raise EngineError(f"{self._name(role)}: takes {name} of {wanted[name]} only, not {value.shape}")
        try:
            return dict(runner(**feeds))
        except (ValueError, RuntimeError) as error:
            raise EngineError(f"{self._name(role)}: failed to run ({one_line(error)}); export it again") from error

    def _runner(self, role: str) -> Any:
        if role not in self._runners:
            self._runners[role] = self._load(role)
        return self._runners[role]

    def _load(self, role: str) -> Any:
        content = self._bundle.read(self._paths[role])
        try:
            interpreter = self._interpreter(model_content=content, num_threads=self._threads)
            runner = interpreter.get_signature_runner(role)
        except (ValueError, RuntimeError) as error:
            raise EngineError(f"{self._name(role)}: cannot be loaded ({one_line(error)}); export it again") from error
        details = {**runner.get_input_details(), **runner.get_output_details()}
        names, outputs = GRAPHS[role]
        if set(details) != {*names, *outputs}:
            raise EngineError(f"{self._name(role)}: has {sorted(details)}, not {(*names, *outputs)}; export it again")
        kind = np.dtype(self._kinds[role])
        wrong = {name: np.dtype(detail["dtype"]).name for name, detail in details.items() if detail["dtype"] != kind}
        if wrong:
            raise EngineError(f"{self._name(role)}: has {wrong}, not {kind} throughout; export the bundle again")
        return runner


def _load_interpreter(where: str) -> Any:
    try:
        return importlib.import_module("ai_edge_litert.interpreter").Interpreter
    except ImportError as error:
        raise EngineError(f"{where}: LiteRT is not installed; pip install 'amirnet[tflite]'") from error


def _nhwc(array: Any) -> Any:
    return np.ascontiguousarray(array.transpose(0, 2, 3, 1))
