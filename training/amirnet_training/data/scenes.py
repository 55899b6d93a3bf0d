"""Drawn scenes: clean material that photographs lack.

Photographs are full of texture, and a denoiser that has seen nothing else takes noise on a bare wall, a colour chart or
a page of print for texture too. So beside them it is trained on four kinds of drawn scenes: *leaves*, surfaces of all
sizes that hide each other (the dead leaves model: it has the statistics of natural edges; Lee, Mumford and Huang 2001;
for denoisers Achddou et al. 2021), *charts* of bare fields, *print* in lines, and *slopes* of light without any edge.
All are drawn several times larger and made smaller by averaging, as a sensor would.

A configuration lists them as a folder of the name ``drawn:N``, N scenes; nothing is read from a disk.
`python -m amirnet_training.data.scenes FOLDER` writes some, to be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import click
import cv2
import numpy as np
import numpy.typing as npt

from amirnet.photo.atomic_file import write_file

from .. import progress as bars
from ..degradations.base import Floats, Image, log_uniform
from .counters import SCENE_STREAM, counter_rng

FINER = 3
"""How many times larger scenes are drawn than they are kept."""
SIDE = 384
"""Of a scene, in pixels."""
FOLDER = re.compile(r"drawn:([1-9]\d{0,4})")
"""How a configuration asks for so many scenes."""
DRAWN = Path("drawn scenes")
"""Where scenes seem to lie: they are told from files by this folder."""
FACES = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX)
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;-"

Mask = npt.NDArray[np.bool_]
Draw = Callable[[np.random.Generator, int], Floats]


def _colour(rng: np.random.Generator) -> Floats:
    """(3,) in [0, 1]: of any brightness, most of them weak."""
    grey = rng.uniform(0.02, 0.98)
    tint = rng.uniform(-1, 1, 3)
    strength = rng.beta(1.0, 4.0)
    return np.clip(grey + strength * (tint - tint.mean()), 0, 1).astype(np.float32)


def slope(rng: np.random.Generator, side: int) -> Floats:
    """(side, side, 3): two colours and a third, blending along waves longer than the scene."""
    line = np.linspace(-1, 1, side, dtype=np.float32)
    scene = np.broadcast_to(_colour(rng), (side, side, 3)).copy()
    for _ in range(2):
        angle, shift, waves = rng.uniform(0, 2 * np.pi), rng.uniform(-1, 1), rng.uniform(0.3, 1.2)
        way = np.cos(angle) * line[None, :] + np.sin(angle) * line[:, None]
        share = 0.5 + 0.5 * np.sin(waves * way * np.pi / 2 + shift).astype(np.float32)
        scene += share[:, :, None] * (_colour(rng) - scene) * np.float32(rng.uniform(0.1, 1))
    return scene


def _light(rng: np.random.Generator, side: int, least: float, most: float) -> Floats:
    """(side, side, 1): light that falls on a scene unevenly, ``least`` where there is none of a slope's."""
    return least + np.float32(most - least) * slope(rng, side).mean(axis=2, keepdims=True)


def _texture(rng: np.random.Generator, side: int) -> Floats:
    """(side, side), mean about 0: grain between two sizes, or stripes."""
    if rng.random() < 0.4:
        line, angle = np.arange(side, dtype=np.float32), rng.uniform(0, np.pi)
        way = np.cos(angle) * line[None, :] + np.sin(angle) * line[:, None]
        return np.sin(way * np.float32(2 * np.pi / log_uniform(rng, 3 * FINER, 40 * FINER))).astype(np.float32)
    grain = rng.standard_normal((side, side), dtype=np.float32)
    fine = log_uniform(rng, 0.5 * FINER, 4 * FINER)
    band = cv2.GaussianBlur(grain, (0, 0), fine) - cv2.GaussianBlur(grain, (0, 0), 3 * fine)
    return band / (band.std() + np.float32(1e-6))


def _shape(rng: np.random.Generator, radius: float, extent: tuple[int, ...], middle: tuple[float, float]) -> Mask:
    """A disk or a polygon about ``middle`` (row, column), as bool of ``extent`` (rows, columns)."""
    mask = np.zeros(extent, np.uint8)
    if rng.random() < 0.4:
        cv2.circle(mask, (int(middle[1]), int(middle[0])), max(1, int(radius)), 1, -1)
    else:
        turns = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 8))))
        points = np.array(middle)[::-1] + radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        cv2.fillPoly(mask, [np.rint(points).astype(np.int32)], 1)
    return mask.astype(bool)


def leaves(rng: np.random.Generator, side: int) -> Floats:
    """(side, side, 3): disks and polygons whose sizes are distributed by their inverse cube, each hiding what lies
    below; some in a slope of light, some with a texture."""
    scene = slope(rng, side)
    textures = [_texture(rng, side) for _ in range(3)]
    light = _light(rng, side, 0.6, 1.4)
    least, most = log_uniform(rng, 3, 12) * FINER, 0.4 * side
    for _ in range(int(log_uniform(rng, 200, 1500))):
        # The inverse of the distribution function of r^-3 between the least and the largest radius.
        radius = float((least**-2 + rng.random() * (most**-2 - least**-2)) ** -0.5)
        row, column = rng.uniform(-radius, side + radius, 2)
        rows, columns = (slice(max(0, int(c - radius)), max(0, int(c + radius) + 1)) for c in (row, column))
        inside = _shape(rng, radius, scene[rows, columns].shape[:2], (row - rows.start, column - columns.start))
        surface = np.broadcast_to(_colour(rng), (*inside.shape, 3)).copy()
        if rng.random() < 0.5:
            surface *= light[rows, columns]
        if rng.random() < 0.3:
            grain = textures[int(rng.integers(3))][rows, columns, None]
            surface += np.float32(log_uniform(rng, 0.01, 0.15)) * grain
        scene[rows, columns][inside] = surface[inside]
    return scene


def chart(rng: np.random.Generator, side: int) -> Floats:
    """(side, side, 3): bare fields in rows, on a frame of another colour, a little turned."""
    scene = np.broadcast_to(_colour(rng), (side, side, 3)).copy()
    columns, rows = (int(rng.integers(2, 9)) for _ in range(2))
    gap = rng.uniform(0.02, 0.25)
    for row in range(rows):
        for column in range(columns):
            top, left = (int((index + gap / 2) * side / count) for index, count in ((row, rows), (column, columns)))
            bottom, right = (int((index + 1 - gap / 2) * side / count) for index, count in
                             ((row, rows), (column, columns)))  # fmt: skip
            scene[top:bottom, left:right] = _colour(rng)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), rng.uniform(-20, 20), rng.uniform(1, 3))
    scene = cv2.warpAffine(scene, turn, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return scene * _light(rng, side, 0.8, 1.1)


def print_lines(rng: np.random.Generator, side: int) -> Floats:
    """(side, side, 3): lines of letters on paper, dark on light or the other way round."""
    paper, ink = np.float32(rng.uniform(0.7, 1)), np.float32(rng.uniform(0, 0.3))
    sheet, drawn = np.clip(paper + rng.normal(0, 0.03, 3), 0, 1), np.clip(ink + rng.normal(0, 0.05, 3), 0, 1)
    covered = np.zeros((side, side), np.uint8)
    top = 0.0
    while top < side:
        scale = log_uniform(rng, 0.25, 2.0) * FINER
        face, weight = FACES[int(rng.integers(len(FACES)))], max(1, round(scale * rng.uniform(0.8, 2)))
        for _ in range(int(rng.integers(1, 6))):
            top += 36 * scale
            text = "".join(LETTERS[int(i)] if i < len(LETTERS) else " " for i in rng.integers(0, 80, 60))
            cv2.putText(covered, text, (int(rng.uniform(-20, 60)), int(top)), face, scale, 255, weight, cv2.LINE_AA)
        top += 20 * scale
    scene = (sheet + covered[:, :, None] / 255 * (drawn - sheet)).astype(np.float32)
    if rng.random() < 0.3:
        scene = 1 - scene
    return scene * _light(rng, side, 0.75, 1.0)


KINDS: dict[str, tuple[Draw, float]] = {
    "leaves": (leaves, 0.5), "chart": (chart, 0.25), "print": (print_lines, 0.15), "slope": (slope, 0.1),
}  # fmt: skip
"""What there is, and its share of the scenes."""


def scenes(count: int) -> list[Path]:
    """The first ``count`` scenes, by names that `scene` takes."""
    return sorted(DRAWN / f"{_begin(index)[0]}{index:04d}" for index in range(count))


def scene(path: Path) -> Image:
    """The scene of a name that `scenes` gave: (SIDE, SIDE, 3) uint8 RGB."""
    return draw(int(path.name.lstrip("abcdefghijklmnopqrstuvwxyz")), SIDE)


def draw(index: int, side: int) -> Image:
    """Scene number ``index``: (side, side, 3) uint8 RGB."""
    name, rng = _begin(index)
    drawn = np.clip(KINDS[name][0](rng, side * FINER), 0, 1)
    kept = cv2.resize(drawn, (side, side), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:  # a lens that is not perfect
        kept = cv2.GaussianBlur(kept, (0, 0), rng.uniform(0.3, 0.9))
    return np.rint(255 * kept).astype(np.uint8)


def _begin(index: int) -> tuple[str, np.random.Generator]:
    """A scene's kind, and what it is drawn by."""
    rng = counter_rng(0, SCENE_STREAM, index)
    names, shares = list(KINDS), np.array([share for _, share in KINDS.values()])
    return names[int(rng.choice(len(names), p=shares / shares.sum()))], rng


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--count", default=24, show_default=True, type=click.IntRange(1, 99999))
def main(folder: Path, count: int) -> None:
    """Draw scenes into FOLDER, as PNG, to be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    with bars.task("drawing", count) as advance:
        for path in scenes(count):
            _, packed = cv2.imencode(".png", np.ascontiguousarray(scene(path)[:, :, ::-1]))
            write_file(folder / f"{path.name}.png", packed.tobytes())
            advance(1)


if __name__ == "__main__":
    main()
