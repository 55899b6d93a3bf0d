"""What the reference executor computes at every step of a restorer."""

from __future__ import annotations

from collections.abc import Mapping

from ..format import Array, StepOutputs
from .reference import CoremlReference
from .restorer import INTEGERS, step_name

BESIDE = ("_linear", "_upsampled", "_weight", "_half", "_on_grid", "_real", INTEGERS)
"""What the names of variables end with that are no step's result."""


def step_outputs(program: CoremlReference, inputs: Mapping[str, Array]) -> StepOutputs:
    """As `Format.step_outputs`."""
    program.run(inputs, keep=True)
    kept = program.kept
    assert kept is not None
    return {step_name(name): value for name, value in kept.items() if name not in inputs and not name.endswith(BESIDE)}
