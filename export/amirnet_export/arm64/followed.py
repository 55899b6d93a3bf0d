"""An engine followed step by step: each step computed again from what the engine itself had before it.

End to end, one rounding that falls on the other side moves others after it, and what comes of it says more about a
grid than about an engine. Here nothing is carried on: a step is off only if its own kernel is.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from amirnet_training.quantization.fixed_steps import FixedSteps, QuantisedRestorer
from amirnet_training.quantization.program import restore

from ..as_written import as_written
from ..step_values import Values


class StepDifference(NamedTuple):
    """How far an engine's int8 values of one step are from exact ones, in integers of the step's grid."""

    step: str
    largest: int
    off: int
    """Values that are not equal."""
    values: int


def follow(restorer: QuantisedRestorer, found: Values, tiles: Tensor, codes: Tensor) -> list[StepDifference]:
    """Compares every step of an engine with torch's, in the program's order.

    Args:
        restorer: the one that the engine's file was written from.
        found: the engine's result of every step as real numbers, (N, C, H, W).
        tiles: (N, 3, S, S) in [0, 1], as the engine got them.
        codes: (N, K, 1, 1), likewise.
    """
    steps = FollowedSteps(as_written(restorer), found)
    with torch.no_grad():
        restore(steps, tiles, codes)
    return steps.apart


class FollowedSteps(FixedSteps):
    """Notes what it computes beside what was found, and goes on with what was found."""

    def __init__(self, restorer: QuantisedRestorer, found: Values) -> None:
        super().__init__(restorer)
        self.found = found
        self.apart: list[StepDifference] = []

    def _done(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        own = super()._done(name, value, relu=relu)
        if name in ("tile", "code"):
            return own
        theirs = torch.from_numpy(self.found[name])
        integers = ((theirs - own).abs() / self.scales[name].scale).round()
        self.apart.append(StepDifference(name, int(integers.max()), int((integers > 0).sum()), own.numel()))
        return theirs
