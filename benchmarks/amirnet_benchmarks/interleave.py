"""Timing several jobs side by side: A B C A B C ..., so that a machine that warms up or gets busy hits all alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Hashable, Mapping, Sequence
from time import perf_counter
from typing import Any, TypeVar

import numpy as np

Key = TypeVar("Key", bound=Hashable)
WARMUPS = 2
"""Rounds that are run and dropped: in the first one an engine loads its model, and allocates."""
FEWEST = 5
"""Rounds that are counted even when they take longer than the limit."""


def interleave(
    jobs: Mapping[Key, Callable[[], object]],
    runs: int,
    limit: float | None = None,
    clock: Callable[[], float] = perf_counter,
    advance: Callable[[], object] = lambda: None,
) -> dict[Key, list[float]]:
    """Runs every job once a round, in the mapping's order, and returns each job's seconds, as many for one as for all.

    Args:
        runs: rounds that count, after WARMUPS that do not.
        limit: seconds after which no further round is begun, once FEWEST have been counted.
        advance: called after each round, also those that do not count.
    """
    seconds: dict[Key, list[float]] = {key: [] for key in jobs}
    start = clock()
    for round_number in range(WARMUPS + runs):
        counted = round_number - WARMUPS
        if limit is not None and counted >= FEWEST and clock() - start > limit:
            break
        for key, job in jobs.items():
            before = clock()
            job()
            took = clock() - before
            if counted >= 0:
                seconds[key].append(took)
        advance()
    return seconds


def summary(seconds: Sequence[float]) -> dict[str, Any]:
    """Runs, p50 (the median), p90 and p99 (nearest rank: a run that took place), and every run, in seconds.

    With fewer than 100 runs p99 is the slowest one.
    """
    p90, p99 = (float(np.quantile(seconds, share, method="inverted_cdf")) for share in (0.9, 0.99))
    rounded = {"p50": statistics.median(seconds), "p90": p90, "p99": p99}
    return {
        "runs": len(seconds),
        **{name: round(value, 6) for name, value in rounded.items()},
        "seconds": [round(value, 6) for value in seconds],
    }
