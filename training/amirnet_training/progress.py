"""Progress bars on standard error, drawn only where a person can see them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Show = Callable[[int, float | None, float | None], None]


def _progress() -> Progress:
    count, times = (BarColumn(), MofNCompleteColumn()), (TimeElapsedColumn(), TimeRemainingColumn())
    # Of the processes that torchrun starts, the first one draws for all.
    hidden = not sys.stderr.isatty() or os.environ.get("RANK", "0") != "0"
    return Progress(TextColumn("{task.description}"), *count, *times, console=Console(stderr=True), disable=hidden)


@contextmanager
def task(name: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar of ``total`` units; call what it yields with each advance."""
    with _progress() as progress:
        bar = progress.add_task(name, total=total)
        yield lambda count: progress.advance(bar, count)


@contextmanager
def training(steps: int, first: int) -> Iterator[Show]:
    """The training bar, with the latest PSNR and the share of time spent waiting for data."""
    with _progress() as progress:
        bar = progress.add_task("training", total=steps, completed=first)

        def show(step: int, psnr: float | None, waiting: float | None) -> None:
            if psnr is None or waiting is None:
                progress.update(bar, completed=step)
            else:
                text = f"training  PSNR {psnr:.2f} dB  data wait {100 * waiting:.0f} %"
                progress.update(bar, completed=step, description=text)

        yield show
