"""Makes the demo's synthetic photos: `python -m amirnet_benchmarks.degrade_photos` degrades the clean ones, by seeds.

Needs `pip install 'amirnet[benchmarks]'`; the same bytes come out on every run.
"""

from __future__ import annotations

import io

import click
import numpy as np
from PIL import Image

from amirnet.photo.atomic_file import write_file
from amirnet_training.degradations import parse

from .demo_photos import SYNTHETIC, DemoPhoto


def degrade_photo(photo: DemoPhoto) -> bytes:
    """The degraded copy of a synthetic photo: PNG bytes, 8-bit RGB, the size of the clean original."""
    with Image.open(photo.clean) as image:
        clean = np.asarray(image.convert("RGB"))
    degraded = parse(photo.degradation)(clean, np.random.default_rng(photo.seed))
    buffer = io.BytesIO()
    Image.fromarray(degraded).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


@click.command()
def main() -> None:
    """Degrade the demo's clean photos anew, in place."""
    for photo in SYNTHETIC:
        content = degrade_photo(photo)
        write_file(photo.degraded, content)
        click.echo(f"{photo.degradation:<14} {len(content) // 1024:>4} KB  {photo.degraded}")


if __name__ == "__main__":
    main()
