"""Results that a phone's app shared: `python -m amirnet_benchmarks.phone import FILE.json ...`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from amirnet.cli.command_group import errors_reported
from amirnet.photo.atomic_file import write_file

from .phone_result import read_result
from .phone_table import render_phones


@click.group()
def main() -> None:
    """What phones measured: the benchmark screen of the Android and the iOS app writes it as JSON."""


@main.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--json", "output", type=click.Path(path_type=Path), metavar="FILE", help="Also write them as one list.")
def import_results(files: tuple[Path, ...], output: Path | None) -> None:
    """Check results against their schema and print them."""
    with errors_reported():
        results = [read_result(file) for file in files]
        click.echo(render_phones(results))
        if output is not None:
            write_file(output, (json.dumps(results, indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
