"""What the subcommands print with: text that any terminal takes, trees, and a progress bar on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import click

from amirnet.runtime.degradation_tree import DegradationTree, TreeNode
from amirnet.runtime.tile_runner import Progress

_PLAIN = str.maketrans({"├": "|", "└": "`", "─": "-", "│": "|", "●": "*", "○": "o", "→": ">"})


def say(text: str, err: bool = False, stream: TextIO | None = None) -> None:
    """Print a line; where the stream cannot show a character, a plainer one stands in for it."""
    stream = stream or (sys.stderr if err else sys.stdout)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    click.echo(text, file=stream)


def tree_lines(tree: DegradationTree, describe: Callable[[TreeNode], str]) -> list[str]:
    """The tree as indented text, one line a node, children below their parent."""

    def below(node: TreeNode, indent: str) -> Iterator[str]:
        for place, child in enumerate(node.children):
            last = place == len(node.children) - 1
            yield f"{indent}{'└─ ' if last else '├─ '}{describe(tree.node(child))}"
            yield from below(tree.node(child), indent + ("   " if last else "│  "))

    return [describe(tree.root), *below(tree.root, "")]


@contextmanager
def progress_bar(title: str) -> Iterator[Progress | None]:
    """A progress callback that draws on stderr and leaves no trace; None when stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # here: a quarter of the start-up time, and most runs in scripts need none
    from rich.progress import Progress

    with Progress(*bar_columns(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def bar_columns() -> tuple[Any, ...]:
    """What stands in a progress bar: title, bar, done of all, time left."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    return TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()


def percent(number: float) -> str:
    """0.873 as '87 %'."""
    return f"{100 * number:.0f} %"


def name_of(node: TreeNode) -> str:
    """'node 5: noise 0.61', or 'node 5' where training found no words for it."""
    return f"node {node.id}: {node.label}" if node.label else f"node {node.id}"
