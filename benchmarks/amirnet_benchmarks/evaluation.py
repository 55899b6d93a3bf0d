"""The evaluation of a model on every set: `python -m amirnet_benchmarks.evaluation --data FOLDER --train FOLDER`.

The folders hold the evaluation sets and the training sets, laid out as models/mobile/README.md says. Prints the tables
and how far the model is from its targets, and writes it all, with every photo's row, as JSON. Needs
`pip install 'amirnet[benchmarks,training]'`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from amirnet import Restorer
from amirnet.cli.command_group import errors_reported
from amirnet.photo.atomic_file import write_file
from amirnet_training.config import load
from amirnet_training.errors import ConfigError
from amirnet_training.evaluation import measure
from amirnet_training.evaluation.quality import measure_quality

from .evaluation_file import read, to_bytes
from .evaluation_sets import GROUPS, SETS, EvaluationSet, Places
from .evaluation_table import render
from .targets import render_targets


def run(
    restorer: Restorer,
    int8: Restorer | None,
    sets: Sequence[EvaluationSet],
    places: Places,
    progress: Progress,
    *,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """Evaluates the sets: one record each, as `evaluation_file` describes it, in float and in int8.

    Args:
        restorer: the model in float. On degraded photos it is also asked for what the stored node codes alone do.
        int8: the same model in int8; its encoder, and so a photo's code, is the float one. None without such a model.
        sets: what to measure.
        places: where the sets lie, and what the model was trained with.
        progress: shows a bar a set.
        limit: only the first photos of each set (for a quick look).

    Raises:
        DataError: a set is missing or unusable.
        ConfigError: a held-out slice without training sets or configuration.
    """
    records = []
    for chosen in sets:
        count, samples = chosen.samples(places)
        count = count if limit is None else min(count, limit)
        task = progress.add_task(chosen.name, total=count)
        rows, rounded, by_node = [], [], []
        for _, sample in zip(range(count), samples, strict=False):
            rows += measure.evaluate(restorer, [sample], lambda _: None)
            if int8 is not None:
                rounded += measure.evaluate(int8, [sample], lambda _: None)
            if chosen.group != "dark":
                by_node.append(_psnr(sample, restorer, node=rows[-1].node))
            progress.advance(task)
        trained = places.config is not None and chosen.group == "held-out" and chosen.source(places.config) is not None
        records.append({
            "set": chosen.name, "group": chosen.group, "kind": chosen.kind, "photos": count,
            "whole": chosen.group == "held-out" and not trained,
            **measure.summary(rows), "int8": measure.summary(rounded) if rounded else None,
            "psnr_node_code": sum(by_node) / count if by_node else None,
            "rows": [asdict(row) for row in rows], "rows_int8": [asdict(row) for row in rounded],
        })  # fmt: skip
    return records


def _psnr(sample: measure.Sample, restorer: Restorer, node: int) -> float:
    restored = restorer.restore(sample.degraded, node=node).image
    return min(measure_quality(sample.clean, restored).psnr, measure.IDENTICAL)


def open_model(model: str) -> tuple[Restorer, Restorer | None]:
    """A bundle in float, and in int8 if it holds that. Raises BundleError."""
    restorer = Restorer.from_bundle(model)
    held = restorer.bundle.manifest.models.get("restorer", {}).get("onnx", {})
    return restorer, Restorer.from_bundle(model, precision="int8") if "int8" in held else None


def find_places(model: str, data: Path, train: Path | None, config: Path | None) -> Places:
    """Where the sets lie. Without a `config` it is models/MODEL/config.yaml; it is read only if `train` is given.

    Raises:
        ConfigError: there is no such configuration, or it is none.
    """
    if train is None:
        return Places(data)
    found = Path("models") / model / "config.yaml" if config is None else config
    if config is None and not found.is_file():
        raise ConfigError(f"{found}: no such file, and what was held out follows from it: name it with --config")
    return Places(data, train, load(found))


@click.command()
@click.option("--model", default="mobile", show_default=True, help="A shipped model's name, or a bundle's path.")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder of the evaluation sets.")
@click.option("--train", type=click.Path(path_type=Path), help="Folder of the training sets: adds what was held out "
              "of them.")  # fmt: skip
@click.option("--config", type=click.Path(path_type=Path), help="What the model was trained with. "
              "[default: models/MODEL/config.yaml]")  # fmt: skip
@click.option("--only", type=click.Choice(GROUPS), multiple=True, help="Only sets of this group; may be given again.")
@click.option("--match", multiple=True, metavar="TEXT", help="Only sets whose name begins so; may be given again.")
@click.option("--against", type=click.Path(path_type=Path), help="Evaluation of a larger model, to compare with.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Also write everything as JSON.")
@click.option("--limit", type=click.IntRange(min=1), help="Only the first photos of each set.")
def main(
    model: str,
    data: Path,
    train: Path | None,
    config: Path | None,
    only: tuple[str, ...],
    match: tuple[str, ...],
    against: Path | None,
    output: Path | None,
    limit: int | None,
) -> None:
    """Evaluate a model on all sets; print the tables that its model card holds, and how far its targets are."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with errors_reported():
        places = find_places(model, data, train, config)
        wanted = only or tuple(group for group in GROUPS if group != "held-out" or train is not None)
        other = None if against is None else read(against)[1]
        restorer, int8 = open_model(model)
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            sets = [chosen for chosen in SETS if chosen.group in wanted and chosen.name.startswith(match or ("",))]
            records = run(restorer, int8, sets, places, progress, limit=limit)
        click.echo(f"{render(records, restorer.bundle.tree)}\n\n{render_targets(records, other)}")
        if output is not None:
            identity = {"model": restorer.bundle.manifest.name, "identity": restorer.bundle.manifest.identity}
            write_file(output, to_bytes(identity, records))


if __name__ == "__main__":
    main()
