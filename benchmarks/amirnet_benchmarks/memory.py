"""What restoring takes in memory, in tables: `python -m amirnet_benchmarks.memory`; docs/MEMORY.md explains them.

Every number is the peak resident memory of a process of its own, in megabytes of 10^6 bytes. Linux only.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import click

from amirnet import Restorer
from amirnet.cli.command_group import errors_reported
from amirnet.photo.pixel_cost import pixel_cost
from amirnet.runtime.memory_plan import MEGABYTE, peak

from .large_photos import KINDS, size_of
from .peak_memory import Run, run_amirnet, run_python

PARTS = """
import sys
import numpy as np
model, engine, precision, what, size = *sys.argv[1:5], int(sys.argv[5])
import amirnet.cli.restore
from amirnet import Restorer
if what != "libraries":
    restorer = Restorer.from_bundle(model, engine=engine, precision=precision)
    manifest, engine = restorer.bundle.manifest, restorer.engine
    encode = np.zeros((manifest.probe.probes_per_side ** 2, manifest.probe.size, manifest.probe.size, 3), np.uint8)
    engine.encode(encode)
    code = np.zeros(restorer.bundle.tree.size, np.float32)
    for _ in range(3 if size else 0):  # what the engine holds on to still grows with the second tile
        engine.restore(np.zeros((size, size, 3), np.uint8), code)
"""

REWRITE = """
import sys
from pathlib import Path
import amirnet.cli.restore
from amirnet.photo.photo_stream import PhotoStream
from amirnet.photo.photo_writer import write_photo
from amirnet.photo.save_options import SaveOptions
if len(sys.argv) > 1:
    photo = PhotoStream.open(sys.argv[1])
    write_photo(photo.rows, photo.facts, Path(sys.argv[2]), SaveOptions())
"""


@dataclass(frozen=True)
class Way:
    """How photos are restored: `amirnet restore --model --engine --precision`."""

    model: str = "mobile"
    """A bundle's name or path."""
    engine: str = "onnx"
    """"onnx", "tflite" or "coreml"."""
    precision: str = "float"
    """"float" or "int8"."""

    def restorer(self, tile: int | None = None) -> Restorer:
        return Restorer.from_bundle(self.model, tile, self.engine, self.precision)

    @property
    def options(self) -> tuple[str, ...]:
        return ("--model", self.model, "--engine", self.engine, "--precision", self.precision)


@dataclass(frozen=True)
class Restored:
    """A run of `amirnet restore`."""

    tile: int
    """Pixels a side that it chose."""
    expected: int
    """Bytes by the formula."""
    peak: int
    """Bytes that were measured."""
    seconds: float
    """How long the restore took, wall clock, without the start of the process."""


@click.command()
@click.argument("megapixels", type=float, nargs=-1)
@click.option("--kind", "kinds", type=click.Choice(list(KINDS)), multiple=True, default=["jpeg"], show_default=True)
@click.option("--model", default="mobile", show_default=True, help="A shipped model's name, or a bundle's path.")
@click.option(
    "--engine", type=click.Choice(["onnx", "tflite"]), default="onnx", show_default=True, help="What runs it."
)
@click.option(
    "--precision", type=click.Choice(["float", "int8"]), default="float", show_default=True, help="Its models."
)
@click.option("--memory", type=int, metavar="MB", help="Passed on to amirnet restore.")
@click.option("--parts/--no-parts", default=True, show_default=True, help="What the process is made of.")
@click.option("--pixels/--no-pixels", default=True, show_default=True, help="What a pixel of each kind of photo costs.")
def main(
    megapixels: tuple[float, ...],
    kinds: tuple[str, ...],
    model: str,
    engine: str,
    precision: str,
    memory: int | None,
    parts: bool,
    pixels: bool,
) -> None:
    """Measure the parts, what a pixel costs, and `amirnet restore` on photos of so many MEGAPIXELS."""
    with errors_reported():
        _measure(megapixels, kinds, Way(model, engine, precision), memory, parts=parts, pixels=pixels)


def _measure(
    megapixels: tuple[float, ...], kinds: tuple[str, ...], way: Way, memory: int | None, *, parts: bool, pixels: bool
) -> None:
    if parts:
        _print_parts(way)
    if pixels:
        click.echo("\n| opened and written without the network | bytes a pixel | formula |\n|---|---:|---:|")
        for name, kind in KINDS.items():
            measured, stated = pixel_bytes(name, 12)
            click.echo(f"| {kind.title} | {measured:.1f} | {stated} |")
    if megapixels:
        click.echo("\n| photo | size | tile | formula, MB | measured, MB | seconds |\n|---|---|---:|---:|---:|---:|")
    for millions in megapixels:
        width, height = size_of(millions)
        for name in kinds:
            run = restored(way, millions, name, memory)
            numbers = f"{run.expected / MEGABYTE:.0f} | {run.peak / MEGABYTE:.0f} | {run.seconds:.0f}"
            click.echo(f"| {KINDS[name].title} | {width}x{height} | {run.tile} | {numbers} |")


def pixel_bytes(name: str, megapixels: float) -> tuple[float, int]:
    """What a photo of this kind takes to be opened and written, in bytes a pixel: measured, and in the formula."""
    kind, (width, height) = KINDS[name], size_of(megapixels)
    with tempfile.TemporaryDirectory() as folder:
        photo, output = Path(folder) / f"photo{kind.suffix}", Path(folder) / f"out{kind.output}"
        kind.write(width, height, photo)
        cost, *_ = pixel_cost(photo, output, False)
        more = _peak(run_python(REWRITE, photo, output)) - _peak(run_python(REWRITE))
    return more / (width * height), cost.most


def restored(way: Way, megapixels: float, name: str, memory: int | None = None) -> Restored:
    """Restore a photo of this kind by the command, under a limit if there is one."""
    kind, (width, height) = KINDS[name], size_of(megapixels)
    with tempfile.TemporaryDirectory() as folder:
        photo, output = Path(folder) / f"photo{kind.suffix}", Path(folder) / f"out{kind.output}"
        kind.write(width, height, photo)
        limit = [] if memory is None else ["--memory", memory]
        run = run_amirnet("restore", photo, "-o", output, *way.options, "--json", *limit)
        measured, found = _peak(run), json.loads(run.stdout)
        cost, *_ = pixel_cost(photo, output, False)
    restorer = way.restorer(found["tile"])
    engine = restorer.engine.memory
    assert engine is not None, "the command offers no other engine"
    expected = peak(restorer.plan_for(width, height), cost, engine)
    return Restored(found["tile"], expected, measured, found["seconds"]["total"])


def _print_parts(way: Way) -> None:
    restorer = way.restorer()
    click.echo("| part | MB |\n|---|---:|")
    parts = [("Python and the libraries", "libraries", 0), ("and the encoder, which has run", "encoder", 0)]
    sizes = restorer.sizes(restorer.plan_for(4000, 3000))
    parts += [(f"and the restorer, after tiles of {size}", "tile", size) for size in sizes]
    for title, what, size in parts:
        run = run_python(PARTS, way.model, way.engine, way.precision, what, size)
        click.echo(f"| {title} | {_peak(run) / MEGABYTE:.1f} |")
    engine = restorer.engine.memory
    assert engine is not None
    click.echo(f"\nThe formula: {engine.runtime / MEGABYTE:.0f} MB and {engine.tile_pixel} bytes a pixel of a tile.")


def _peak(run: Run) -> int:
    """Raises ClickException where the program failed."""
    if run.status != 0:
        raise click.ClickException(run.stderr.strip() or f"status {run.status}")
    return run.peak


if __name__ == "__main__":
    main()
