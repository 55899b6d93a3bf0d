"""Makes docs/before_after.png, the README's first picture: `python -m amirnet_benchmarks.readme_picture`.

Real photos of the demo, and a synthetic one for low light, because no set of real low light may be passed on: as they
came, by the best classical tool for their trouble, by the model, and as they should be; all measured in the same run.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
from PIL import Image

from amirnet import Restorer
from amirnet.cli.command_group import errors_reported
from amirnet.errors import ImageError
from amirnet.photo.atomic_file import write_file

from .classical import OURS, Restored, psnr
from .classical_tools import Photo, middle, tools_for
from .demo_photos import DEMO_PHOTOS, DemoPhoto
from .sheet import Cell, draw_sheet

SHOWN = ("trucks", "chess", "coffee", "poster", "station")
"""Names of the demo's photos, in this order."""

WIDTH, HEIGHT = 208, 160
"""Of a picture, in pixels."""
LARGEST = 256
"""A larger photo is cut to this side before the tools get it: they are slow."""
LEAST = 0.5
"""A photo that gains less than this, in dB, shows no change, and is left out."""


def measure_photo(restorer: Restorer, photo: DemoPhoto) -> dict[str, Restored]:
    """`input`, the network and the tools on one photo, and `meant`; compared on its middle if it is large."""
    degraded, clean = _read(photo.degraded), _read(photo.clean)
    restored = restorer.restore(degraded).image
    meant, came = middle(clean, LARGEST), middle(degraded, LARGEST)

    def made(image: Photo) -> Restored:
        return Restored(image, psnr(meant, image), 0.0)

    tools = {tool.name: made(tool.run(came)) for tool in tools_for(photo.kind)}
    return {"input": made(came), **tools, OURS: made(middle(restored, LARGEST)), "meant": made(meant)}


def row_of(photo: DemoPhoto, found: dict[str, Restored]) -> list[Cell]:
    """A row of the picture; the best of the classical tools is shown, the others are told."""
    tools = {name: one for name, one in found.items() if name not in ("input", OURS, "meant")}
    trouble = photo.trouble if photo.real else f"{photo.trouble} (synthetic)"
    cells = [Cell(found["input"].image, trouble, f"{found['input'].psnr:.1f} dB as it came", loud=True)]
    if tools:
        best = max(tools, key=lambda name: tools[name].psnr)
        others = ", ".join(f"{name} {one.psnr:.1f} dB" for name, one in tools.items() if name != best)
        cells.append(Cell(tools[best].image, f"{best}  {tools[best].psnr:.1f} dB", others))
    cells.append(Cell(found[OURS].image, f"{OURS}  {found[OURS].psnr:.1f} dB", loud=True))
    return [*cells, Cell(found["meant"].image, "as it should be")]


def compose(restorer: Restorer, photos: Sequence[DemoPhoto]) -> tuple[Image.Image, list[str]]:
    """The picture, and a line a photo that was left out.

    Raises:
        ImageError: no photo changes for the better.
    """
    rows, left_out = [], []
    for photo in photos:
        found = measure_photo(restorer, photo)
        gain = found[OURS].psnr - found["input"].psnr
        if gain < LEAST:
            left_out.append(f"{photo.name}: left out, it gains {gain:+.2f} dB")
        else:
            rows.append(row_of(photo, found))
    if not rows:
        raise ImageError("no photo gains enough to be shown: measure another model")
    return draw_sheet(rows, WIDTH, HEIGHT), left_out


def _read(path: Path) -> Photo:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


@click.command()
@click.option("--model", default="mobile", show_default=True, help="A shipped model's name, or a bundle's path.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("docs/before_after.png"), show_default=True
)
def main(model: str, output: Path) -> None:
    """Make the README's before-and-after picture."""
    buffer = io.BytesIO()
    photos = {photo.name: photo for photo in DEMO_PHOTOS}
    with errors_reported():
        chosen = [photos[name] for name in SHOWN if name in photos]
        picture, left_out = compose(Restorer.from_bundle(model), chosen)
        picture.save(buffer, "PNG", optimize=True)
        write_file(output, buffer.getvalue())
    click.echo("\n".join([*left_out, f"{output}  {len(buffer.getvalue()) // 1024} KB"]))


if __name__ == "__main__":
    main()
