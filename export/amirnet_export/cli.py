"""`amirnet export` and `amirnet parity`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from amirnet.cli.console import say, say_lines

from .folding import FOLDS, Fold


@click.command()
@click.argument("checkpoint", type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), metavar="BUNDLE",
              help="A folder, or a name that ends with .zip.")  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace the bundle that is there.")
@click.option("--fold", type=click.Choice(FOLDS), default="none", show_default=True,
              help="A restorer for every node or leaf of the tree instead of one that takes a code.")  # fmt: skip
@click.option("--calibrate", type=click.Path(path_type=Path), metavar="FOLDER",
              help="Quantize a float checkpoint by the training images in FOLDER, without training.")  # fmt: skip
@click.option("--tile", type=int, metavar="N", help="Side in pixels of the tiles that TFLite and Core ML models take, "
              "with halo: larger is quicker a megapixel, and takes memory.")  # fmt: skip
def export(
    checkpoint: Path, output: Path, overwrite: bool, fold: Fold, calibrate: Path | None, tile: int | None
) -> None:
    """Seal CHECKPOINT (a model.safetensors or its run folder) into BUNDLE: ONNX, TFLite and Core ML.

    A checkpoint of `amirnet train --quantize` gives int8 models beside the float ones. Every engine runs the sample
    photos before the bundle is written; nothing is left when they do not agree. The report lies in the bundle as
    parity.json.
    """
    from .exporter import export_bundle
    from .parity.report import render

    manifest = export_bundle(
        checkpoint, output, overwrite=overwrite, fold=fold, calibrate=calibrate, tile=tile,
        tell=lambda report: say_lines(render(report).splitlines(), err=not report.passed),
    )  # fmt: skip
    metrics, precisions = manifest["metrics"], "float and int8" if manifest["quantization"] else "float only"
    say(f"{output}: {manifest['name']}, {precisions}, {metrics['parameters'] / 1e6:.2f} M parameters, "
               f"{metrics['restorer_gmac_per_megapixel']:g} GMAC a megapixel, radius "
               f"{manifest['geometry']['tile']['radius']} px, {len(manifest['tree']['nodes'])} nodes")  # fmt: skip
    if not manifest["quantization"]:
        say("int8: none; `amirnet train CONFIG --quantize` first, or --calibrate FOLDER for the quick path")


@click.command()
@click.argument("bundle", metavar="BUNDLE")
@click.option("--engines", metavar="A,B,...", help="Two or more; `tensorflow` and `tensorflow-reference` run TFLite "
              "models in TensorFlow's own interpreter.  [default: one a format: onnx,tflite,coreml]")  # fmt: skip
@click.option("--photos", type=click.Path(path_type=Path), metavar="FOLDER", help="Photos to compare on.  "
              "[default: the sample photos, in all kinds of damage]")  # fmt: skip
@click.option("--bisect", is_flag=True, help="Name the first step at which two engines part, at every failing node "
              "or, if none fails, at the worst.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def parity(
    ctx: click.Context, bundle: str, engines: str | None, photos: Path | None, bisect: bool, as_json: bool
) -> None:
    """Show that the models of BUNDLE (a shipped name, folder or zip) compute the same in every format.

    Differences are those a display shows, in levels of 0 to 255. Exit status 1 when they are beyond the bars: in float
    1 level, in int8 2 levels and half a per cent of the pixels off by more than 1; the same node for every photo.
    """
    from amirnet.bundle.model_bundle import ModelBundle
    from amirnet_training import progress as bars

    from .formats.registry import default_engines
    from .parity.bisect import bisect_report, render_bisection
    from .parity.check import check, engine_names, units
    from .parity.report import render
    from .parity.samples import sample_photos

    names = default_engines() if engines is None else engine_names(engines)
    opened, samples = ModelBundle.open(bundle), sample_photos(photos)
    with bars.task("comparing engines", units(opened, samples)) as advance:
        report = check(opened, samples, names, advance)
    found = bisect_report(opened, report, samples) if bisect else []
    if as_json:
        extra = {"bisect": [row._asdict() for row in found]} if bisect else {}
        click.echo(json.dumps({**report.to_json(), **extra}))
    else:
        say_lines([*render(report).split("\n"), *render_bisection(found)])
    if not report.passed:
        ctx.exit(1)
