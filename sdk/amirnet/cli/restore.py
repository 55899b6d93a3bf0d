"""`amirnet restore`: photos in, better photos out."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter

import click

from amirnet.cli.command_group import BAD_INPUT, fail
from amirnet.cli.console import name_of, percent, progress_bar, say
from amirnet.cli.engine_options import engine_options, tell_of_stand_in
from amirnet.cli.output_paths import output_paths
from amirnet.errors import AmirnetError
from amirnet.photo_decoder import check_file
from amirnet.photo_encoder import check_quality
from amirnet.restorer import Restorer, RestoreResult


@click.command()
@click.argument("photos", metavar="PHOTO...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="FILE_OR_FOLDER", help="[default: NAME_restored.EXT beside PHOTO]")
@click.option("--model", default="mobile", show_default=True, metavar="NAME_OR_PATH", help="Folder, zip or name.")
@engine_options
@click.option("--tile", type=int, metavar="N", help="Tile size in pixels: smaller, less memory. [default: the model's]")
@click.option("--node", type=int, metavar="ID", help="Take the photo for this node of the tree (see inspect).")
@click.option("--quality", type=int, metavar="N", help="Of JPEG, WebP and AVIF, 1-100. [default: 95 or the input's]")
@click.option("--strip-gps", is_flag=True, help="Leave out where the photo was taken (EXIF and XMP).")
@click.option("--overwrite", is_flag=True, help="Allow -o to be the photo itself.")
@click.option("--first-frame", is_flag=True, help="Take the first picture of an animation instead of refusing it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a photo and line.")
@click.pass_context
def restore(
    ctx: click.Context,
    photos: tuple[str, ...],
    output: str | None,
    model: str,
    engine: str,
    precision: str,
    tile: int | None,
    node: int | None,
    quality: int | None,
    strip_gps: bool,
    overwrite: bool,
    first_frame: bool,
    as_json: bool,
) -> None:
    """Make photos better.

    Every photo is checked to be there before the first is processed. A photo that turns out to be damaged is reported,
    the others are still restored, and the exit status is 2.
    """
    check_quality(quality)
    inputs = [Path(photo) for photo in photos]
    for photo in inputs:
        check_file(photo)
    outputs = output_paths(inputs, output, overwrite)
    restorer = Restorer.from_bundle(model, tile, engine, precision)
    tell_of_stand_in(restorer)
    if node is not None:
        restorer.bundle.tree.node(node)
    failed = False
    for place, (photo, path) in enumerate(zip(inputs, outputs, strict=True), start=1):
        title = photo.name if len(inputs) == 1 else f"{photo.name} ({place} of {len(inputs)})"
        try:
            with progress_bar(title) as progress:
                result = restorer.restore(photo, progress=progress, node=node, first_frame=first_frame)
                started = perf_counter()
                losses = result.save(path, quality, strip_gps, overwrite)
                saving = perf_counter() - started
        except AmirnetError as error:
            failed = bool(fail(str(error)))
            continue
        for line in result.warnings + losses:
            say("warning: " + " ".join(f"{photo}: {line}".split()), err=True)
        *stages, (_, total) = result.seconds.items()
        seconds = {**dict(stages), "save": saving, "total": total + saving}
        say(_as_json(photo, path, result, seconds) if as_json else _as_line(photo, path, result, seconds, restorer))
    if failed:
        ctx.exit(BAD_INPUT)


def _as_json(photo: Path, path: Path, result: RestoreResult, seconds: dict[str, float]) -> str:
    fields = {
        "input": str(photo),
        "output": str(path),
        "node": result.node,
        "path": list(result.path),
        "confidence": result.confidence,
        "tiles": result.tiles,
        "seconds": {stage: round(spent, 6) for stage, spent in seconds.items()},
    }
    return json.dumps(fields)


def _as_line(photo: Path, path: Path, result: RestoreResult, seconds: dict[str, float], restorer: Restorer) -> str:
    node = name_of(restorer.bundle.tree.node(result.node))
    tiles = f"{result.tiles} tile{'s' if result.tiles > 1 else ''}"
    return f"{photo} → {path}  [{node}, {percent(result.confidence)} sure; {tiles}, {seconds['total']:.2f} s]"
