"""Latency of a bundle on this machine: `python -m amirnet_benchmarks.host BUNDLE`.

One tile of the bundle's size, and one whole photo, for every engine and precision that the bundle holds and this
machine can run. Needs `pip install 'amirnet[tflite]'` for LiteRT beside ONNX Runtime.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from amirnet import __version__
from amirnet.bundle.model_bundle import ModelBundle
from amirnet.cli.command_group import errors_reported
from amirnet.engines.processors import available_processors
from amirnet.errors import EngineError
from amirnet.photo import image_io
from amirnet.photo.atomic_file import write_file
from amirnet.runtime.arrays import Pixels
from amirnet.runtime.padding import crop

from .demo_photos import TIMED_PHOTO
from .host_engines import HostEngine, host_engines
from .host_table import render_host
from .interleave import WARMUPS, interleave, summary
from .machine import load_average, machine_facts
from .model_sizes import model_sizes

SCHEMA = "1.0"
RUNS = 30
Advance = Callable[[], object]


def measure_host(
    bundle: ModelBundle,
    photo: Path,
    runs: int = RUNS,
    threads: int | None = None,
    limit: float | None = None,
    advance: Advance = lambda: None,
) -> dict[str, Any]:
    """Measures tile and photo in every engine, interleaved, and returns the benchmark as plain JSON values.

    A tile's latency is one call of the restorer graph, with the engine's own conversions, from and to a float32 tile
    in memory; a photo's is `Restorer.restore` of decoded pixels: probes, encoder, tree, tiles and blending, no file.

    Args:
        photo: what is restored; the tile is cut from its middle.
        runs: rounds that count, of tiles and then of photos.
        threads: of each engine that takes a number; None: as many as this process has processors.
        limit: seconds for the tiles, and again for the photos, after which no further round is begun.
        advance: called after each of the 2 * (WARMUPS + runs) rounds; less often when the limit is reached.

    Raises:
        ImageError: the photo cannot be read.
        EngineError: no engine of the bundle runs here, or one fails.
    """
    pixels = image_io.load(photo)
    height, width = pixels.shape[:2]
    machine = machine_facts() | {"load_average": load_average()}
    chosen = available_processors() if threads is None else threads
    engines, skipped = host_engines(bundle, chosen)
    if not engines:
        reason = "; ".join(sorted({row.reason for row in skipped})) or "it holds no restorer that is known here"
        raise EngineError(f"{bundle.where}: nothing to measure on this machine ({reason})")
    tiles = interleave({engine: _tile_job(engine, pixels) for engine in engines}, runs, limit, advance=advance)
    photos = interleave({engine: _photo_job(engine, pixels) for engine in engines}, runs, limit, advance=advance)
    geometry = bundle.manifest.tile
    return {
        "schema": SCHEMA,
        "made_by": f"amirnet {__version__}",
        "bundle": {
            "name": bundle.manifest.name,
            "identity": bundle.manifest.identity,
            "tile": geometry.size,
            "halo": geometry.halo,
        },
        "machine": machine,
        "photo": {"name": photo.name, "width": width, "height": height},
        "method": {"order": "interleaved", "warmups": WARMUPS, "clock": "perf_counter", "unit": "s"},
        "latencies": [
            {
                "engine": engine.backend,
                "title": engine.title,
                "precision": engine.precision,
                "threads": engine.threads,
                "ran": engine.ran,
                "tile": summary(tiles[engine]),
                "photo": {**summary(photos[engine]), "tiles": len(engine.restorer.plan(pixels))},
            }
            for engine in engines
        ],
        "skipped": [row._asdict() for row in skipped],
        "sizes": [size._asdict() for size in model_sizes(bundle)],
    }


def _tile_job(engine: HostEngine, pixels: Pixels) -> Callable[[], object]:
    restorer = engine.restorer
    size = restorer.bundle.manifest.tile.size
    height, width = pixels.shape[:2]
    tile = np.ascontiguousarray(crop(pixels, (width - size) // 2, (height - size) // 2, size, size))
    code = restorer.diagnose(pixels).code
    return lambda: restorer.engine.restore(tile, code)


def _photo_job(engine: HostEngine, pixels: Pixels) -> Callable[[], object]:
    return lambda: engine.restorer.restore(pixels)


@click.command()
@click.argument("bundle")
@click.option("--photo", type=click.Path(path_type=Path), default=TIMED_PHOTO.degraded, metavar="FILE",
              help=f"Photo to restore.  [default: the demo's {TIMED_PHOTO.degraded.name}]")  # fmt: skip
@click.option("--runs", type=click.IntRange(min=1), default=RUNS, show_default=True, help="Rounds that count.")
@click.option("--threads", type=click.IntRange(1, 1024), help="Of each engine.  [default: all processors]")
@click.option("--limit", type=click.FloatRange(min=0), metavar="SECONDS",
              help="Begin no further round after so long, for tiles and again for photos.")  # fmt: skip
@click.option("--json", "output", type=click.Path(path_type=Path), metavar="FILE", help="Also write it as JSON.")
def main(bundle: str, photo: Path, runs: int, threads: int | None, limit: float | None, output: Path | None) -> None:
    """Measure the latency of BUNDLE (a shipped name, folder or zip) on this machine, and the size of its models."""
    console = Console(stderr=True)
    columns = (TextColumn("measuring"), BarColumn(), MofNCompleteColumn(), TextColumn("rounds"), TimeRemainingColumn())
    with errors_reported():
        opened = ModelBundle.open(bundle)
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            task = progress.add_task("", total=2 * (WARMUPS + runs))
            result = measure_host(opened, photo, runs, threads, limit, lambda: progress.advance(task))
        click.echo(render_host(result))  # first, so that a file that cannot be written loses nothing
        if output is not None:
            write_file(output, (json.dumps(result, indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
