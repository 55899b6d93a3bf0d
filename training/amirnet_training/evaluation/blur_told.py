"""How exactly a model tells how far and which way a blur reaches.

    python -m amirnet_training.evaluation.blur_told MODEL --data FOLDER

A restorer undoes a blur only as well as its code tells it. Clean photos are blurred by disks and straight lines, half
of them with a little noise on top; radius and angle are then read by ridge regression off what the encoder measures of
a photo (`network.bands`), off its features and off the code, each a mean over nine probes as on a phone. The regression
is fitted on photos that were trained on and judged on those that were held out.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import click
import cv2
import numpy as np
import torch
from torch import Tensor

from amirnet.cli.command_group import errors_reported

from .. import progress as bars
from ..checkpoint import load_model
from ..config import with_root
from ..data.counters import BLUR_STREAM, counter_rng
from ..data.holdout import pool
from ..data.images import ImageCache
from ..data.loader import to_float
from ..data_config import CleanSource, DataConfig
from ..degradations.base import Degradation, Image, log_uniform
from ..degradations.kinds import Defocus, GaussianNoise, MotionBlur
from ..errors import DataError
from ..network import AMIRNet
from ..network.bands import Bands

RADII, LENGTHS = (1.0, 4.0), (6.0, 20.0)
"""Of the disks and of the lines, in pixels. The way of a shorter line hardly shows."""
PROBES, SIDE = 9, 64
"""Probes a photo, and their side in pixels."""
RIDGE = 1.0
"""Of numbers that vary by 1: a photo's probes are few, and numbers that agree by chance many."""
HELD_OUT = 5
"""Every so manieth blurred photo is one that was held out of training."""


class Blurs(NamedTuple):
    """N blurred photos, seen through probes."""

    probes: Tensor
    """(N, `PROBES`, 3, `SIDE`, `SIDE`) uint8."""
    disk: Tensor
    """(N,) bool: by a disk, else by a line."""
    radius: Tensor
    """(N,) of a disk, in pixels."""
    angle: Tensor
    """(N,) of a line, in degrees from 0 to 180."""
    noisy: Tensor
    """(N,) bool: with noise on top."""
    held: Tensor
    """(N,) bool: held out of training."""


def draw(config: DataConfig, count: int, seed: int) -> Blurs:
    """``count`` blurred photos of the configuration's clean ones.

    Raises:
        DataError: a folder is missing or empty, a photo cannot be decoded, or there are no clean photos.
    """
    source = next((source for source in config.sources if isinstance(source, CleanSource)), None)
    if source is None:
        raise DataError("data.sources: no clean photos among them: name a folder with some")
    trained, held = ([path for path, _ in pool(source, config, validation=out)] for out in (False, True))
    cache, rows = ImageCache(), []
    with bars.task("blurring", count) as advance:
        for index in range(count):
            rng = counter_rng(seed, BLUR_STREAM, index)
            paths = held if index % HELD_OUT == 0 else trained
            rows.append((*_blurred(cache[paths[int(rng.integers(len(paths)))]], rng), paths is held))
            advance(1)
    probes, *facts = zip(*rows, strict=True)
    return Blurs(torch.from_numpy(np.stack(probes)), *(torch.tensor(fact) for fact in facts))


def _blurred(photo: Image, rng: np.random.Generator) -> tuple[Image, bool, float, float, bool]:
    """Probes of the photo blurred by a disk or not, radius, angle, and whether there is noise on top."""
    disk, radius, angle = bool(rng.random() < 0.5), rng.uniform(*RADII), rng.uniform(0, 180)
    blur: Degradation = Defocus(radius) if disk else MotionBlur(rng.uniform(*LENGTHS), angle)
    blurred = blur(_shrunk(photo, rng), rng)
    noisy = bool(rng.random() < 0.5)
    if noisy:
        blurred = GaussianNoise(log_uniform(rng, 0.3, 3))(blurred, rng)
    return _probes(blurred, rng), disk, radius, angle, noisy


def _shrunk(photo: Image, rng: np.random.Generator) -> Image:
    """Half of the photos up to twice as small, as long as probes fit: how sharp they are differs."""
    factor = min(log_uniform(rng, 1, 2) if rng.random() < 0.5 else 1.0, min(photo.shape[:2]) / SIDE)
    height, width = (max(SIDE, round(length / max(factor, 1))) for length in photo.shape[:2])
    return cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _probes(photo: Image, rng: np.random.Generator) -> Image:
    places = rng.integers(0, [photo.shape[0] - SIDE + 1, photo.shape[1] - SIDE + 1], (PROBES, 2))
    return np.stack([photo[top : top + SIDE, left : left + SIDE].transpose(2, 0, 1) for top, left in places])


class Exactness(NamedTuple):
    """How far what is read off some numbers is from the truth, on held-out photos."""

    radius: float
    """Root mean square error, in pixels."""
    angle: float
    """Median error, in degrees from 0 to 90."""


def exactness(numbers: Tensor, blurs: Blurs, noisy: bool) -> Exactness:
    """What ridge regression reads off ``numbers`` (N, F), of photos with or without noise on top."""
    scaled = (numbers - numbers.mean(0)) / numbers.std(0).clamp_min(1e-6)
    rows = torch.cat([scaled, torch.ones(len(scaled), 1)], dim=1).double()
    turn = torch.deg2rad(2 * blurs.angle.double())  # a line is the same after half a turn
    radius = _read(rows, blurs.radius.double()[:, None], blurs.disk & ~blurs.held)[:, 0]
    way = _read(rows, torch.stack([turn.cos(), turn.sin()], dim=1), ~blurs.disk & ~blurs.held)
    judged = blurs.held & (blurs.noisy == noisy)
    off = torch.remainder(torch.atan2(way[:, 1], way[:, 0]) - turn + math.pi, 2 * math.pi) - math.pi
    here, there = judged & blurs.disk, judged & ~blurs.disk
    apart = (radius - blurs.radius)[here].square().mean().sqrt()
    return Exactness(float(apart), float(torch.rad2deg(off[there].abs() / 2).median()))


def _read(rows: Tensor, wanted: Tensor, fitted: Tensor) -> Tensor:
    own = rows[fitted]
    square = own.T @ own + RIDGE * torch.eye(rows.shape[1], dtype=torch.double)
    return rows @ torch.linalg.solve(square, own.T @ wanted[fitted])


@torch.no_grad()
def seen(network: AMIRNet, blurs: Blurs) -> dict[str, Tensor]:
    """Name -> numbers (N, F): what is measured in bands, the encoder's features, the code."""
    found: dict[str, list[Tensor]] = {"bands": [], "features": [], "code": []}
    bands = getattr(network.encoder, "bands", None) or Bands()
    with bars.task("looking", len(blurs.probes)) as advance:
        for probes in blurs.probes:
            photo = to_float(probes, torch.device("cpu"))
            features = network.encoder(photo)
            numbers = (bands.compared(photo), features, network.heads(features).code)
            for name, value in zip(found, numbers, strict=True):
                found[name].append(value.mean(dim=0))
            advance(1)
    return {name: torch.stack(rows) for name, rows in found.items()}


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--data", required=True, type=click.Path(path_type=Path), help="Folder of the training image sets.")
@click.option("--photos", default=3600, show_default=True, type=click.IntRange(min=200), help="How many are blurred.")
def main(model: Path, data: Path, photos: int) -> None:
    """Print how exactly MODEL (a model.safetensors or its run folder) tells radius and angle of a blur."""
    with errors_reported():
        trained = load_model(model)
        blurs = draw(with_root(trained.config, data).data, photos, trained.config.train.seed)
        numbers = seen(trained.network, blurs)
        spread = float(blurs.radius[blurs.held & blurs.disk].std())
        click.echo(f"radii of {RADII[0]:g} to {RADII[1]:g} px vary by {spread:.2f} px; an angle by chance is 45 off")
        for name, value in numbers.items():
            plain, noisy = (exactness(value, blurs, with_noise) for with_noise in (False, True))
            told = (f"{found.radius:.2f} px, angle by {found.angle:.1f} degrees" for found in (plain, noisy))
            click.echo(f"{name}: radius off by {'; with a little noise by '.join(told)}")


if __name__ == "__main__":
    main()
