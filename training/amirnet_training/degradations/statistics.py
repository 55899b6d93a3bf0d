"""Is the made-up noise like the real one? ``python -m amirnet_training.degradations.statistics --data TRAIN``.

The same measures of real pairs and of noise made on those pairs' clean photos, side by side.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import click
import cv2
import numpy as np
import numpy.typing as npt

from .base import Image
from .incamera import InCameraJpeg
from .profile import ProfileNoise, spatial
from .raw import RawNoise
from .registry import Draw

Array = npt.NDArray[np.float64]
EDGES = (0, 24, 56, 104, 160, 256)
"""Bounds of the five bins of clean levels."""
LAGS = (1, 2, 3)
COLOURS = (("R", "G", 0, 1), ("R", "B", 0, 2), ("G", "B", 1, 2))
LEAST = 200
"""Pixels that a photo needs in a bin to count for it."""


@dataclass(frozen=True)
class Statistics:
    """Means over photos."""

    deviation: Array
    """(5, 3), of the noise at each bin of levels and channel, relative to the photo's whole deviation (photos differ in
    strength); nan where no photo has such levels."""
    lags: Array
    """(3, 3), correlation at 1 to 3 pixels to the right, by channel."""
    colours: Array
    """(3,), correlation of red-green, red-blue, green-blue."""
    psnr: Array
    """(5,), least, quartiles and greatest of the photos' PSNR in dB."""


REAL = {
    "SIDD_full256": Statistics(
        deviation=np.array(
            [[1.12, 0.81, 1.08], [1.22, 0.73, 1.09], [1.06, 0.63, 1.04], [0.89, 0.57, 0.97], [0.65, 0.47, 0.67]]
        ),
        lags=np.array([[0.52, 0.35, 0.47], [0.11, 0.01, 0.07], [0.02, 0.04, 0.02]]),
        colours=np.array([0.21, 0.45, 0.22]),
        psnr=np.array([18.3, 23.3, 27.0, 27.4, 30.1]),
    ),
    "PolyU_orig256": Statistics(
        deviation=np.array(
            [[0.74, 0.65, 0.95], [1.01, 0.90, 1.16], [1.23, 1.08, 1.30], [1.17, 1.01, 1.26], [0.94, 0.77, 0.91]]
        ),
        lags=np.array([[0.53, 0.42, 0.59], [0.29, 0.15, 0.35], [0.24, 0.15, 0.27]]),
        colours=np.array([0.63, 0.54, 0.57]),
        psnr=np.array([28.8, 32.7, 34.0, 35.6, 40.2]),
    ),
}
"""What this command measured on the real pairs: phones' noise (SIDD), and cameras' JPEGs (PolyU)."""


def correlation(a: Array, b: Array) -> float:
    """Of two arrays of one shape; 0 where one of them is constant."""
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / scale if scale > 0 else 0.0


def measure(pairs: Iterable[tuple[Image, Image]]) -> Statistics:
    """The statistics of (noisy, clean) pairs, uint8 (H, W, 3) each; at least one."""
    deviations, lags, colours, psnrs = [], [], [], []
    for noisy, clean in pairs:
        noise = noisy.astype(np.float64) - clean
        whole = max(float(noise.std()), 1e-6)
        table = np.full((len(EDGES) - 1, 3), np.nan)
        for row, channel in np.ndindex(*table.shape):
            level = clean[..., channel]
            inside = (EDGES[row] <= level) & (level < EDGES[row + 1])
            if inside.sum() >= LEAST:
                table[row, channel] = noise[..., channel][inside].std() / whole
        deviations.append(table)
        lags.append([[correlation(noise[:, lag:, c], noise[:, :-lag, c]) for c in range(3)] for lag in LAGS])
        colours.append([correlation(noise[..., a], noise[..., b]) for _, _, a, b in COLOURS])
        psnrs.append(10 * np.log10(255**2 / max(float((noise**2).mean()), 1e-6)))
    stacked = np.array(deviations)
    known = np.isfinite(stacked).sum(axis=0)
    mean = np.where(known > 0, np.nansum(stacked, axis=0) / np.maximum(known, 1), np.nan)
    return Statistics(mean, np.mean(lags, axis=0), np.mean(colours, axis=0), np.percentile(psnrs, (0, 25, 50, 75, 100)))


def synthesise(draw: Draw, clean: list[Image], rounds: int = 4, seed: int = 0) -> Iterable[tuple[Image, Image]]:
    """(noisy, clean) of every photo, ``rounds`` times, each with a fresh draw."""
    for index in range(rounds * len(clean)):
        rng = np.random.default_rng((seed, index))
        photo = clean[index % len(clean)]
        yield draw(rng)(photo, rng), photo


def _read(path: Path) -> Image:
    image = cv2.imread(str(path))
    if image is None:
        raise click.ClickException(f"{path}: cannot be decoded: give a folder of PNG, WebP or JPEG pairs")
    return np.ascontiguousarray(image[:, :, ::-1])


def _pairs(folder: Path) -> list[tuple[Image, Image]]:
    noisy = sorted(path for path in (folder / "noisy").glob("*") if not path.name.startswith("."))
    if not noisy:
        raise click.ClickException(f"{folder}/noisy: holds no images: give --data the folder above the pairs")
    return [(_read(path), _read(folder / "gt" / path.name)) for path in noisy]


def table(columns: dict[str, Statistics]) -> str:
    """The columns side by side, as text."""
    lines = [f"{'':22}" + "".join(f"{name:>24}" for name in columns)]

    def row(name: str, numbers: list[Array], form: str = "6.2f") -> None:
        cells = ("".join(f"{value:{form}} " for value in one) for one in numbers)
        lines.append(f"{name:22}" + "".join(f"{cell:>24}" for cell in cells))

    for index, (low, high) in enumerate(pairwise(EDGES)):
        row(f"deviation {low}-{high - 1}", [one.deviation[index] for one in columns.values()])
    for index, lag in enumerate(LAGS):
        row(f"correlation at {lag} px", [one.lags[index] for one in columns.values()])
    row("colours RG RB GB", [one.colours for one in columns.values()])
    row("PSNR 0 25 50 75 100 %", [one.psnr for one in columns.values()], ".1f")
    return "\n".join(lines)


@click.command()
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--rounds", default=4, show_default=True, help="Draws for every clean photo.")
def main(data: Path, rounds: int) -> None:
    """Prints real and made-up noise side by side; --data holds SIDD_full256 and PolyU_orig256, noisy and gt each."""
    compared: dict[str, dict[str, Draw]] = {
        "SIDD_full256": {"RawNoise": RawNoise.draw, "ProfileNoise": ProfileNoise.draw},
        "PolyU_orig256": {"InCameraJpeg": InCameraJpeg.draw},
    }
    for folder, makers in compared.items():
        real = _pairs(data / folder)
        clean = [photo for _, photo in real]
        columns = {folder: measure(real)}
        columns |= {name: measure(synthesise(draw, clean, rounds)) for name, draw in makers.items()}
        print(table(columns), end="\n\n")
    lags = spatial()[:, :, 2, 3:]
    print(
        "profile: correlation at 1, 2 px (R G B)", [[round(float(lags[c, c, k]), 2) for c in range(3)] for k in (0, 1)]
    )


if __name__ == "__main__":
    main()
