"""The model beside classical tools: `python -m amirnet_benchmarks.classical --data FOLDER --train FOLDER`.

Same photos, same pixels, same run. Sets with noise are compared in the middle 160 x 160 pixels of each photo, because
BM3D takes minutes a megapixel; the network and NLM get the whole photo.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.progress import Progress

from amirnet import Restorer
from amirnet.cli.command_group import errors_reported
from amirnet.photo.atomic_file import write_file
from amirnet_training.evaluation import measure
from amirnet_training.evaluation.quality import measure_quality

from .classical_tools import BM3D_SIDE, Photo, Tool, middle, tools_for
from .evaluation import find_places, open_model
from .evaluation_sets import EvaluationSet, Places, set_named
from .machine import processor

COMPARED = ("SIDD_val65", "SIDD_full256 held-out", "PolyU_orig256 held-out", "LOL_eval15", "DPDD_test12",
            "REDS_720p_003")  # fmt: skip
OURS = "AMIRNet"


@dataclass(frozen=True)
class Restored:
    """What one tool made of one photo."""

    image: Photo
    """The result."""
    psnr: float
    """In dB (at most 100) over the compared pixels."""
    seconds_per_megapixel: float
    """Of what it was given."""


def compare_photo(restorer: Restorer, tools: Sequence[Tool], sample: measure.Sample) -> dict[str, Restored]:
    """The network first, then each tool, on one photo.

    If one of the tools is slow, all are measured in the middle of the photo, and the slow one gets no more than that.
    """
    side = BM3D_SIDE if any(tool.slow for tool in tools) else max(sample.clean.shape)
    clean = middle(sample.clean, side)

    def made(run: Callable[[Photo], Photo], given: Photo) -> Restored:
        started = time.perf_counter()
        result = run(given)
        seconds = time.perf_counter() - started
        shown = middle(result, side)
        return Restored(shown, psnr(clean, shown), seconds / (given.shape[0] * given.shape[1] / 1e6))

    found = {OURS: made(lambda photo: restorer.restore(photo).image, sample.degraded)}
    for tool in tools:
        found[tool.name] = made(tool.run, middle(sample.degraded, side) if tool.slow else sample.degraded)
    before = middle(sample.degraded, side)
    return {"input": Restored(before, psnr(clean, before), 0.0), **found}


def psnr(clean: Photo, photo: Photo) -> float:
    """In dB, at most 100."""
    return min(measure_quality(clean, photo).psnr, measure.IDENTICAL)


def compare(
    restorer: Restorer, sets: Sequence[EvaluationSet], places: Places, progress: Progress, limit: int | None = None
) -> list[dict[str, Any]]:
    """One record a set: its name, photos, side in pixels of what was compared (None: all), and for `input`, the network
    and each tool the mean PSNR (dB), the seconds a megapixel and how many photos got worse by more than 0.3 dB.

    Raises what `EvaluationSet.samples` raises.
    """
    records = []
    for chosen in sets:
        tools = tools_for(chosen.kind)
        count, samples = chosen.samples(places)
        count = count if limit is None else min(count, limit)
        task = progress.add_task(chosen.name, total=count)
        photos: list[dict[str, Restored]] = []
        for _, sample in zip(range(count), samples, strict=False):
            photos.append(compare_photo(restorer, tools, sample))
            progress.advance(task)
        before = [photo["input"].psnr for photo in photos]
        found = {}
        for name in photos[0]:
            after = [photo[name].psnr for photo in photos]
            found[name] = {
                "psnr": float(np.mean(after)),
                "seconds_per_megapixel": float(np.median([photo[name].seconds_per_megapixel for photo in photos])),
                "worse": sum(was - now > measure.WORSE for was, now in zip(before, after, strict=True)),
            }
        side = BM3D_SIDE if any(tool.slow for tool in tools) else None
        records.append({"set": chosen.name, "photos": count, "side": side, "results": found})
    return records


def render(records: Sequence[dict[str, Any]]) -> str:
    """The comparison as a Markdown table, a row a set and tool."""
    lines = ["| set | with | PSNR | gain | worse by 0.3 dB | seconds a megapixel |", "|---|---|---:|---:|---:|---:|"]
    for record in records:
        before = record["results"]["input"]["psnr"]
        where = "" if record["side"] is None else f", middle {record['side']} px"
        lines.append(f"| {record['set']} ({record['photos']} photos{where}) | input | {before:.2f} | | | |")
        for name, found in record["results"].items():
            if name != "input":
                lines.append(f"| | {name} | {found['psnr']:.2f} | {found['psnr'] - before:+.2f} | {found['worse']} "
                             f"| {found['seconds_per_megapixel']:.2f} |")  # fmt: skip
    return "\n".join([*lines, "", f"Measured on {processor()}, everything on the processor."])


@click.command()
@click.option("--model", default="mobile", show_default=True, help="A shipped model's name, or a bundle's path.")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder of the evaluation sets.")
@click.option("--train", type=click.Path(path_type=Path), help="Folder of the training sets: adds what was held out "
              "of them.")  # fmt: skip
@click.option("--config", type=click.Path(path_type=Path), help="What the model was trained with. "
              "[default: models/MODEL/config.yaml]")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Also write the numbers as JSON.")
@click.option("--limit", type=click.IntRange(min=1), help="Only the first photos of each set.")
def main(
    model: str, data: Path, train: Path | None, config: Path | None, output: Path | None, limit: int | None
) -> None:
    """Compare the model, in int8 if it has that, with classical tools on real photos."""
    console = Console(stderr=True)
    with errors_reported():
        places = find_places(model, data, train, config)
        sets = [set_named(name) for name in COMPARED]
        sets = [chosen for chosen in sets if chosen.group == "real" or train is not None]
        restorer, int8 = open_model(model)
        with Progress(console=console, disable=not console.is_terminal) as progress:
            records = compare(int8 or restorer, sets, places, progress, limit)
        click.echo(render(records))
        if output is not None:
            write_file(output, (json.dumps({"processor": processor(), "sets": records}, indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
