"""Which engine runs a bundle, and in which precision: the same two options in every subcommand that restores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from amirnet.cli.console import say
from amirnet.engines.registry import ENGINES
from amirnet.restorer import Restorer

Command = TypeVar("Command", bound=Callable[..., Any])
PRECISIONS = ("float", "int8")


def engine_options(command: Command) -> Command:
    """Adds `--engine` and `--precision`, the parameters `engine` and `precision` of `Restorer.from_bundle`."""
    precision = click.option("--precision", type=click.Choice(PRECISIONS), default="float", show_default=True,
                             help="Of the restorer.")  # fmt: skip
    engine = click.option("--engine", type=click.Choice(tuple(ENGINES)), default="onnx", show_default=True,
                          help="What runs it; tflite and coreml need an extra.")  # fmt: skip
    return engine(precision(command))


def tell_of_stand_in(restorer: Restorer) -> None:
    """A line on stderr where the engine is not what it was asked for by name."""
    if "reference" in restorer.engine.title:
        say(f"warning: {restorer.engine.title}", err=True)
