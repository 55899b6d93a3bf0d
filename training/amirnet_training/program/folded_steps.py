"""A program without its code: what folds into what is read off the steps themselves, so no block says it twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, NamedTuple

from .steps import Steps, Value


class Change(NamedTuple):
    """What a constant that comes from the code does to the result of a convolution."""

    constant: str
    """The step that computes it from the code."""
    is_gain: bool
    """Whether the result is multiplied by it; else it is added."""


class Fold(NamedTuple):
    """What a convolution of the folded program is made of."""

    step: str
    """Its name in the folded program."""
    layer: str
    """The convolution of the steered program that it was."""
    changes: tuple[Change, ...]
    """What is done to that one's result, in order."""


@dataclass
class Term(Generic[Value]):
    """A value in the folded program: known, or a convolution that may still take in what is done to its result, or a
    constant that comes from the code."""

    known: Value | None = None
    """The value, if it is known."""
    source: Value | None = None
    """What the convolution is applied to."""
    fold: Fold | None = None
    """The convolution so far."""
    constant: str | None = None
    """The step that would compute the constant; empty for the code itself."""


class FoldedSteps(Generic[Value]):
    """Runs a program without its code (`Steps` over terms): hands ``steps`` what is left to compute.

    Args:
        steps: take the folded convolutions, by their names in the folded program.
    """

    def __init__(self, steps: Steps[Value]) -> None:
        self.steps, self.blocks = steps, steps.blocks
        self.folds: list[Fold] = []
        """The folded program's convolutions so far."""

    def input(self, name: str, value: Term[Value]) -> Term[Value]:
        return value if value.constant is not None else Term(self.steps.input(name, self.known(name, value)))

    def conv(self, name: str, value: Term[Value], *, relu: bool = False) -> Term[Value]:
        if value.constant is not None and not relu:
            return Term(constant=name)
        begun = Term(source=self.known(name, value), fold=Fold(name, name, ()))
        return Term(self._computed(begun, relu=True)) if relu else begun

    def add(self, name: str, left: Term[Value], right: Term[Value], *, relu: bool = False) -> Term[Value]:
        folded = self._changed(name, left, right, is_gain=False)
        if folded is None:
            return Term(self.steps.add(name, self.known(name, left), self.known(name, right), relu=relu))
        return Term(self._computed(folded, relu=True)) if relu else folded

    def multiply(self, name: str, value: Term[Value], factor: Term[Value]) -> Term[Value]:
        folded = self._changed(name, value, factor, is_gain=True)
        return folded or Term(self.steps.multiply(name, self.known(name, value), self.known(name, factor)))

    def upsample(self, value: Term[Value]) -> Term[Value]:
        return Term(self.steps.upsample(self.known("upsampling", value)))

    def known(self, name: str, term: Term[Value]) -> Value:
        """The term's value, for step ``name``. Its convolution takes in nothing more.

        Raises:
            ValueError: it is a constant that comes from the code, which only a convolution's result can take in.
        """
        if term.known is None:
            if term.fold is None:
                raise ValueError(f"{name}: does not fold: what comes from the code must act on a convolution's result")
            term.known = self._computed(term)
        return term.known

    def _changed(self, name: str, term: Term[Value], constant: Term[Value], *, is_gain: bool) -> Term[Value] | None:
        """The convolution that takes in the constant; None where there is none that could."""
        if not constant.constant or term.fold is None or term.known is not None:
            return None
        changes = (*term.fold.changes, Change(constant.constant, is_gain))
        return replace(term, fold=Fold(name, term.fold.layer, changes))

    def _computed(self, term: Term[Value], *, relu: bool = False) -> Value:
        assert term.fold is not None and term.source is not None
        self.folds.append(term.fold)
        return self.steps.conv(term.fold.step, term.source, relu=relu)
