"""All numbers and pictures of a model anew: `python -m amirnet_benchmarks.showing --data FOLDER --train FOLDER`.

In this order: the evaluation with its tables and targets, the comparison with classical tools, the photos it did worst
on; for the model of the README also the demo's real photos, and the README's table and first picture. To be run in the
repository's folder, when a new model has been put in.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click

from amirnet import ModelBundle
from amirnet.cli.command_group import errors_reported
from amirnet.errors import AmirnetError
from amirnet_training.pages import fill

from .evaluation_file import read
from .evaluation_table import render
from .pages import short_table

README_MODEL = "mobile"


class CommandError(AmirnetError):
    """A command that this one ran has failed."""


def _run(command: str, words: Sequence[object]) -> str:
    """Runs one command of this package in a process of its own, says how long it took, and gives back its output.

    Raises:
        CommandError: it failed.
    """
    click.echo(f"== {command}", err=True)
    started = time.perf_counter()
    line = [sys.executable, "-m", f"{__package__}.{command}", *map(str, words)]
    done = subprocess.run(line, stdout=subprocess.PIPE, text=True, check=False)
    click.echo(done.stdout)
    if done.returncode != 0:
        raise CommandError(f"{command} failed, see above: mend that, and run this again")
    click.echo(f"== {command}: {time.perf_counter() - started:.0f} s\n", err=True)
    return done.stdout


def show(model: str, data: Path, train: Path, pages: Path, *, measure: bool, limit: int | None) -> None:
    """Does it all; `pages` is the repository's folder.

    Args:
        measure: run the evaluation; or take the one that lies in the model's folder.
        limit: only the first photos of each set (for a trial).

    Raises:
        CommandError: a command failed.
        DataError: a page lacks the place for a table.
    """
    folder, larger = pages / "models" / model, pages / "models" / README_MODEL / "evaluation.json"
    written, config = folder / "evaluation.json", folder / "config.yaml"
    sets = ["--data", data, "--train", train, "--config", config]
    few = [] if limit is None else ["--limit", limit]
    against = [] if model == README_MODEL or not larger.is_file() else ["--against", larger]
    if measure:
        _run("evaluation", ["--model", model, *sets, *few, "-o", written])
    records = read(written)[1]
    fill(folder / "README.md", "evaluation", render(records, ModelBundle.open(model).tree))
    fill(folder / "README.md", "targets", _run("targets", [written, *against]))
    compared = _run("classical", ["--model", model, *sets, *few, "-o", folder / "classical.json"])
    fill(folder / "README.md", "classical", compared)
    _run("worst", ["--model", model, *sets, "--evaluation", written, "-o", folder / "worst"])
    if model == README_MODEL:
        fill(pages / "README.md", "quality", short_table(records))
        _run("real_photos", [*sets, "--evaluation", written])
        _run("readme_picture", ["--model", model, "-o", pages / "docs" / "before_after.png"])


@click.command()
@click.option("--model", default=README_MODEL, show_default=True, help="A shipped model's name.")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder of the evaluation sets.")
@click.option("--train", type=click.Path(path_type=Path), required=True, help="Folder of the training sets.")
@click.option("--measured", is_flag=True, help="Take the model's evaluation.json as it is.")
@click.option("--limit", type=click.IntRange(min=1), help="Only the first photos of each set, for a trial.")
def main(model: str, data: Path, train: Path, measured: bool, limit: int | None) -> None:
    """Measure MODEL anew and put every number and picture of it where it is shown."""
    with errors_reported():
        show(model, data, train, Path(), measure=not measured, limit=limit)


if __name__ == "__main__":
    main()
