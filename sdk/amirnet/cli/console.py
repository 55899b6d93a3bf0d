"""What the subcommands print with: text that any terminal takes, trees, and a progress bar on stderr."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import click

from amirnet.runtime.degradation_tree import DegradationTree, TreeNode
from amirnet.runtime.tile_runner import Progress

_PLAIN = str.maketrans({"├": "|", "└": "`", "─": "-", "│": "|", "●": "*", "○": "o", "→": ">"})


_COMMANDS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
"""What a terminal takes for a command, or for a line break, or for the order in which it shows what follows; and halves
of characters, which stand for bytes of a name that are none."""


def shown(text: str) -> str:
    """Text of a file, a bundle or a name, safe to print as part of one line: commands to terminals stand as \\x1b."""
    return _COMMANDS.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)


def say(text: str, err: bool = False, stream: TextIO | None = None) -> None:
    """Print one line, whatever is in it; where the stream cannot show a character, a plainer one stands in for it."""
    text = shown(text)
    stream = stream or (sys.stderr if err else sys.stdout)
    if stream is None:  # closed by whoever started this: there is nobody to tell
        return
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    click.echo(text, file=stream)


def say_lines(lines: Iterable[str], err: bool = False) -> None:
    """Print lines, each as `say` does."""
    for line in lines:
        say(line, err)


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
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # here: a quarter of the start-up time, and most runs in scripts need none
    from rich.progress import Progress

    with Progress(*bar_columns(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(shown(title), total=None)
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
