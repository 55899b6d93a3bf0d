"""`amirnet evaluate`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amirnet.cli.console import say
from amirnet.cli.engine_options import engine_options, tell_of_stand_in
from amirnet.restorer import Restorer

from . import progress as bars
from .errors import ConfigError, DataError

if TYPE_CHECKING:
    from .evaluation.measure import Row, Sample


@click.command()
@click.argument("model")
@click.option("--pairs", nargs=2, type=click.Path(path_type=Path), metavar="INPUTS TARGETS",
              help="Two folders, same names.")  # fmt: skip
@click.option("--clean", type=click.Path(path_type=Path), metavar="FOLDER",
              help="Clean photos, made worse by --degrade or --dark.")  # fmt: skip
@click.option("--degrade", metavar="SPEC", help="noise:25, camera:0.01:0.01, defocus:2.5, motion:11:30, lowlight:0.15, "
              "jpeg:20 or none; +jpeg:92 after any of them.")  # fmt: skip
@click.option("--dark", metavar="SPEC", help="Photos that are meant to be dark, their darkness as the target: dim, "
              "dim:0.3, night or night:3; +noise after any of them.")  # fmt: skip
@engine_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def evaluate(
    model: str,
    pairs: tuple[Path, Path] | None,
    clean: Path | None,
    degrade: str | None,
    dark: str | None,
    engine: str,
    precision: str,
    as_json: bool,
) -> None:
    """Measure the bundle MODEL (a shipped name, folder or zip) on photos whose originals are known.

    PSNR over RGB and SSIM (Gaussian window, mean over channels) with data range 1, of the restored photo and, beside
    it, of the input; "light" is the mean level of the result over that of the input. Photos that equal their original
    count as 100 dB. At the end how many photos came back worse than they went in by more than 0.3 dB, and the largest
    loss. With `--degrade none` also the share of false restorations: clean photos that come back at less than 40 dB to
    themselves; with `--dark` how many came back brighter than they are meant to be by more than a tenth.
    """
    from .evaluation import dark as darkness
    from .evaluation import measure

    count, samples = _source(pairs, clean, degrade, dark)
    restorer = _restorer(model, engine, precision)
    with bars.task("evaluating", count) as advance:
        rows = measure.evaluate(restorer, samples, advance)
    found = measure.summary(rows)
    if degrade == "none":
        found["false_restorations"] = measure.false_restorations(rows)
    if dark is not None:
        found |= {"too_bright": darkness.too_bright(rows), "glow_max": max(map(darkness.glow, rows))}
    if as_json:
        say(json.dumps({**found, "images": [asdict(row) for row in rows]}))
        return
    _print_table(restorer, rows, found)
    if degrade == "none":
        share = found["false_restorations"]
        say(f"false restorations (below {measure.UNHARMED:.0f} dB): {share:.1%} of {len(rows)} photos")
    if dark is not None:
        say(f"brighter than meant by more than {darkness.TOO_BRIGHT - 1:.0%}: {found['too_bright']} of "
            f"{len(rows)} photos, at most {found['glow_max']:.2f} times")  # fmt: skip


def _source(
    pairs: tuple[Path, Path] | None, clean: Path | None, degrade: str | None, dark: str | None
) -> tuple[int, Iterator[Sample]]:
    from .degradations import parse
    from .evaluation import dark as darkness
    from .evaluation import measure

    if (pairs is None) == (clean is None):
        raise ConfigError("evaluate takes one source: --pairs INPUTS TARGETS, or --clean FOLDER --degrade SPEC")
    if (clean is None) != (degrade is None and dark is None):
        raise ConfigError("--clean and --degrade (or --dark) go together: --clean photos --degrade noise:25")
    if pairs is not None:
        return measure.pairs(*pairs)
    if degrade is not None and dark is not None:
        raise ConfigError("--degrade and --dark are two questions: ask one at a time")
    assert clean is not None
    try:
        if dark is not None:
            return darkness.darkened(clean, darkness.parse(dark))
        return measure.degraded(clean, parse(degrade or ""))
    except ValueError as error:
        raise DataError(str(error)) from None


def _print_table(restorer: Restorer, rows: list[Row], found: dict[str, float]) -> None:
    from .evaluation.measure import WORSE

    width = max(len("image"), *(len(row.name) for row in rows))
    say(f"{'image':<{width}}  {'PSNR in':>8} {'PSNR':>8}  {'SSIM in':>8} {'SSIM':>8}  {'light':>6}  node")
    for row in rows:
        numbers = f"{row.psnr_input:8.2f} {row.psnr:8.2f}  {row.ssim_input:8.4f} {row.ssim:8.4f}  {row.brightened:6.2f}"
        say(f"{row.name:<{width}}  {numbers}  {row.node} {restorer.bundle.tree.node(row.node).label}")
    numbers = f"{found['psnr_input']:8.2f} {found['psnr']:8.2f}  {found['ssim_input']:8.4f} {found['ssim']:8.4f}"
    say(f"{'mean':<{width}}  {numbers}  {found['brightened']:6.2f}  ({len(rows)} photos)")
    say(f"worse by more than {WORSE} dB: {found['worse']} of {len(rows)} photos, "
        f"largest loss {found['worst_loss']:.2f} dB")  # fmt: skip


def _restorer(model: str, engine: str, precision: str) -> Restorer:
    if model.endswith((".safetensors", ".pt")):
        raise ConfigError(f"{model}: a checkpoint, not a bundle: first 'amirnet export {model} -o BUNDLE'")
    restorer = Restorer.from_bundle(model, engine=engine, precision=precision)
    tell_of_stand_in(restorer)
    return restorer
