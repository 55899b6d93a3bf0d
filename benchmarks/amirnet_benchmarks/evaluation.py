"""The evaluation table of a model: `python -m amirnet_benchmarks.evaluation --data FOLDER`.

FOLDER holds the evaluation sets, laid out as models/mobile/README.md says. Prints the table and writes it, with every
photo's row, as JSON. Needs `pip install 'amirnet[benchmarks]'`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from amirnet import Restorer
from amirnet.atomic_file import write_file
from amirnet.errors import AmirnetError
from amirnet_training.degradations import parse
from amirnet_training.evaluation import measure
from amirnet_training.evaluation.quality import measure_quality

from .evaluation_table import render


@dataclass(frozen=True)
class EvaluationSet:
    """One row of the table: photos and what they suffer from."""

    folder: str
    kind: str
    """The true kind, for the confusion table; camera noise counts as noise."""
    degrade: str | None = None
    """How clean photos are degraded; None for real pairs."""
    pair: tuple[str, str] = ("", "")
    """Subfolders of inputs and targets of real pairs."""

    @property
    def name(self) -> str:
        return f"{self.folder} {self.degrade}" if self.degrade else self.folder

    def samples(self, data: Path) -> tuple[int, Iterator[measure.Sample]]:
        """How many photos, and the photos. Raises DataError."""
        folder = data / self.folder
        if self.degrade is None:
            return measure.pairs(folder / self.pair[0], folder / self.pair[1])
        return measure.degraded(folder, parse(self.degrade))


DEGRADATIONS = {
    "noise:15": "noise", "noise:25": "noise", "noise:50": "noise", "defocus:2.5": "defocus", "motion:11:30": "motion",
    "lowlight:0.15": "lowlight", "jpeg:20": "jpeg", "none": "none", "noise:25+jpeg:92": "noise",
}  # fmt: skip

SETS = (
    EvaluationSet("LOL_eval15", "lowlight", pair=("low", "high")),
    EvaluationSet("SIDD_val65", "noise", pair=("noisy", "gt")),
    EvaluationSet("REDS_320x180", "motion", pair=("blur", "sharp")),
    *(EvaluationSet(folder, kind, spec) for folder in ("Kodak24", "CBSD68") for spec, kind in DEGRADATIONS.items()),
)


def run(
    restorer: Restorer, int8: Restorer | None, data: Path, progress: Progress, *, limit: int | None = None
) -> list[dict[str, Any]]:
    """Evaluates every set: one record a set with its means, its rows, how the stored node codes alone would do, and
    what is left in int8 (None without an int8 model).

    Args:
        restorer: the model in float.
        int8: the same model in int8; its encoder, and so a photo's code, is the float one.
        data: folder of the evaluation sets.
        progress: shows a bar a set.
        limit: only the first photos of each set (for a quick look).

    Raises:
        DataError: a set is missing or unusable.
    """
    records = []
    for chosen in SETS:
        count, samples = chosen.samples(data)
        count = count if limit is None else min(count, limit)
        task = progress.add_task(chosen.name, total=count)
        rows, by_node, rounded = [], [], []
        for _, sample in zip(range(count), samples, strict=False):
            (row,) = measure.evaluate(restorer, [sample], lambda _: None)
            by_node.append(_psnr(sample, restorer, node=row.node))
            if int8 is not None:
                rounded.append(_psnr(sample, int8))
            rows.append(row)
            progress.advance(task)
        means = {name: measure.mean(rows, name) for name in ("psnr_input", "psnr", "ssim_input", "ssim")}
        records.append({
            "set": chosen.name, "kind": chosen.kind, "photos": count, **means,
            "psnr_node_code": sum(by_node) / count, "psnr_int8": sum(rounded) / count if rounded else None,
            "rows": [asdict(row) for row in rows],
        })  # fmt: skip
    return records


def _psnr(sample: measure.Sample, restorer: Restorer, node: int | None = None) -> float:
    restored = restorer.restore(sample.degraded, node=node).image
    return min(measure_quality(sample.clean, restored).psnr, measure.IDENTICAL)


@click.command()
@click.option("--model", default="mobile", show_default=True, help="A shipped model's name, or a bundle's path.")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder of the evaluation sets.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Also write everything as JSON.")
@click.option("--limit", type=click.IntRange(min=1), help="Only the first photos of each set.")
def main(model: str, data: Path, output: Path | None, limit: int | None) -> None:
    """Evaluate a model on all sets and print the table that its model card holds."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        restorer = Restorer.from_bundle(model)
        held = restorer.bundle.manifest.models.get("restorer", {}).get("onnx", {})
        int8 = Restorer.from_bundle(model, precision="int8") if "int8" in held else None
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            records = run(restorer, int8, data, progress, limit=limit)
        click.echo(render(records, restorer.bundle.tree))
        if output is not None:
            identity = {"model": restorer.bundle.manifest.name, "identity": restorer.bundle.manifest.identity}
            write_file(output, (json.dumps({**identity, "sets": records}, indent=1) + "\n").encode())
    except AmirnetError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
