"""`amirnet train` and `amirnet evaluate`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amirnet.cli.engine_options import engine_options, tell_of_stand_in
from amirnet.restorer import Restorer

from . import progress as bars
from .errors import ConfigError, DataError

if TYPE_CHECKING:
    from .config import Config


@click.command()
@click.argument("config", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Run folder. [default: runs/NAME of the config]")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the image sets, instead of data.root.")
@click.option("--resume", is_flag=True, help="Go on from the run folder's checkpoint.")
@click.option("--quantize", is_flag=True, help="Train the finished model's restorer on for 8 bits, as a new run.")
@click.option("--from", "start", type=click.Path(path_type=Path), metavar="CHECKPOINT",
              help="The finished model for --quantize. [default: runs/NAME of the config]")  # fmt: skip
def train(
    config: Path, output: Path | None, data: Path | None, resume: bool, quantize: bool, start: Path | None
) -> None:
    """Train the model that CONFIG describes: a YAML file, or the name of a shipped one such as mobile.

    The run folder gets checkpoint.pt (to resume from), log.jsonl, a TensorBoard log, and at the end model.safetensors,
    which `amirnet export` takes. Under torchrun all processes train together. With --quantize the run folder is
    runs/NAME-int8, and its model holds the float network as it was beside the restorer for 8 bits.
    """
    from .config import load, with_root

    settings = load(config)
    if data is not None:
        settings = with_root(settings, data)
    if start is not None and not quantize:
        raise ConfigError("--from names the model for --quantize: add --quantize, or leave --from out")
    if quantize:
        _quantize(settings, start or Path("runs") / settings.name, output, resume)
        return
    from .trainer import Trainer

    folder = output or Path("runs") / settings.name
    trainer = Trainer(settings, folder, resume=resume)
    trainer.run()
    if trainer.fabric.is_global_zero:
        click.echo(f"{folder / 'model.safetensors'}: trained {settings.train.steps} steps")


def _quantize(settings: Config, start: Path, output: Path | None, resume: bool) -> None:
    from .quantization.trainer import QuantisationTrainer

    folder = output or Path("runs") / f"{settings.name}-int8"
    trainer = QuantisationTrainer(settings, start, folder, resume=resume)
    trainer.run()
    if trainer.fabric.is_global_zero:
        lost = f": int8 loses {trainer.losses[-1]:.2f} dB on held-out photos" if trainer.losses else ""
        click.echo(f"{folder / 'model.safetensors'}: quantised in {settings.quantize.steps} steps{lost}")


@click.command()
@click.argument("model")
@click.option("--pairs", nargs=2, type=click.Path(path_type=Path), metavar="INPUTS TARGETS",
              help="Two folders, same names.")  # fmt: skip
@click.option("--clean", type=click.Path(path_type=Path), metavar="FOLDER", help="Clean photos, degraded by --degrade.")
@click.option("--degrade", metavar="SPEC", help="noise:25, camera:0.01:0.01, defocus:2.5, motion:11:30, lowlight:0.15, "
              "jpeg:20 or none; +jpeg:92 after any of them.")  # fmt: skip
@engine_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def evaluate(
    model: str,
    pairs: tuple[Path, Path] | None,
    clean: Path | None,
    degrade: str | None,
    engine: str,
    precision: str,
    as_json: bool,
) -> None:
    """Measure the bundle MODEL (a shipped name, folder or zip) on photos whose originals are known.

    PSNR over RGB and SSIM (Gaussian window, mean over channels) with data range 1, of the restored photo and, beside
    it, of the input. Photos that equal their original count as 100 dB. With `--degrade none` also the share of false
    restorations: clean photos that come back at less than 40 dB to themselves.
    """
    from .degradations import parse
    from .evaluation import measure

    if (pairs is None) == (clean is None):
        raise ConfigError("evaluate takes one source: --pairs INPUTS TARGETS, or --clean FOLDER --degrade SPEC")
    if (clean is None) != (degrade is None):
        raise ConfigError("--clean and --degrade go together: for example --clean photos --degrade noise:25")
    restorer = _restorer(model, engine, precision)
    if pairs is not None:
        count, samples = measure.pairs(*pairs)
    else:
        assert clean is not None and degrade is not None
        try:
            degradation = parse(degrade)
        except ValueError as error:
            raise DataError(str(error)) from None
        count, samples = measure.degraded(clean, degradation)
    with bars.task("evaluating", count) as advance:
        rows = measure.evaluate(restorer, samples, advance)
    names = ("psnr", "psnr_input", "ssim", "ssim_input")
    means = {name: measure.mean(rows, name) for name in names}
    if degrade == "none":
        means["false_restorations"] = measure.false_restorations(rows)
    if as_json:
        click.echo(json.dumps({**means, "images": [asdict(row) for row in rows]}))
        return
    width = max(len("image"), *(len(row.name) for row in rows))
    click.echo(f"{'image':<{width}}  {'PSNR in':>8} {'PSNR':>8}  {'SSIM in':>8} {'SSIM':>8}  node")
    for row in rows:
        node = restorer.bundle.tree.node(row.node)
        numbers = f"{row.psnr_input:8.2f} {row.psnr:8.2f}  {row.ssim_input:8.4f} {row.ssim:8.4f}"
        click.echo(f"{row.name:<{width}}  {numbers}  {row.node} {node.label}")
    numbers = f"{means['psnr_input']:8.2f} {means['psnr']:8.2f}  {means['ssim_input']:8.4f} {means['ssim']:8.4f}"
    click.echo(f"{'mean':<{width}}  {numbers}  ({len(rows)} photos)")
    if degrade == "none":
        share = means["false_restorations"]
        click.echo(f"false restorations (below {measure.UNHARMED:.0f} dB): {share:.1%} of {len(rows)} photos")


def _restorer(model: str, engine: str, precision: str) -> Restorer:
    if model.endswith((".safetensors", ".pt")):
        raise ConfigError(f"{model}: a checkpoint, not a bundle: first 'amirnet export {model} -o BUNDLE'")
    restorer = Restorer.from_bundle(model, engine=engine, precision=precision)
    tell_of_stand_in(restorer)
    return restorer
