"""`amirnet restore`: photos in, better photos out."""

from __future__ import annotations

from pathlib import Path

import click

from amirnet.batch import native_messages as native
from amirnet.batch.recipe import facts_of
from amirnet.cli.batch import BatchOptions, recipe_for, restore_batch
from amirnet.cli.command_group import BAD_INPUT, fail
from amirnet.cli.console import progress_bar, say
from amirnet.cli.engine_options import engine_options, tell_of_stand_in
from amirnet.cli.output_paths import output_paths
from amirnet.cli.photo_report import json_line, text_line
from amirnet.cli.restore_options import restore_options
from amirnet.errors import AmirnetError
from amirnet.photo.photo_decoder import check_file
from amirnet.photo.save_options import SaveOptions
from amirnet.restorer import Restorer
from amirnet.runtime.restore_options import RestoreOptions


@click.command()
@click.argument("photos", metavar="PHOTO_OR_FOLDER...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="FILE_OR_FOLDER", help="[default: NAME_restored.EXT beside PHOTO]")
@click.option("--model", default="mobile", show_default=True, metavar="NAME_OR_PATH", help="Folder, zip or name.")
@engine_options
@click.option("--tile", type=int, metavar="N", help="Tile in pixels: smaller, less memory. [default: by the photo]")
@click.option("--memory", type=int, metavar="MB", help="Largest memory of the whole process; picks the tile.")
@restore_options
@click.option("--quality", type=int, metavar="N", help="Of JPEG, WebP and AVIF, 1-100. [default: 95 or the input's]")
@click.option("--strip-gps", is_flag=True, help="Leave out where the photo was taken (EXIF and XMP).")
@click.option("--overwrite", is_flag=True, help="Allow -o to be the photo itself.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a photo and line.")
@click.option("--recursive", is_flag=True, help="Folders below a FOLDER too.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Worker processes for many photos. [default: 1]")
@click.option("--ray", metavar="ADDRESS", help="Of a Ray cluster to work on: 'auto', HOST:PORT, or 'local'.")
@click.pass_context
def restore(
    ctx: click.Context,
    photos: tuple[str, ...],
    output: str | None,
    model: str,
    engine: str,
    precision: str,
    tile: int | None,
    memory: int | None,
    options: RestoreOptions,
    quality: int | None,
    strip_gps: bool,
    overwrite: bool,
    as_json: bool,
    recursive: bool,
    jobs: int | None,
    ray: str | None,
) -> None:
    """Make photos better.

    Every photo is checked to be there before the first is processed. A photo that turns out to be damaged is reported,
    the others are still restored, and the exit status is 2.

    With a FOLDER, --recursive, --jobs or --ray it is a batch: each photo goes to its place below the folder -o, a bad
    file does not stop the others, what failed is listed at the end, and the exit status is then 1. The same command
    again goes on where the last one ended: photos done are known by their content, not their names.
    """
    saving = SaveOptions(quality, strip_gps, overwrite)
    inputs = [Path(photo) for photo in photos]
    batch = BatchOptions(recursive, jobs, ray)
    if batch.wanted(inputs):
        recipe = recipe_for(model, engine, precision, tile, memory, options, saving.but(overwrite=False))
        ctx.exit(restore_batch(inputs, output, batch, recipe, overwrite, as_json))
    for photo in inputs:
        check_file(photo)
    outputs = output_paths(inputs, output, overwrite)
    restorer = Restorer.from_bundle(model, tile, engine, precision)
    tell_of_stand_in(restorer)
    restorer.check(options)
    failed = False
    for place, (photo, path) in enumerate(zip(inputs, outputs, strict=True), start=1):
        title = photo.name if len(inputs) == 1 else f"{photo.name} ({place} of {len(inputs)})"
        try:
            with progress_bar(title) as progress:
                native.taken()  # of the photo before
                result = restorer.restore_file(photo, path, options, saving, progress, memory)
        except AmirnetError as error:
            failed = bool(fail(str(error)))
            continue
        for line in result.warnings + native.complaints(native.taken()):
            say("warning: " + " ".join(f"{photo}: {line}".split()), err=True)
        facts = facts_of(result)
        say(json_line(photo, path, facts) if as_json else text_line(photo, path, facts, restorer.bundle.tree))
    if failed:
        ctx.exit(BAD_INPUT)
