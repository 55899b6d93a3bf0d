"""From a photo's code and its levels to its light: two layers of a bundle's manifest, in float64 (CONTRACT E2, E3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from amirnet.errors import EngineError
from amirnet.runtime.arrays import Doubles, Floats
from amirnet.runtime.light_curve import LightCurve

OUTPUTS = 6
"""Gain of R, G and B, then bend of R, G and B."""
HIDDEN = 256
"""The most numbers in between."""

Rows: TypeAlias = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Layer:
    """One fully connected layer."""

    weights: Rows
    """A row for each number that comes out."""
    bias: tuple[float, ...]
    """One for each number that comes out."""

    def __call__(self, numbers: Doubles) -> Doubles:
        """From the bias on, in index order, each product and each sum rounded by itself: numpy fuses nothing."""
        weights, result = np.array(self.weights), np.array(self.bias)
        for place, number in enumerate(numbers):
            result = result + weights[:, place] * number
        return result


@dataclass(frozen=True)
class LightHead:
    """Says how a photo is to be brightened (CONTRACT E)."""

    hidden: Layer
    """Takes K + 24 numbers."""
    output: Layer
    """Gives six."""

    def curve(self, code: Floats, statistics: Doubles, where: str) -> LightCurve:
        """The curve for a photo: its code, float32 (K,), and its levels, float64 (24,). `where` names the bundle.

        Raises EngineError for NaN and infinity.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            hidden = self.hidden(np.concatenate([code.astype(np.float64), statistics]))
            output = self.output(np.maximum(0.0, hidden))
        if not (np.isfinite(hidden).all() and np.isfinite(output).all()):
            raise EngineError(f"{where}: its light gives NaN or infinity; export the bundle again")
        numbers = [float(number) for number in output]
        return LightCurve.of(numbers[:3], numbers[3:])
