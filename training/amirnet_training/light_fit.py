"""The light head fitted by itself, after training: `python -m amirnet_training.light_fit MODEL --data FOLDER`.

How bright a photo should be is most of what is wrong with a dark one, and a handful of its items in every batch teach
it slowly. Here encoder and restorer stand still, what the head sees of each photo is computed once, and the head alone
learns from many: real low light, and photos that are dark on purpose, with noise and without, which must stay as they
are. An error counts by its ratio, as in decibels, and brightening what is not to be brightened counts several times.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import click
import torch
import torch.nn.functional as F
from torch import Tensor

from amirnet.errors import AmirnetError

from . import progress as bars
from .checkpoint import load_model, save_model
from .config import Config, with_root
from .data.items import Items
from .data.loader import to_float
from .data.windows import Windows
from .data_config import CleanSource, DataConfig, PairSource
from .errors import CheckpointError
from .network import AMIRNet
from .network.light import LightHead, level_statistics, lift
from .schedule import learning_rate

PROBES = 9
"""Probes of each window that are looked at."""
CHOICES = 8
"""Choices of the probes, all of them and others, that a photo is judged by."""
POOLED = 16
"""Side of the squares, in pixels, whose means are brightened and compared: noise is none of the head's business."""
STEPS, BATCH, RATE = 3000, 128, 2e-3
FINE = 1e-4
"""Mean squared error from which on errors count by their ratio."""
UNASKED = 4.0
"""Weight of brightening a photo that is as bright as it should be."""
BRIGHTER = 1.1
"""A photo is to be brightened if its target's mean level is so many times its own."""
MARGIN = 0.1
"""How far below 0 the head's numbers are to be for a photo that is not to be brightened."""


@dataclass(frozen=True)
class PhotoViews:
    """What is known of M photos."""

    codes: Tensor
    """(M, R, K) of each probe."""
    statistics: Tensor
    """(M, V, 24) of V choices of the probes."""
    choices: tuple[tuple[int, ...], ...]
    """Which of the R probes each choice takes; all of them first."""
    photo: Tensor
    """(M, 3, S, S) in [0, 1], means over squares."""
    target: Tensor
    """(M, 3, S, S) likewise."""

    @property
    def dark(self) -> Tensor:
        """(M,) bool: which are to be brightened."""
        return self.target.mean((1, 2, 3)) > BRIGHTER * self.photo.mean((1, 2, 3)) + 1 / 255


def light_data(data: DataConfig) -> DataConfig:
    """The photos that the head is fitted on: those of the training, low light and dark ones above all."""
    sources: list[CleanSource | PairSource] = []
    for source in data.sources:
        if isinstance(source, CleanSource):
            damages = {"none": 0.2, "noise": 0.15, "camera": 0.35, "jpeg": 0.1, "lowlight": 0.2}
            sources.append(source.model_copy(update={"degradations": damages, "dimmed": 0.65, "weight": 0.5}))
        else:
            weight = 0.3 if source.kind == "lowlight" else source.weight / 2
            sources.append(source.model_copy(update={"weight": weight}))
    return data.model_copy(update={"sources": sources})


@torch.no_grad()
def look(network: AMIRNet, windows: Windows, advance: Callable[[int], None], size: int = 16) -> PhotoViews:
    """What the head is given of each window's photo, and what it should make of it."""
    generator = torch.Generator().manual_seed(windows.items.seed)
    counts = [PROBES, *torch.randint(4, PROBES + 1, (CHOICES - 1,), generator=generator).tolist()]
    choices = tuple(tuple(torch.randperm(PROBES, generator=generator)[:count].tolist()) for count in counts)
    codes: list[Tensor] = []
    statistics: list[Tensor] = []
    photos: list[Tensor] = []
    targets: list[Tensor] = []
    for step in range(len(windows.items) // size):
        batch = windows.batch(step, size)
        probes = to_float(batch.probes, torch.device("cpu"))
        codes.append(network.place(probes.flatten(0, 1)).code.unflatten(0, probes.shape[:2]))
        statistics.append(torch.stack([level_statistics(probes[:, list(choice)]) for choice in choices], dim=1))
        for kept, images in ((photos, batch.degraded), (targets, batch.clean)):
            kept.append(F.avg_pool2d(to_float(images, torch.device("cpu")), POOLED))
        advance(size)
    seen, given = (torch.cat(parts) for parts in (codes, statistics))
    return PhotoViews(seen, given, choices, torch.cat(photos), torch.cat(targets))


def fit(light: LightHead, seen: PhotoViews, seed: int, advance: Callable[[int], None], steps: int = STEPS) -> None:
    """Trains the head on what was seen; each visit takes another choice of the photos' probes."""
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(light.parameters(), lr=RATE, weight_decay=1e-4)
    dark = seen.dark
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = learning_rate(step, steps, 200, RATE)
        chosen = torch.randint(len(dark), (BATCH,), generator=generator)
        which = int(torch.randint(len(seen.choices), (), generator=generator))
        code = seen.codes[chosen][:, list(seen.choices[which])].mean(dim=1)
        statistics = seen.statistics[chosen, which]
        loss = _loss(light, code, statistics, seen.photo[chosen], seen.target[chosen], dark[chosen])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(light.parameters(), 1.0)
        optimizer.step()
        advance(1)


def _loss(light: LightHead, code: Tensor, statistics: Tensor, photo: Tensor, target: Tensor, dark: Tensor) -> Tensor:
    lifted = lift(photo, light(code, statistics)).clamp(max=1)
    apart = (lifted - target).square().mean((1, 2, 3))
    weight = torch.where(dark, 1.0, UNASKED)
    hidden = torch.relu(light.hidden(torch.cat([code, statistics], dim=1)))
    unasked = torch.relu(light.output(hidden) + MARGIN).mean(dim=1)
    return (weight * torch.log1p(apart / FINE)).mean() + UNASKED * torch.where(dark, 0.0, unasked).mean()


@torch.no_grad()
def measure(light: LightHead, seen: PhotoViews) -> str:
    """What the curves alone make of photos, in one line."""
    code = seen.codes.mean(dim=1)
    lifted = lift(seen.photo, light(code, seen.statistics[:, 0])).clamp(max=1)
    psnr = -10 * torch.log10((lifted - seen.target).square().mean((1, 2, 3)).clamp_min(1e-10))
    dark, glow = seen.dark, lifted.mean((1, 2, 3)) / seen.photo.mean((1, 2, 3)).clamp_min(1 / 255)
    unasked = int((glow[~dark] > BRIGHTER).sum())
    return (f"{int(dark.sum())} dark photos: {float(psnr[dark].mean()):.2f} dB under their curves; of "
            f"{int((~dark).sum())} others {unasked} brightened by more than a tenth")  # fmt: skip


def see(network: AMIRNet, config: Config, count: int, *, held_out: bool = False) -> PhotoViews:
    """Makes ``count`` photos and looks at them. Raises DataError."""
    data = light_data(config.data)
    side = data.window or 3 * data.patch
    # One window a photo, whole: the patch is the window.
    items = Items(data.model_copy(update={"window": side}), count, config.train.seed + 2, validation=held_out)
    with bars.task("decoding photos", len(items.files())) as advance:
        items.preload(advance)
    windows = Windows(items, side, side, data.probe_side, PROBES, data.workers, torch.device("cpu"))
    with bars.task("damaging photos", count) as advance:
        windows.turn_to(0, advance, last=True)
    with bars.task("looking", count) as advance:
        return look(network, windows, advance)


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--data", required=True, type=click.Path(path_type=Path), help="Folder of the training image sets.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The new model.safetensors.")
@click.option("--photos", default=4096, show_default=True, type=click.IntRange(min=64), help="How many are seen.")
@click.option("--steps", default=STEPS, show_default=True, type=click.IntRange(min=1))
def main(model: Path, data: Path, output: Path, photos: int, steps: int) -> None:
    """Fit the light head of MODEL (a model.safetensors or its run folder) by itself, all else left as it is."""
    try:
        trained = load_model(model)
        if trained.network.light is None:
            raise CheckpointError(f"{model}: has no light head: fit a phone preset, mobile or tiny")
        config = with_root(trained.config, data)
        judged = see(trained.network, config, max(64, photos // 8), held_out=True)
        click.echo(f"held out, before: {measure(trained.network.light, judged)}")
        seen = see(trained.network, config, photos)
        with bars.task("fitting", steps) as advance:
            fit(trained.network.light, seen, config.train.seed, advance, steps)
        click.echo(f"held out, after:  {measure(trained.network.light, judged)}")
        facts = {**trained.facts, "light": {"photos": photos, "steps": steps}}
        save_model(output, replace(trained, facts=facts))
    except AmirnetError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
