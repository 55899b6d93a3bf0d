"""Folded or not: size, operations and latency of both, for the choice of what ships.

`python -m amirnet_benchmarks.folding CHECKPOINT`
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import click
import numpy as np

from amirnet import Bundle
from amirnet.engine import make_engine
from amirnet.engine_models import folded_role
from amirnet.errors import AmirnetError

RUNS = 15
"""Timed runs of each, in turns; a first one is not counted."""
FORMATS = {"onnx": "float32", "tflite": "float32", "coreml": "float16"}


def size(bundle: Bundle, backend: str, precision: str) -> int:
    """Bytes of all restorers of one format and precision."""
    roles = [role for role in bundle.manifest.models if role.startswith("restorer")]
    paths = [bundle.manifest.models[role][backend][precision] for role in roles]
    files = bundle.manifest.files.items()
    return sum(seal.bytes for path in paths for name, seal in files if name == path or name.startswith(path + "/"))


def operations(bundle: Bundle, precision: str, role: str) -> Counter[str]:
    """How many operations of each kind a TFLite restorer has."""
    from amirnet_export.tflite_graph import TfliteFile

    return Counter(TfliteFile(bundle.read(bundle.manifest.models[role]["tflite"][precision])).operations)


def latencies(bundles: dict[str, Bundle], backend: str, precision: str, node: int) -> dict[str, float]:
    """Median seconds of one tile by bundle, measured in turns."""
    engines = {name: make_engine(bundle, backend, precision) for name, bundle in bundles.items()}
    some = next(iter(bundles.values()))
    side = some.manifest.tile.size
    tile = np.random.default_rng(0).random((1, 3, side, side), dtype=np.float32)
    code = some.tree.code_for(node).reshape(1, -1, 1, 1)
    spent: dict[str, list[float]] = {name: [] for name in engines}
    for run in range(RUNS + 1):
        for name, engine in engines.items():
            started = time.perf_counter()
            engine.restore(tile, code)
            if run:
                spent[name].append(time.perf_counter() - started)
    return {name: statistics.median(seconds) for name, seconds in spent.items()}


@click.command()
@click.argument("checkpoint", type=click.Path(path_type=Path))
def main(checkpoint: Path) -> None:
    """Export CHECKPOINT steered by its code and folded for every node, and print what either takes."""
    from amirnet_export.exporter import export_bundle

    try:
        with tempfile.TemporaryDirectory() as folder:
            bundles = {}
            for fold in ("none", "node"):
                export_bundle(checkpoint, Path(folder) / fold, fold=fold)  # type: ignore[arg-type]
                bundles[fold] = Bundle.open(Path(folder) / fold)
            report(bundles)
    except AmirnetError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)


def report(bundles: dict[str, Bundle]) -> None:
    """Prints the comparison of two bundles of one checkpoint."""
    node = bundles["none"].tree.root.id
    held = bundles["none"].manifest.models["restorer"]["onnx"]
    for precision in ("float", "int8") if "int8" in held else ("float",):
        kinds = {backend: kind if precision == "float" else "int8" for backend, kind in FORMATS.items()}
        for backend, kind in kinds.items():
            sizes = "  ".join(f"{name}: {size(bundle, backend, kind) / 1e6:.2f} MB" for name, bundle in bundles.items())
            click.echo(f"size       {precision:<6} {backend:<7} {sizes}")
        for name, role in (("none", "restorer"), ("node", folded_role(node))):
            counts = operations(bundles[name], kinds["tflite"], role)
            listed = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
            click.echo(f"operations {precision:<6} tflite  {name}: {sum(counts.values())} ({listed})")
        for backend in ("onnx", "tflite"):
            medians = latencies(bundles, backend, kinds[backend], node)
            shown = "  ".join(f"{name}: {1000 * seconds:.1f} ms" for name, seconds in medians.items())
            click.echo(f"tile       {precision:<6} {backend:<7} {shown}  (median of {RUNS}, in turns)")


if __name__ == "__main__":
    main()
