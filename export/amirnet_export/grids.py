"""One grid in every file: what the manifest says is read back from the ONNX, TFLite and Core ML models themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from amirnet_training.program.restorer import blocks_of
from amirnet_training.quantization.grid import Grid
from amirnet_training.quantization.rounding_rules import Ties, inexact

from .coreml import coreml_grid
from .errors import ExportError
from .formats import ModelFiles
from .onnx_program import onnx_grid
from .tflite import tflite_grid


def check_grids(made: ModelFiles) -> None:
    """Raises ExportError when an int8 file's scales or zero points are not those of ``made.quantization``, or when that
    is a grid on which engines may round differently."""
    for role, content in made.quantization.items():
        wanted = Grid.from_json(content, role)
        scales = {name: scale.scale for name, scale in wanted.activations.items()}
        wrong = inexact(scales, _ties(scales))
        if wrong:
            raise ExportError(f"{role}: engines may round {', '.join(wrong[:3])} differently: quantise it again")
        for backend, paths in made.models[role].items():
            found = READERS[backend](made.files, paths["int8"])
            if found != wanted:
                steps = [name for name, scale in wanted.activations.items() if found.activations.get(name) != scale]
                steps += [name for name, scales in wanted.weights.items() if found.weights.get(name) != scales]
                named = ", ".join(steps[:3]) or "more steps than the manifest"
                raise ExportError(f"{paths['int8']}: lies on another grid than the manifest ({named}): report this")


def _ties(steps: Collection[str]) -> Ties:
    """The ties of the program that has these steps."""
    return Ties.of(blocks_of(steps), steered="code" in steps)


def _coreml(files: Mapping[str, bytes], path: str) -> Grid:
    inside = {name.removeprefix(path + "/"): content for name, content in files.items() if name.startswith(path + "/")}
    return coreml_grid(inside)


READERS: dict[str, Callable[[Mapping[str, bytes], str], Grid]] = {
    "onnx": lambda files, path: onnx_grid(files[path]),
    "tflite": lambda files, path: tflite_grid(files[path]),
    "coreml": _coreml,
}
"""Backend -> reads the grid of the model at a path."""
