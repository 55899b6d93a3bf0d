"""Interleaved timing: the order of runs, what counts, when it stops; and quantiles that are what they say."""

from collections.abc import Callable

import pytest

from amirnet_benchmarks.interleave import FEWEST, WARMUPS, interleave, summary


class Clock:
    """Time that passes only when a job lets it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.ran: list[str] = []

    def __call__(self) -> float:
        return self.now

    def job(self, name: str, *lasts: float) -> Callable[[], None]:
        """A job that takes `lasts` seconds, one after another, the last of them from then on."""
        left = list(lasts)

        def run() -> None:
            self.ran.append(name)
            self.now += left.pop(0) if len(left) > 1 else left[0]

        return run


def test_engines_take_turns_and_warm_ups_do_not_count() -> None:
    clock = Clock()
    warm = [100.0] * WARMUPS
    jobs = {"a": clock.job("a", *warm, 1.0, 2.0, 3.0), "b": clock.job("b", *warm, 5.0)}
    rounds: list[None] = []
    found = interleave(jobs, 3, clock=clock, advance=lambda: rounds.append(None))
    assert found == {"a": [1.0, 2.0, 3.0], "b": [5.0, 5.0, 5.0]}
    assert "".join(clock.ran) == "ab" * (WARMUPS + 3)
    assert len(rounds) == WARMUPS + 3


def test_a_limit_ends_it_between_rounds() -> None:
    clock = Clock()
    found = interleave({"a": clock.job("a", 1.0), "b": clock.job("b", 1.0)}, 100, limit=20.5, clock=clock)
    # After 11 rounds of 2 seconds, 22 have passed; 20.5 had not after the tenth.
    assert len(found["a"]) == len(found["b"]) == 11 - WARMUPS


def test_some_rounds_are_counted_whatever_the_limit() -> None:
    clock = Clock()
    found = interleave({"a": clock.job("a", 50.0)}, 100, limit=0.0, clock=clock)
    assert len(found["a"]) == FEWEST
    assert len(interleave({"a": clock.job("a", 50.0)}, 2, limit=0.0, clock=clock)["a"]) == 2


def test_quantiles() -> None:
    hundred = summary([float(number) for number in range(100, 0, -1)])
    assert (hundred["runs"], hundred["p50"], hundred["p90"], hundred["p99"]) == (100, 50.5, 90.0, 99.0)
    assert hundred["seconds"][0] == 100.0
    few = summary([3.0, 1.0, 2.0])
    assert (few["p50"], few["p90"], few["p99"]) == (2.0, 3.0, 3.0)


@pytest.mark.parametrize("outlier", [1e3, 1e6])
def test_one_slow_run_does_not_move_the_median(outlier: float) -> None:
    assert summary([1.0, 1.0, 1.0, 1.0, outlier])["p50"] == 1.0
