"""What of a photo's time is neither the model nor the codecs: `python -m amirnet_benchmarks.overhead`.

A made-up photo is restored into a file, JPEG to JPEG, by each engine in a process of its own. With `--against FOLDER`,
a checkout of an earlier release, that one restores the same photo with the same model in the same run, in turns.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from amirnet import AmirnetError
from amirnet.cli.command_group import errors_reported

from .large_photos import KINDS, size_of

BARS = {("onnx", "float"): 0.05, ("tflite", "int8"): 0.08}
"""Engine and precision -> the largest part of the time that may be neither the model's nor the codecs'."""
TIME_BARS = {("onnx", "float"): 0.75, ("tflite", "int8"): 0.6}
"""The same -> the largest part of the earlier release's time."""

# Knows of the SDK only what every release has; how long the graphs ran themselves, earlier ones do not say.
PROGRAM = """
import json, sys
from amirnet import Restorer
try:
    from amirnet import RestoreOptions
except ImportError:
    RestoreOptions = None
model, engine, precision, light, photo, output, first = sys.argv[1:]
restorer = Restorer.from_bundle(model, engine=engine, precision=precision)
options = [] if RestoreOptions is None else [RestoreOptions(light=light)]
restorer.restore_file(first, output, *options)  # loads what there is to load
before = getattr(restorer.engine, "graph_seconds", None)
result = restorer.restore_file(photo, output, *options)
model_seconds = None if before is None else restorer.engine.graph_seconds - before
print(json.dumps({"seconds": result.seconds, "model": model_seconds, "tile": result.tile, "tiles": result.tiles}))
"""
SOURCES = ("sdk", "training", "export", "benchmarks")


@dataclass(frozen=True)
class Spent:
    """A photo's seconds."""

    total: float
    """In all."""
    codecs: float
    """In its codecs."""
    model: float | None
    """In the model's graphs; None where the release does not tell."""
    tile: int
    """Pixels a side."""
    tiles: int
    """How many."""

    @property
    def overhead(self) -> float | None:
        """The part of the time, 0 to 1, that is neither."""
        return None if self.model is None else (self.total - self.codecs - self.model) / self.total


def restore_once(
    way: tuple[str, str], light: str, model: str, photo: Path, first: Path, folder: Path, release: Path | None = None
) -> Spent:
    """Restores a photo in a process of its own, after a small one.

    Args:
        way: engine and precision.
        light: what is done to the photo's light, "auto", "keep" or "brighten"; not by releases that cannot be told.
        photo, first: the photo, and the small one.
        folder: for what is written.
        release: a checkout whose SDK does it; None: this one's.

    Raises:
        AmirnetError: it failed.
    """
    path = sys.path if release is None else [str(release / source) for source in SOURCES]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path))}
    words = [sys.executable, "-c", PROGRAM, model, *way, light, str(photo), str(folder / "out.jpg"), str(first)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        last = (done.stderr.splitlines() or ["no word of why"])[-1]
        raise AmirnetError(f"{' '.join(way)}: restoring failed ({last}); try `amirnet restore` with this engine")
    found = json.loads(done.stdout)
    seconds = found["seconds"]
    codecs = seconds["decode"] + seconds["save"]
    return Spent(seconds["total"], codecs, found["model"], found["tile"], found["tiles"])


def measure(
    ways: Sequence[tuple[str, str]],
    light: str,
    model: str,
    megapixels: float,
    runs: int,
    release: Path | None = None,
) -> dict[tuple[tuple[str, str], bool], Spent]:
    """(way, whether by the earlier release) -> the quickest of `runs` restores, all in turns."""
    found: dict[tuple[tuple[str, str], bool], list[Spent]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        photo, first = folder / "photo.jpg", folder / "first.jpg"
        KINDS["jpeg"].write(*size_of(megapixels), photo)
        KINDS["jpeg"].write(400, 300, first)
        for _ in range(runs):
            for way in ways:
                for earlier in (False, True) if release is not None else (False,):
                    spent = restore_once(way, light, model, photo, first, folder, release if earlier else None)
                    found.setdefault((way, earlier), []).append(spent)
    return {key: min(all_runs, key=lambda spent: spent.total) for key, all_runs in found.items()}


def render(found: Mapping[tuple[tuple[str, str], bool], Spent], megapixels: float) -> list[str]:
    """A line a way: its time, what of it is neither model nor codec, and how it compares with the earlier release."""
    lines = []
    for (way, earlier), spent in found.items():
        if earlier:
            continue
        assert spent.overhead is not None
        cells = [f"{way[0]} {way[1]}, {megapixels:g} megapixels: {spent.total:.2f} s "
                 f"({spent.tiles} tiles of {spent.tile})"]  # fmt: skip
        part = f"neither model nor codecs {spent.overhead:.1%}"
        cells.append(part + _verdict(spent.overhead, BARS.get(way)))
        before = found.get((way, True))
        if before is not None:
            times = spent.total / before.total
            against = f"{times:.2f} of the earlier release's {before.total:.2f} s (tile {before.tile})"
            cells.append(against + _verdict(times, TIME_BARS.get(way)))
        lines.append("; ".join(cells))
    return lines


def _verdict(found: float, bar: float | None) -> str:
    return "" if bar is None else f" (bar {bar:.0%}: {'held' if found <= bar else 'missed'})"


@click.command()
@click.option("--model", default="mobile", show_default=True, help="A shipped model's name, or a bundle's path.")
@click.option("--engine", "names", type=click.Choice(["onnx", "tflite"]), multiple=True, help="Only this one.")
@click.option("--megapixels", type=click.FloatRange(0.1), default=12, show_default=True, help="Of the photo, 4:3.")
@click.option(
    "--light",
    type=click.Choice(["auto", "keep"]),
    default="auto",
    show_default=True,
    help="The made-up photo is brightened by `auto`: every tile is then looked up in tables, too.",
)
@click.option("--runs", type=click.IntRange(1), default=1, show_default=True, help="The quickest counts.")
@click.option("--against", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER",
              help="A checkout of an earlier release, to compare whole times with.")  # fmt: skip
def main(model: str, names: tuple[str, ...], megapixels: float, light: str, runs: int, against: Path | None) -> None:
    """Print what of a photo's time is neither the model nor the codecs; status 1 where a bar is missed."""
    ways = [way for way in BARS if not names or way[0] in names]
    with errors_reported():
        found = measure(ways, light, model, megapixels, runs, None if against is None else against.resolve())
    lines = render(found, megapixels)
    click.echo("\n".join(lines))
    sys.exit(any("missed" in line for line in lines))


if __name__ == "__main__":
    main()
