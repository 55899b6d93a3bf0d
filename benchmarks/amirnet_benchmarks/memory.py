"""What restoring takes in memory, in tables: `python -m amirnet_benchmarks.memory`; docs/MEMORY.md explains them.

Every number is the peak resident memory of a process of its own, in megabytes of 10^6 bytes. Linux only.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path

import click

from amirnet import Restorer
from amirnet.memory_plan import MEGABYTE, RUNTIME, TILE_PIXEL, peak, pixel_cost

from .large_photos import KINDS, size_of
from .peak_memory import Run, run_amirnet, run_python

_PARTS = """
import sys
import numpy as np
model, what, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
import amirnet.cli.restore
from amirnet import Restorer
if what != "libraries":
    restorer = Restorer.from_bundle(model)
    manifest, engine = restorer.bundle.manifest, restorer.engine
    encode = np.zeros((manifest.probe.grid ** 2, 3, manifest.probe.size, manifest.probe.size), np.float32)
    engine.encode(encode)
    if size:
        engine.restore(np.zeros((1, 3, size, size), np.float32), np.zeros((1, restorer.bundle.tree.size, 1, 1), "f"))
"""

_REWRITE = """
import sys
from pathlib import Path
import amirnet.cli.restore
from amirnet.photo_stream import PhotoStream
from amirnet.photo_writer import write_photo
if len(sys.argv) > 1:
    photo = PhotoStream.open(sys.argv[1])
    write_photo(photo.rows, photo.facts, Path(sys.argv[2]), None, False, False)
"""


@click.command()
@click.argument("megapixels", type=float, nargs=-1)
@click.option("--kind", "kinds", type=click.Choice(list(KINDS)), multiple=True, default=["jpeg"], show_default=True)
@click.option("--model", default="mobile", show_default=True, help="A shipped model's name, or a bundle's path.")
@click.option("--memory", type=int, metavar="MB", help="Passed on to amirnet restore.")
@click.option("--parts/--no-parts", default=True, show_default=True, help="What the process is made of.")
@click.option("--pixels/--no-pixels", default=True, show_default=True, help="What a pixel of each kind of photo costs.")
def main(
    megapixels: tuple[float, ...], kinds: tuple[str, ...], model: str, memory: int | None, parts: bool, pixels: bool
) -> None:
    """Measure the parts, what a pixel costs, and `amirnet restore` on photos of so many MEGAPIXELS."""
    restorer = Restorer.from_bundle(model)
    if parts:
        _print_parts(restorer, model)
    if pixels:
        _print_pixels()
    if megapixels:
        click.echo("\n| photo | size | tile | formula, MB | measured, MB | seconds |\n|---|---|---:|---:|---:|---:|")
    for size in megapixels:
        for kind in kinds:
            _print_photo(restorer, model, size, kind, memory)


def _print_parts(restorer: Restorer, model: str) -> None:
    click.echo("| part | MB |\n|---|---:|")
    click.echo(f"| Python and the libraries | {_of(run_python(_PARTS, model, 'libraries', 0)):.1f} |")
    loaded = _of(run_python(_PARTS, model, "encoder", 0))
    click.echo(f"| and ONNX Runtime with the encoder, which has run | {loaded:.1f} |")
    for size in restorer.sizes(restorer.plan_for(4000, 3000)):
        most = _of(run_python(_PARTS, model, "restorer", size))
        click.echo(f"| and the restorer, after one tile of {size} | {most:.1f} |")
    click.echo(f"\nThe formula: {RUNTIME / MEGABYTE:.0f} MB and {TILE_PIXEL} bytes a pixel of a tile.")


def _print_pixels() -> None:
    click.echo(
        "\n| photo, opened and written without the network | measured, bytes a pixel | formula |\n|---|---:|---:|"
    )
    base, (width, height) = _of(run_python(_REWRITE)), size_of(12)
    with tempfile.TemporaryDirectory() as folder:
        for name, kind in KINDS.items():
            photo, output = Path(folder) / f"{name}{kind.suffix}", Path(folder) / f"out{kind.output}"
            kind.write(width, height, photo)
            most = (_of(run_python(_REWRITE, photo, output)) - base) * MEGABYTE / (width * height)
            cost, *_ = pixel_cost(photo, output, False)
            click.echo(f"| {kind.title} | {most:.1f} | {cost.most} |")
            photo.unlink()


def _print_photo(restorer: Restorer, model: str, megapixels: float, name: str, memory: int | None) -> None:
    kind, (width, height) = KINDS[name], size_of(megapixels)
    with tempfile.TemporaryDirectory() as folder:
        photo, output = Path(folder) / f"photo{kind.suffix}", Path(folder) / f"out{kind.output}"
        kind.write(width, height, photo)
        limit = [] if memory is None else ["--memory", memory]
        run = run_amirnet("restore", photo, "-o", output, "--model", model, "--json", *limit)
        measured, found = _of(run), json.loads(run.stdout)
        cost, *_ = pixel_cost(photo, output, False)
        expected = peak(replace(restorer.plan_for(width, height), size=found["tile"]), cost) / MEGABYTE
        numbers = f"{found['tile']} | {expected:.0f} | {measured:.0f} | {found['seconds']['total']:.0f}"
        click.echo(f"| {kind.title} | {width}x{height} | {numbers} |")


def _of(run: Run) -> float:
    """The peak in megabytes. Raises ClickException where the program failed."""
    if run.status != 0:
        raise click.ClickException(run.stderr.strip() or f"status {run.status}")
    return run.peak / MEGABYTE


if __name__ == "__main__":
    main()
