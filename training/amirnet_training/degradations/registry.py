"""Which degradations a kind has, and how often each is drawn. A new one is a frozen record in a file of its own,
with a classmethod ``draw(rng)`` and the line ``@variant(kind, weight)`` above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from .base import KINDS, Degradation

Draw = Callable[[np.random.Generator], Degradation]
Class = TypeVar("Class", bound=type[Any])


@dataclass(frozen=True)
class Variant:
    """One way to draw a degradation of a kind."""

    name: str
    """Unique within its kind."""
    weight: float
    """Relative to the kind's others."""
    draw: Draw
    """A generator -> a degradation of random strength."""


_VARIANTS: dict[str, list[Variant]] = {kind: [] for kind in KINDS}


def add(kind: str, name: str, weight: float, draw: Draw) -> None:
    """Adds a variant to ``kind``.

    Raises:
        ValueError: unknown kind, the weight is not positive, or the kind has a variant of this name already.
    """
    known = _VARIANTS[_known(kind)]
    if not weight > 0:
        raise ValueError(f"variant {name!r} of {kind} has weight {weight}: give it one above 0")
    if any(variant.name == name for variant in known):
        raise ValueError(f"variant {name!r} of {kind} is there already: give it another name")
    known.append(Variant(name, weight, draw))


def variant(kind: str, weight: float) -> Callable[[Class], Class]:
    """Registers a class under its own name; its classmethod ``draw(rng)`` makes one of random strength."""

    def register(cls: Class) -> Class:
        add(kind, cls.__name__, weight, cls.draw)
        return cls

    return register


def variants(kind: str) -> tuple[Variant, ...]:
    """The variants of ``kind``.

    Raises:
        ValueError: unknown kind.
    """
    return tuple(_VARIANTS[_known(kind)])


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"unknown degradation kind {kind!r}: use one of {', '.join(KINDS)}")
    return kind


def draw_variant(kind: str, rng: np.random.Generator) -> Degradation:
    """A degradation of ``kind`` of random variant and strength."""
    known = variants(kind)
    weights = np.array([one.weight for one in known])
    return known[int(rng.choice(len(known), p=weights / weights.sum()))].draw(rng)
