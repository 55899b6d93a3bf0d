"""Folded or not: size, operations and latency of both, for the choice of what ships.

`python -m amirnet_benchmarks.folding CHECKPOINT`
"""

from __future__ import annotations

import statistics
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path

import click
import numpy as np

from amirnet import ModelBundle
from amirnet.bundle.model_paths import folded_role, is_folded
from amirnet.cli.command_group import errors_reported
from amirnet.engines.registry import make_engine

from .interleave import interleave
from .model_sizes import megabytes, model_sizes

Bundles = dict[str, ModelBundle]
"""Bundles of one checkpoint, by what they are called in the output."""
RUNS = 15
"""Timed rounds."""


def operations(bundle: ModelBundle, node: int, precision: str) -> Counter[str]:
    """How many operations of each kind the TFLite restorer has that restores ``node``."""
    from amirnet_export.formats.tflite.reading import TfliteFile

    role = folded_role(node) if is_folded(bundle) else "restorer"
    return Counter(TfliteFile(bundle.read(bundle.manifest.models[role]["tflite"][precision])).operations)


def latencies(bundles: Bundles, backend: str, precision: str, node: int, runs: int) -> dict[str, float]:
    """Median seconds of one tile by bundle, measured in turns, with a thread for each processor there is."""
    some = next(iter(bundles.values()))
    side = some.manifest.tile.size
    tile = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    code = some.tree.code_for(node)
    jobs = {name: partial(make_engine(bundle, backend, precision).restore, tile, code)
            for name, bundle in bundles.items()}  # fmt: skip
    return {name: statistics.median(seconds) for name, seconds in interleave(jobs, runs).items()}


def compare(bundles: Bundles, runs: int = RUNS) -> list[str]:
    """Lines that say what bundles of one checkpoint take: each format's restorers, a restorer's operations, a tile."""
    node = next(iter(bundles.values())).tree.root.id
    lines = []
    sizes = {name: [size for size in model_sizes(bundle) if size.role == "restorer"]
             for name, bundle in bundles.items()}  # fmt: skip
    for row in zip(*sizes.values(), strict=True):
        cells = (f"{name} {megabytes(size.bytes)} ({size.models})" for name, size in zip(sizes, row, strict=True))
        lines.append(f"size        {row[0].format:<7}{row[0].precision:<9}{'   '.join(cells)}")
    for precision in [size.precision for size in next(iter(sizes.values())) if size.format == "tflite"]:
        for name, bundle in bundles.items():
            counts = operations(bundle, node, precision)
            kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
            lines.append(f"operations  tflite {precision:<9}{name} {sum(counts.values())} ({kinds})")
        for backend in ("onnx", "tflite"):
            medians = latencies(bundles, backend, precision, node, runs)
            cells = (f"{name} {1000 * seconds:.1f} ms" for name, seconds in medians.items())
            lines.append(f"a tile      {backend:<7}{precision:<9}{'   '.join(cells)}   (median of {runs}, in turns)")
    return lines


@click.command()
@click.argument("checkpoint", type=click.Path(path_type=Path))
def main(checkpoint: Path) -> None:
    """Export CHECKPOINT steered by its code and folded for every node, and print what either takes."""
    from amirnet_export.exporter import export_bundle

    with errors_reported(), tempfile.TemporaryDirectory() as folder:
        bundles = {}
        for name, fold in {"steered": "none", "folded": "node"}.items():
            export_bundle(checkpoint, Path(folder) / name, fold=fold)  # type: ignore[arg-type]
            bundles[name] = ModelBundle.open(Path(folder) / name)
        click.echo("\n".join(compare(bundles)))


if __name__ == "__main__":
    main()
