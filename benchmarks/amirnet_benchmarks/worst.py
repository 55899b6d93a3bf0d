"""The photos that came back worst: `python -m amirnet_benchmarks.worst --data FOLDER --train FOLDER`.

From the evaluation of a model: of each set the five that gained least or lost most, as pictures where the set's licence
lets them be shown, and all by name and number.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from amirnet import Restorer
from amirnet.cli.command_group import errors_reported
from amirnet.photo.atomic_file import write_file
from amirnet_training.errors import DataError
from amirnet_training.evaluation.measure import Sample

from .evaluation import find_places, open_model
from .evaluation_file import Record, read, shipped_rows
from .evaluation_sets import EvaluationSet, Places, set_named
from .sheet import Cell, draw_sheet, where_worst

COUNT = 5
SIDE = 168
"""Of a picture, in pixels: the window in which restoring lost most."""
QUALITY = 82


def worst_rows(record: Record, count: int = COUNT) -> list[dict[str, Any]]:
    """The rows with the smallest gain in PSNR, of the model as it ships; the worst first."""
    return sorted(shipped_rows(record), key=lambda row: row["psnr"] - row["psnr_input"])[:count]


def sheet_of(chosen: EvaluationSet, rows: Sequence[dict[str, Any]], restorer: Restorer, places: Places) -> bytes:
    """The pictures of these rows as a JPEG: as it came, restored, as it should be.

    Raises:
        DataError: a photo of the rows is not in the set.
    """
    wanted = {row["name"] for row in rows}
    found: dict[str, Sample] = {}
    for sample in chosen.samples(places)[1]:
        if sample.name in wanted:
            found[sample.name] = sample
    cells = []
    for row in rows:
        if row["name"] not in found:
            raise DataError(f"{chosen.name}: has no {row['name']}: the evaluation is of other photos, make it again")
        sample = found[row["name"]]
        restored = restorer.restore(sample.degraded).image
        window = where_worst(sample.degraded, restored, sample.clean, SIDE)
        cells.append([
            Cell(sample.degraded[window], f"{row['psnr_input']:.2f} dB", row["name"]),
            Cell(restored[window], f"restored {row['psnr']:.2f} dB", loud=True),
            Cell(sample.clean[window], "as it should be"),
        ])  # fmt: skip
    buffer = io.BytesIO()
    draw_sheet(cells, SIDE, SIDE, font=13).save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue()


def file_of(chosen: EvaluationSet) -> str:
    """The sheet's file name."""
    return chosen.name.replace(" ", "_") + ".jpg"


def render(records: Sequence[Record], shown: Sequence[str], model: str) -> str:
    """The page: a table of names and numbers a set, and the sheet where there is one."""
    lines = [f"# Where {model} does worst", "", "Of each set the five photos that gained least or lost most; PSNR in "
             "dB of the whole photo, as it came and restored, by the model as it ships. Pictures show the window where "
             "restoring lost most, where the licence lets it be shown: SIDD and DPDD (MIT), REDS (CC BY 4.0, Nah et "
             "al.), PolyU (Xu et al., non-commercial). Made by `python -m amirnet_benchmarks.worst`."]  # fmt: skip
    for record in records:
        lines += ["", f"## {record['set']}", "", "| photo | as it came | restored | gain | node |",
                  "|---|---:|---:|---:|---:|"]  # fmt: skip
        for row in worst_rows(record):
            gain = row["psnr"] - row["psnr_input"]
            numbers = f"{row['psnr_input']:.2f} | {row['psnr']:.2f} | {gain:+.2f} | {row['node']}"
            lines.append(f"| {row['name']} | {numbers} |")
        if record["set"] in shown:
            lines += ["", f"![the worst of {record['set']}]({file_of(set_named(record['set']))})"]
    return "\n".join(lines) + "\n"


@click.command()
@click.option("--model", default="mobile", show_default=True, help="A shipped model's name, or a bundle's path.")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder of the evaluation sets.")
@click.option("--train", type=click.Path(path_type=Path), help="Folder of the training sets.")
@click.option("--config", type=click.Path(path_type=Path), help="What the model was trained with. "
              "[default: models/MODEL/config.yaml]")  # fmt: skip
@click.option("--evaluation", type=click.Path(path_type=Path), help="What the evaluation wrote. "
              "[default: models/MODEL/evaluation.json]")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder. [default: models/MODEL/worst]")
def main(
    model: str, data: Path, train: Path | None, config: Path | None, evaluation: Path | None, output: Path | None
) -> None:
    """Write a page of the photos that MODEL did worst on: README.md and a JPEG a set, in the output folder."""
    output = output or Path("models") / model / "worst"
    with errors_reported():
        places = find_places(model, data, train, config)
        identity, records = read(evaluation or Path("models") / model / "evaluation.json")
        restorer, int8 = open_model(model)
        if identity.get("identity") != restorer.bundle.manifest.identity:
            raise DataError(f"the evaluation is not of {model} as it is now: run it again, with -o")
        shown = []
        for record in records:
            chosen = set_named(record["set"])
            if chosen.may_show and (chosen.group == "real" or train is not None):
                content = sheet_of(chosen, worst_rows(record), int8 or restorer, places)
                write_file(output / file_of(chosen), content)
                click.echo(f"{output / file_of(chosen)}  {len(content) // 1024} KB")
                shown.append(chosen.name)
        write_file(output / "README.md", render(records, shown, restorer.bundle.manifest.name).encode())
        click.echo(str(output / "README.md"))


if __name__ == "__main__":
    main()
