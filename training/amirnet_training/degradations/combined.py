"""Degradations made of others: several in a row, and photos that are dark on purpose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .base import Degradation, Image, log_uniform, to_uint8
from .tone import levels, look_up


@dataclass(frozen=True)
class Sequence:
    """Several damages, one after the other: at least one. Kind and target are the first's."""

    steps: tuple[Degradation, ...]
    """The damages in order."""

    @property
    def kind(self) -> str:
        return self.steps[0].kind

    @property
    def margin(self) -> int:
        return sum(step.margin for step in self.steps)

    def target(self, image: Image) -> Image:
        return self.steps[0].target(image)

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        for step in self.steps:
            image = step(image, rng)
        return image


@dataclass(frozen=True)
class Dimmed:
    """A photo that is dark on purpose: its *target* is ``factor * x ** gamma`` (x in [0, 1]).

    A call takes the photo that `target` darkened already. The kind stays the first damage's.
    """

    first: Degradation
    """Damages the dark photo."""
    factor: float
    """In (0, 1]."""
    gamma: float = 1.0
    """Greater than 0."""

    @classmethod
    def draw(cls, first: Degradation, rng: np.random.Generator) -> Dimmed:
        """Two in three are dimmed as a whole; one in three is a night, where lamps stay bright."""
        if rng.random() < 1 / 3:
            return cls(first, rng.uniform(0.75, 1.0), rng.uniform(2, 4))
        return cls(first, log_uniform(rng, 0.1, 0.7), rng.uniform(0.8, 1.4))

    @property
    def kind(self) -> str:
        return self.first.kind

    @property
    def margin(self) -> int:
        return self.first.margin

    def target(self, image: Image) -> Image:
        dark = to_uint8(255 * self.factor * levels() ** self.gamma)
        return look_up(self.first.target(image), dark)

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        return self.first(image, rng)
