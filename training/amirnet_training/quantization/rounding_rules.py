"""A grid on which every engine rounds alike: what its scales must keep to.

Engines add up a convolution in whole numbers and turn the sum to its result's grid by one multiplication in float32;
there they agree to the bit. Sums and products of two activations are where they do not: some multiply in float32, some
in fixed point, some round halves up, some to even, and a network of fifty steps makes one differing step in a
million into a differing pixel in ten. So nothing is left to round that could fall on either side:

- an addition's two inputs and its result share one scale: it is an addition of whole numbers;
- a multiplication by a factor that comes from the code has ``input scale * factor scale / result scale`` equal to
  ``2^-k * (1 + EDGE)``. Without EDGE, products would lie on halves exactly; with it they lie beside them, by more than
  any engine's arithmetic errs, and by less than the distance to the next half.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from ..program.restorer import Blocks, restore
from .grid import FIXED

EDGE = 2.0**-15
"""What a product is off from a multiple of 2^-k, relatively. A product at a half is off by 1.5e-5 steps at least, which
float32 still sees beside a zero point of up to 255; any other by 0.004 steps at most."""
FINEST = 7
"""The largest k: a half is then 0.008 steps from the next product."""


@dataclass(frozen=True)
class Product:
    """``result = value * factor``."""

    result: str
    """Name of the step that it is."""
    value: str
    """Name of the step that gives the pixels."""
    factor: str
    """Name of the step that gives a number a channel, from the code."""


@dataclass(frozen=True)
class Shift:
    """``result = relu(value + shift)``."""

    result: str
    """Name of the step that it is."""
    value: str
    """Name of the step that gives the pixels."""
    shift: str
    """Name of the step that gives a number a channel, from the code."""


@dataclass
class Ties:
    """Which steps are tied to which, found by walking the program (`Steps` over names)."""

    blocks: Blocks
    """Of the program."""
    products: list[Product] = field(default_factory=list)
    """All products, in the program's order."""
    shifts: list[Shift] = field(default_factory=list)
    """All shifts before a ReLU, in the program's order."""
    _parents: dict[str, str] = field(default_factory=dict)
    _constants: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, blocks: Blocks, *, steered: bool = True) -> Ties:
        """The ties of the program with these blocks."""
        ties = cls(blocks)
        restore(ties, "tile", "code" if steered else None)
        return ties

    def group(self, step: str) -> str:
        """The first step, in the program's order, of those that share this step's scale."""
        while self._parents.get(step, step) != step:
            step = self._parents[step]
        return step

    def groups(self) -> dict[str, list[str]]:
        """Group -> its steps, in the program's order."""
        found: dict[str, list[str]] = {}
        for step in self._parents:
            found.setdefault(self.group(step), []).append(step)
        return found

    def movable(self) -> dict[str, list[str]]:
        """Those of the groups whose scale is a choice: no grid of pixels or of codes, and no factor, which follows."""
        bound = {*FIXED, "code", *(product.factor for product in self.products)}
        return {first: steps for first, steps in self.groups().items() if first not in bound}

    def input(self, name: str, value: str) -> str:
        return self._step(name)

    def conv(self, name: str, value: str, *, relu: bool = False) -> str:
        if value == "code":
            self._constants.add(name)
        return self._step(name)

    def add(self, name: str, left: str, right: str, *, relu: bool = False) -> str:
        self._step(name)
        if relu and right in self._constants:
            self.shifts.append(Shift(name, left, right))
        for other in (right, name):
            self._parents[self.group(other)] = self.group(left)
        return name

    def multiply(self, name: str, value: str, factor: str) -> str:
        self.products.append(Product(name, value, factor))
        return self._step(name)

    def upsample(self, value: str) -> str:
        return value

    def _step(self, name: str) -> str:
        self._parents[name] = name
        return name


def factor_scale(value: float, result: float, shift: int) -> float:
    """The float32 scale of a factor, from its product's scales and k = ``shift``."""
    return float(np.float32(2.0**-shift * (1 + EDGE) * result / value))


def shift_for(value: float, result: float, least: float) -> int:
    """The largest k, at most `FINEST`, for which the factor's scale is ``least`` or more."""
    return min(FINEST, math.floor(math.log2(result / (value * least))))


def inexact(scales: dict[str, float], ties: Ties) -> list[str]:
    """The steps whose scales break a rule; empty where every engine rounds alike.

    Args:
        scales: step -> scale.
        ties: of the program that the scales belong to.
    """
    wrong = [step for step, scale in scales.items() if scale != scales[ties.group(step)]]
    for product in ties.products:
        ratio = scales[product.value] * scales[product.factor] / scales[product.result]
        shift = -math.log2(ratio / (1 + EDGE))
        # A float32 scale is right to 6e-8; the logarithm of that is what may be left over.
        if abs(shift - round(shift)) > 1e-6 or round(shift) > FINEST:
            wrong.append(product.factor)
    return wrong
