"""A batch from beginning to end: look at each photo, skip what is done, restore the rest, write down what was done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from amirnet.batch.ledger import Ledger
from amirnet.batch.recipe import Outcome, Recipe, Task, sha256_of
from amirnet.errors import AmirnetError
from amirnet.photo.atomic_file import write_file
from amirnet.photo.photo_decoder import check_file


@dataclass(frozen=True)
class Job:
    """A photo of a batch, before it is looked at."""

    photo: Path
    """Its path."""
    output: Path
    """Where its restored one goes: somewhere below the ledger's folder."""


Runner: TypeAlias = Callable[[Iterator[Task]], Generator[Outcome]]
"""Restores tasks, in any order, and gives out what became of each. Closing it early leaves nothing half-written."""


def restore_all(
    jobs: Iterable[Job], recipe: Recipe, ledger: Ledger, run: Runner, report: Callable[[Outcome], object]
) -> None:
    """Have every job done, and call `report` once for each, in any order; a job that fails does not stop the others."""
    given: dict[str, Task] = {}

    def tasks() -> Iterator[Task]:
        for job in jobs:
            found = _look(job, recipe, ledger)
            if isinstance(found, Outcome):
                report(found)
            else:
                given[found.output] = found
                yield found

    with closing(run(tasks())) as outcomes:
        for outcome in outcomes:
            task = given.pop(outcome.output)
            report(outcome if outcome.error else _recorded(outcome, task.sha256, recipe, ledger))


def _look(job: Job, recipe: Recipe, ledger: Ledger) -> Task | Outcome:
    """What is still to be done for a photo: a Task; or what became of it, where nothing is."""
    photo, output = str(job.photo), str(job.output)
    try:
        check_file(job.photo)
        sha256 = sha256_of(job.photo)
        name = _name(output, ledger)
        known = ledger.find(sha256, recipe.key, name)
        if known is None:
            return Task(photo, output, sha256)
        if known[0] != name:
            content = (ledger.folder / known[0]).read_bytes()
            if hashlib.sha256(content).hexdigest() != known[1]:
                return Task(photo, output, sha256)
            write_file(job.output, content)
        outcome = Outcome(photo, output, sha256=known[1], known=known[0])
        return outcome if known[0] == name else _recorded(outcome, sha256, recipe, ledger)
    except AmirnetError as error:
        problem = str(error)
    except OSError as error:
        problem = f"{photo}: cannot be read ({error.strerror or error}); change its permissions or copy it again"
    return Outcome(photo, output, error=" ".join(problem.split()))


def _recorded(outcome: Outcome, sha256: str, recipe: Recipe, ledger: Ledger) -> Outcome:
    """The outcome, once it is in the ledger; a failure when it cannot be put there."""
    try:
        ledger.record(sha256, recipe.key, _name(outcome.output, ledger), outcome.sha256)
    except AmirnetError as error:
        return replace(outcome, error=str(error))
    return outcome


def _name(output: str, ledger: Ledger) -> str:
    return Path(output).relative_to(ledger.folder).as_posix()
