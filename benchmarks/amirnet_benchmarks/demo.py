"""`make demo`: restores five degraded photos with the shipped model and writes a report that shows how it went."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt
from PIL import Image
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from amirnet import Bundle, Restorer
from amirnet.atomic_file import write_file
from amirnet.errors import AmirnetError
from amirnet_training.evaluation.quality import measure_quality

from .demo_photos import DEMO_PHOTOS, DemoPhoto
from .report import RestoredPhoto, build_report, render_report, report_json

DEFAULT_FOLDER = Path("out/demo")


def run_demo(model: str, folder: Path, console: Console) -> list[RestoredPhoto]:
    """Restore the demo photos with the bundle `model`; write the pictures, report.html and report.json to `folder`.

    `console` gets the progress bar, if it is a terminal. Raises AmirnetError when the bundle is refused or the folder
    cannot be written.
    """
    started = time.perf_counter()
    bundle = Bundle.open(model)
    restorer = Restorer(bundle)
    restorer.restore(DEMO_PHOTOS[0].degraded)  # loads the models and the decoder, so that no photo's time holds it
    load_seconds = time.perf_counter() - started

    restored = []
    columns = (TextColumn("{task.description:<11}"), BarColumn(), TextColumn("{task.completed}/{task.total} tiles"))
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal) as progress:
        for photo in DEMO_PHOTOS:
            restored.append(_restore(restorer, photo, progress))
            write_file(picture_path(folder, photo, "degraded"), photo.degraded.read_bytes())
            write_file(picture_path(folder, photo, "restored"), _png(restored[-1].result.image))
    report = build_report(bundle, restored, load_seconds)
    write_file(folder / "report.json", report_json(report))
    write_file(folder / "report.html", render_report(bundle, restored, report).encode())
    return restored


def picture_path(folder: Path, photo: DemoPhoto, state: str) -> Path:
    """Where the demo leaves a photo; `state` is "degraded" or "restored"."""
    return folder / "photos" / f"{photo.name}_{state}.png"


def _restore(restorer: Restorer, photo: DemoPhoto, progress: Progress) -> RestoredPhoto:
    task = progress.add_task(photo.title, total=None)

    def advance(done: int, total: int) -> None:
        progress.update(task, completed=done, total=total)

    clean, degraded = _read(photo.clean), _read(photo.degraded)
    result = restorer.restore(photo.degraded, progress=advance)
    return RestoredPhoto(
        photo, degraded, result, measure_quality(clean, degraded), measure_quality(clean, result.image)
    )


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
def main(output: Path, model: str) -> None:
    """Restore the demo photos and write a report of it: report.html and report.json in the output folder."""
    try:
        restored = run_demo(model, output, Console(stderr=True))
    except AmirnetError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    for photo in restored:
        name = f"{photo.photo.title:<11} {photo.photo.degradation:<13}"
        click.echo(
            f"{name} {photo.before.psnr:5.2f} -> {photo.after.psnr:5.2f} dB  {photo.result.seconds['total']:5.2f} s"
        )
    click.echo(f"\n{output / 'report.html'}   open it in a browser\n{output / 'report.json'}   the same numbers")


if __name__ == "__main__":
    main()
