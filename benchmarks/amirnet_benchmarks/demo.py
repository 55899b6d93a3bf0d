"""`make demo`: restores real and degraded photos with the shipped model and with classical tools, exports the committed
checkpoint in every format, measures the latency of what came out, and writes a report that shows how it all went.
"""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt
from PIL import Image
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from amirnet import ModelBundle, Restorer
from amirnet.cli.command_group import errors_reported
from amirnet.photo.atomic_file import write_file
from amirnet_training.evaluation.quality import measure_quality

from .classical_tools import tools_for
from .demo_export import Exported, export_checkpoint
from .demo_photos import DEMO_PHOTOS, TIMED_PHOTO, DemoPhoto
from .host import measure_host
from .host_table import render_host
from .report import Beside, RestoredPhoto, build_report, render_report, report_json
from .report_export import describe_export, draw_export

DEFAULT_FOLDER = Path("out/demo")
DEFAULT_CHECKPOINT = Path("models/mobile")
EXPORT = "mobile"
"""The exported bundle's folder below the demo's."""
LIMIT = 10.0
"""Seconds for which tiles are measured, and then photos: a report wants a first number soon, not the last digit."""


@dataclass(frozen=True)
class DemoResult:
    """What a demo found."""

    restored: list[RestoredPhoto]
    """The photos."""
    exported: Exported | None
    """The export; None when it was left out."""
    latency: dict[str, Any]
    """The host benchmark, as it writes it."""


def run_demo(model: str, checkpoint: Path | None, folder: Path, console: Console) -> DemoResult:
    """Restore the demo photos with the bundle `model`, export `checkpoint` to `folder` (None: leave that out), measure
    the exported bundle or else `model`; write the pictures, report.html and report.json to `folder`.

    `console` gets progress bars, if it is a terminal, and a line before what takes long. Raises AmirnetError when the
    bundle is refused, the checkpoint cannot be exported or the folder cannot be written; models that do not agree are
    no error here, they are told in the report.
    """
    started = time.perf_counter()
    bundle = ModelBundle.open(model)
    restorer = Restorer(bundle)
    restorer.restore(DEMO_PHOTOS[0].degraded)  # loads the models and the decoder, so that no photo's time holds it
    load_seconds = time.perf_counter() - started

    def say(line: str) -> None:
        console.print(line, soft_wrap=True)

    restored = []
    columns = (TextColumn("{task.description:<11}"), BarColumn(), TextColumn("{task.completed}/{task.total} tiles"))
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal) as progress:
        for photo in DEMO_PHOTOS:
            restored.append(_restore(restorer, photo, progress))
            write_file(picture_path(folder, photo, "degraded"), photo.degraded.read_bytes())
            write_file(picture_path(folder, photo, "restored"), _png(restored[-1].result.image))
    exported = None
    if checkpoint is not None:
        exported = export_checkpoint(checkpoint, folder / EXPORT, say)
    measured = exported.bundle if exported is not None and exported.bundle is not None else bundle
    say("Measuring latencies (half a minute) ...")
    latency = measure_host(measured, TIMED_PHOTO.degraded, limit=LIMIT)

    report = build_report(bundle, restored, load_seconds)
    report |= describe_export(exported, checkpoint, measured, latency)
    drawn = draw_export(measured, latency)
    write_file(folder / "report.json", report_json(report))
    write_file(folder / "report.html", render_report(bundle, restored, report, drawn).encode())
    return DemoResult(restored, exported, latency)


def picture_path(folder: Path, photo: DemoPhoto, state: str) -> Path:
    """Where the demo leaves a photo; `state` is "degraded" (as it came) or "restored"."""
    suffix = photo.degraded.suffix if state == "degraded" else ".png"
    return folder / "photos" / f"{photo.name}_{state}{suffix}"


def _restore(restorer: Restorer, photo: DemoPhoto, progress: Progress) -> RestoredPhoto:
    task = progress.add_task(photo.title, total=None)

    def advance(done: int, total: int) -> None:
        progress.update(task, completed=done, total=total)

    clean, degraded = _read(photo.clean), _read(photo.degraded)
    result = restorer.restore(photo.degraded, progress=advance)
    before, after = measure_quality(clean, degraded), measure_quality(clean, result.image)
    return RestoredPhoto(photo, degraded, result, before, after, _beside(photo, clean, degraded))


def _beside(photo: DemoPhoto, clean: npt.NDArray[np.uint8], degraded: npt.NDArray[np.uint8]) -> tuple[Beside, ...]:
    """What the classical tools for its kind make of a photo; the slow ones only of small, real ones."""
    found = []
    for tool in tools_for(photo.kind):
        if tool.slow and not photo.real:
            continue
        started = time.perf_counter()
        image = tool.run(degraded)
        found.append(Beside(tool.name, image, measure_quality(clean, image), time.perf_counter() - started))
    return tuple(found)


def _read(path: Path) -> npt.NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def _png(image: npt.NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


@click.command()
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=DEFAULT_FOLDER, show_default=True, help="Folder."
)
@click.option("--model", default="mobile", show_default=True, help="A shipped model's name, or a bundle's path.")
@click.option("--checkpoint", type=click.Path(path_type=Path), default=DEFAULT_CHECKPOINT, show_default=True,
              help="What is exported: a model.safetensors or its run folder.")  # fmt: skip
@click.option("--no-export", is_flag=True, help="Leave the export out, and measure MODEL as it is.")
@click.pass_context
def main(ctx: click.Context, output: Path, model: str, checkpoint: Path, no_export: bool) -> None:
    """Restore the demo's photos, export a checkpoint, measure it, and write a report of it all: report.html and
    report.json in the output folder. Exit status 1 when the exported models do not agree.
    """
    with errors_reported():
        result = run_demo(model, None if no_export else checkpoint, output, Console(stderr=True, highlight=False))
    for photo in result.restored:
        beside = "".join(f"  {other.name} {other.quality.psnr:.2f}" for other in photo.others)
        seconds = photo.result.seconds["total"]
        click.echo(f"{photo.photo.title:<13} {photo.photo.group:<9} {photo.before.psnr:5.2f} -> "
                   f"{photo.after.psnr:5.2f} dB  {seconds:5.2f} s{beside}")  # fmt: skip
    click.echo(f"\n{render_host(result.latency)}")
    click.echo(f"\n{output / 'report.html'}   open it in a browser\n{output / 'report.json'}   the same numbers")
    if result.exported is not None and result.exported.refusal is None:
        state = "kept: nothing has changed since" if result.exported.reused else "parity passed"
        click.echo(f"{output / EXPORT}   the exported bundle ({state})")
    elif result.exported is not None:
        click.echo(f"error: {result.exported.refusal}", err=True)
        ctx.exit(1)


if __name__ == "__main__":
    main()
