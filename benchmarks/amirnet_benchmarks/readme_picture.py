"""Makes docs/before_after.png, the README's first picture, from what `make demo` left in out/demo."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import click
from PIL import Image, ImageDraw, ImageFont

from amirnet.errors import AmirnetError, ImageError
from amirnet.photo.atomic_file import write_file

from .demo import DEFAULT_FOLDER, picture_path
from .demo_photos import DEMO_PHOTOS, DemoPhoto

SHOWN = {"chelsea_cat": (0.5, 0.5), "coffee": (0.46, 0.5), "astronaut": (0.4, 0.3), "china_temple": (0.32, 0.4)}
"""Photo -> what the cut between the halves should run through, as fractions of its width and height."""

SIDE, GAP, CAPTION = 380, 16, 62
PAPER, INK, MUTED = "#ffffff", "#22262b", "#646b74"


def compose(folder: Path) -> Image.Image:
    """The strip: a square a photo, its left half as it came, its right half restored, and the PSNR of both below.

    `folder` is the demo's output folder. Raises ImageError when the demo has not run there.
    """
    try:
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        photos = [photo for photo in DEMO_PHOTOS if photo.name in SHOWN]
        numbers = {entry["name"]: entry for entry in report["photos"]}
        strip = Image.new("RGB", (len(photos) * (SIDE + GAP) - GAP, SIDE + CAPTION), PAPER)
        for index, photo in enumerate(photos):
            left = index * (SIDE + GAP)
            strip.paste(_halves(folder, photo), (left, 0))
            _caption(strip, left, photo, numbers[photo.name])
    except (OSError, ValueError, KeyError) as error:
        raise ImageError(f"{folder}: does not hold the demo's output ({error}); run `make demo` first") from error
    return strip


def _halves(folder: Path, photo: DemoPhoto) -> Image.Image:
    with Image.open(picture_path(folder, photo, "degraded")) as image:
        square = _square(image, SHOWN[photo.name])
    with Image.open(picture_path(folder, photo, "restored")) as image:
        square.paste(_square(image, SHOWN[photo.name]).crop((SIDE // 2, 0, SIDE, SIDE)), (SIDE // 2, 0))
    ImageDraw.Draw(square).line([(SIDE // 2, 0), (SIDE // 2, SIDE)], fill="#ffffff", width=2)
    return square


def _square(image: Image.Image, middle: tuple[float, float]) -> Image.Image:
    """SIDE x SIDE pixels around `middle`, unscaled, so that noise looks as it is; only a smaller photo is enlarged."""
    scale = SIDE / min(image.size)
    if scale > 1:
        image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    left, top = (
        max(0, min(round(fraction * side) - SIDE // 2, side - SIDE))
        for fraction, side in zip(middle, image.size, strict=True)
    )
    return image.convert("RGB").crop((left, top, left + SIDE, top + SIDE))


def _caption(strip: Image.Image, left: int, photo: DemoPhoto, numbers: dict[str, Any]) -> None:
    draw = ImageDraw.Draw(strip)
    before, after = numbers["psnr"]["before"], numbers["psnr"]["after"]
    draw.text((left, SIDE + 9), photo.trouble, INK, ImageFont.load_default(19))
    draw.text((left, SIDE + 36), f"{before:.1f} dB before, {after:.1f} dB after", MUTED, ImageFont.load_default(16))


@click.command()
@click.option("--demo", type=click.Path(path_type=Path), default=DEFAULT_FOLDER, show_default=True, help="Its folder.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("docs/before_after.png"), show_default=True
)
def main(demo: Path, output: Path) -> None:
    """Make the README's before-and-after picture from the demo's output."""
    buffer = io.BytesIO()
    try:
        compose(demo).save(buffer, "PNG", optimize=True)
        write_file(output, buffer.getvalue())
    except AmirnetError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    click.echo(f"{output}  {len(buffer.getvalue()) // 1024} KB")


if __name__ == "__main__":
    main()
