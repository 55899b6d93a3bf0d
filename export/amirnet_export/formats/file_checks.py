"""What written files are held to, read back from the files alone: one int8 grid in all, and the model's own name."""

from __future__ import annotations

from collections.abc import Collection

from ..errors import ExportError
from ..model_facts import ModelFacts
from ..program.terms import Grid, Ties, blocks_of, inexact
from .model_files import ModelFiles
from .parts import parts_at
from .registry import FORMATS


def check_grids(made: ModelFiles) -> None:
    """Raises ExportError when an int8 file's scales or zero points are not those of ``made.quantization``, or when that
    is a grid on which engines may round differently."""
    for role, content in made.quantization.items():
        wanted = Grid.from_json(content, role)
        scales = {name: params.scale for name, params in wanted.activations.items()}
        wrong = inexact(scales, _ties(scales))
        if wrong:
            raise ExportError(f"{role}: engines may round {', '.join(wrong[:3])} differently: quantize it again")
        for backend, paths in made.models[role].items():
            if "int8" not in paths:
                continue
            found = FORMATS[backend].read_grid(parts_at(made.files, paths["int8"]))
            if found != wanted:
                steps = [name for name, params in wanted.activations.items() if found.activations.get(name) != params]
                steps += [name for name, values in wanted.weights.items() if found.weights.get(name) != values]
                named = ", ".join(steps[:3]) or "more steps than the manifest"
                raise ExportError(f"{paths['int8']}: lies on another grid than the manifest ({named}): report this")


def check_metadata(made: ModelFiles, facts: ModelFacts) -> None:
    """Raises ExportError when a file does not say which model it is and what may be done with it."""
    for backends in made.models.values():
        for backend, paths in backends.items():
            for path in paths.values():
                found = FORMATS[backend].metadata(parts_at(made.files, path))
                wrong = [key for key, text in facts.entries().items() if found.get(key) != text]
                if wrong:
                    raise ExportError(f"{path}: its metadata has another {', '.join(wrong)}: report this")


def _ties(steps: Collection[str]) -> Ties:
    """The ties of the program that has these steps."""
    return Ties.of(blocks_of(steps), steered="code" in steps)
