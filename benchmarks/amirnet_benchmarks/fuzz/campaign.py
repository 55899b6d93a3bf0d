"""So many cases from a seed, and how they ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings

from .damage import Case, cases
from .guard import Guard, Outcome


@dataclass
class Tally:
    """What came of a campaign."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(kind of case, end): the end is "opened", the named error's class, or what may not be."""
    failures: list[tuple[Case, Outcome]] = field(default_factory=list)
    """Cases that ended as none may."""
    slowest: float = 0.0
    """Seconds of computing."""
    peak: int = 0
    """Bytes."""

    @property
    def total(self) -> int:
        return self.counts.total()

    def add(self, case: Case, outcome: Outcome) -> None:
        """Counts one case."""
        end = outcome.said.split(":")[0] if outcome.kind == "refused" else outcome.kind
        self.counts[case.kind, end] += 1
        self.slowest, self.peak = max(self.slowest, outcome.seconds), max(self.peak, outcome.peak)
        if not outcome.allowed:
            self.failures.append((case, outcome))


def run(count: int, seed: int, folder: Path, seen: Callable[[Tally], object] = lambda tally: None) -> Tally:
    """Opens ``count`` damaged files, the same for the same seed. ``folder`` is for the case at hand."""
    tally = Tally()
    with Guard(folder) as guard:
        while tally.total < count:  # hypothesis may find that it has nothing new to draw before the count is reached
            _draw(count - tally.total, seed, guard, tally, seen)
            seed += 1
    return tally


def _draw(count: int, seed: int, guard: Guard, tally: Tally, seen: Callable[[Tally], object]) -> None:
    @settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @hypothesis.seed(seed)
    @given(cases())
    def open_one(case: Case) -> None:
        if tally.total < count + already:
            tally.add(case, guard.ask(case))
            seen(tally)

    already = tally.total
    open_one()
