"""The command that made ``shakes.json`` from recorded kernels.

    python -m amirnet_training.degradations.make_shakes KERNELS.npy ...

Each file is one square kernel, float, of odd side. The kernels kept are the eight of Levin et al. (CVPR 2009) and the
four motion kernels of the twelve that ship with KAIR (MIT licence).
"""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np

SOURCE = (
    "Recorded camera shake: eight kernels of Levin et al., Understanding and evaluating blind deconvolution "
    "algorithms (CVPR 2009), and four motion kernels, both from github.com/cszn/KAIR, kernels/ (MIT licence, "
    "copyright 2019 Kai Zhang). Levels 0-255 of the brightest, row by row, as hexadecimal."
)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=Path(__file__).with_name("shakes.json"))
def main(files: tuple[Path, ...], out: Path) -> None:
    """Writes the kernels as levels."""
    kernels = []
    for file in files:
        kernel = np.load(file)
        levels = np.rint(kernel / kernel.max() * 255).clip(0, 255).astype(np.uint8)
        reach = np.abs(np.argwhere(levels > 0) - levels.shape[0] // 2).max()
        middle = levels.shape[0] // 2
        cut = levels[middle - reach : middle + reach + 1, middle - reach : middle + reach + 1]
        kernels.append({"side": cut.shape[0], "levels": np.ascontiguousarray(cut).tobytes().hex()})
    text = json.dumps({"source": SOURCE, "kernels": kernels}).replace('{"side"', '\n{"side"')
    out.write_text(text + "\n")
    print(f"{out}: {len(text)} bytes, {len(kernels)} kernels")


if __name__ == "__main__":
    main()
