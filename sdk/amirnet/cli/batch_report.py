"""What a batch prints: a line for each photo as it ends, one bar for all of them, and what failed, as a table."""

from __future__ import annotations

import json
import sys
from collections import Counter
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from amirnet.batch.recipe import Outcome
from amirnet.cli.batch_plan import describe
from amirnet.cli.console import bar_columns, say, shown
from amirnet.cli.photo_report import json_line, text_line
from amirnet.runtime.degradation_tree import DegradationTree


class BatchReport(AbstractContextManager["BatchReport"]):
    """Takes the outcomes of `total` photos. The bar is drawn on stderr where that is a terminal, and leaves no trace;
    lines stand above it. `failures` are (what, why)."""

    def __init__(self, total: int, tree: DegradationTree, as_json: bool) -> None:
        self.total = total
        self.tree = tree
        self.as_json = as_json
        self.counts: Counter[str] = Counter()
        self.failures: list[tuple[str, str]] = []
        self._stdout = sys.stdout  # as it is now: Ray's messages take its place while a cluster works
        self._bar: Any = None
        self._stack = ExitStack()

    def __enter__(self) -> BatchReport:
        if sys.stderr is not None and sys.stderr.isatty():
            from rich.console import Console  # here: a quarter of the start-up time, and most scripts need none
            from rich.progress import Progress

            self._bar = Progress(
                *bar_columns(),
                console=Console(stderr=True),
                transient=True,
                redirect_stdout=False,  # rich would send it to the bar's console, and so to stderr
                redirect_stderr=False,
            )
            self._task = self._bar.add_task("photos", total=self.total)
            self._stack.enter_context(self._bar)
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()
        self._bar = None

    def add(self, outcome: Outcome) -> None:
        """One photo more has ended."""
        kind = "failed" if outcome.error else "done before" if outcome.known else "restored"
        self.counts[kind] += 1
        for line in outcome.warnings:
            self._say("warning: " + " ".join(f"{outcome.photo}: {line}".split()), err=True)
        if outcome.error:
            self.fail(outcome.photo, outcome.error.removeprefix(f"{' '.join(outcome.photo.split())}: "))
        elif self.as_json:
            facts = {"done_before": outcome.known} if outcome.known else outcome.facts
            self._say(json_line(outcome.photo, outcome.output, facts))
        elif not outcome.known:
            self._say(text_line(outcome.photo, outcome.output, outcome.facts, self.tree))
        if self._bar is not None:
            self._bar.advance(self._task)

    def fail(self, what: str, why: str) -> None:
        """Something could not be restored."""
        self.failures.append((what, why))
        if self.as_json:
            self._say(json.dumps({"input": what, "error": why}))

    def conclude(self, passed_over: Counter[str]) -> None:
        """The table of failures and one line of sums, on stderr."""
        if self.failures:
            print_table(("not restored", "why"), sorted(self.failures))
        sums = [f"{self.counts[kind]} {kind}" for kind in ("restored", "done before") if self.counts[kind]]
        sums += [f"{len(self.failures)} failed"] if self.failures else []
        rest = f"; passed over: {describe(passed_over)}" if passed_over else ""
        say(f"{', '.join(sums) or '0 restored'}{rest}", err=True)

    def _say(self, text: str, err: bool = False) -> None:
        stream = sys.stderr if err else self._stdout
        if self._bar is None:
            say(text, stream=stream)
            return
        self._bar.stop()  # off the screen while the line is printed, which may be another stream on the same screen
        say(text, stream=stream)
        self._bar.start()


def print_table(head: tuple[str, str], rows: list[tuple[str, str]]) -> None:
    """Two columns on stderr; on no terminal every row is one line, however long."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*head, box=box.SIMPLE)
    for row in rows:
        table.add_row(*(Text(shown(" ".join(cell.split()))) for cell in row))
    Console(stderr=True, width=None if sys.stderr.isatty() else 10_000).print(table)
