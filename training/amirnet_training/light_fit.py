"""The light head fitted by itself, after training: `python -m amirnet_training.light_fit MODEL --data FOLDER`.

How bright a photo should be is most of what is wrong with a dark one, and a handful of its items in every batch teach
it slowly. Here encoder and restorer stand still, what the head sees of each photo is computed once, and the head alone
learns from many: real low light, and photos that are dark on purpose, with noise and without, which must stay as they
are. An error counts by its ratio, as in decibels, and brightening what is not to be brightened counts several times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import torch
from torch import Tensor

from amirnet.cli.command_group import errors_reported

from . import progress as bars
from .checkpoint import TrainedModel, load_model, save_model
from .config import Config, with_root
from .data.items import Items
from .errors import CheckpointError
from .evaluation.dark import Darkening
from .light_photos import GROUPS, MEANT_DARK, Eyes, PhotoViews, darkened_views, light_items, views
from .network.light import BRIGHTER, LightHead, lift, to_brighten, to_curves
from .quantization.calibration_data import tree_of
from .schedule import learning_rate

STEPS, BATCH, RATE = 8000, 128, 2e-3
FINE = 1e-4
"""Mean squared error from which on errors count by their ratio."""
UNASKED, UNASKED_DARK = 4.0, 1.5
"""Weight of brightening a photo that is as bright as it should be, and one that is dark on purpose. Of the latter there
are as many as of low light, and the two pay for each other: at 4 half as many dark photos are brightened as at 1, and
low light of scenes that were not fitted on comes back a decibel worse."""
DARKENINGS = tuple(Darkening(night, noise=noise) for night in (False, True) for noise in (False, True))
"""The ways in which the evaluation darkens photos."""
SLIGHT = 1.02
"""Brightening by more than this is harm already: photos were lost to three per cent of it. Phones' noisy photos *are* a
few per cent darker than the mean of many shots, but that is left to the restorer, which sees what noise it is: it must
have learnt so (`train.keep_light`)."""
LEEWAY = 0.05
"""The head's numbers count as so much higher for a photo that is not to be brightened: it learns to keep that far away
from brightening it, and one that it has not seen stays as it is. Real low light asks for whole numbers."""
CLOSED = 4.0
"""Weight of numbers that are not as far below 0 as `MARGIN`: only what is below passes such a photo to the level."""
MARGIN = 0.5
"""How far below 0 the head's numbers are to be for a photo that is not to be brightened."""


def fit(light: LightHead, seen: PhotoViews, seed: int, advance: Callable[[int], None], steps: int = STEPS) -> None:
    """Trains the head on what was seen; each visit takes another choice of the photos' probes.

    Args:
        light: is changed.
        seen: the photos.
        seed: decides the order.
        advance: is called with 1 after each step.
        steps: how many.
    """
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(light.parameters(), lr=RATE, weight_decay=1e-4)
    asked = to_brighten(seen.photo, seen.target)
    weights = torch.where(asked, 1.0, torch.where(seen.of(MEANT_DARK), UNASKED_DARK, UNASKED))
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = learning_rate(step, steps, 200, RATE)
        chosen = torch.randint(len(asked), (BATCH,), generator=generator)
        which = int(torch.randint(seen.codes.shape[1], (), generator=generator))
        inputs = torch.cat([seen.codes[chosen, which], seen.statistics[chosen, which]], dim=1)
        loss = _loss(light, inputs, seen.photo[chosen], seen.target[chosen], asked[chosen], weights[chosen])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(light.parameters(), 1.0)
        optimizer.step()
        advance(1)


def _loss(light: LightHead, inputs: Tensor, photo: Tensor, target: Tensor, asked: Tensor, weight: Tensor) -> Tensor:
    found = light.output(torch.relu(light.hidden(inputs)))
    leeway = torch.where(asked, 0.0, LEEWAY)[:, None]
    lifted = lift(photo, to_curves(found + leeway)).clamp(max=1)
    apart = (lifted - target).square().mean((1, 2, 3))
    unasked = torch.relu(found + MARGIN).mean(dim=1)
    return (weight * torch.log1p(apart / FINE) + CLOSED * torch.where(asked, 0.0, unasked)).mean()


@torch.no_grad()
def measure(light: LightHead, seen: PhotoViews) -> list[str]:
    """What the curves alone make of photos: a line for each group of them."""
    lifted = lift(seen.photo, light(seen.codes[:, 0], seen.statistics[:, 0])).clamp(max=1)
    psnr = -10 * torch.log10((lifted - seen.target).square().mean((1, 2, 3)).clamp_min(1e-10))
    glow = lifted.mean((1, 2, 3)) / seen.photo.mean((1, 2, 3)).clamp_min(1 / 255)
    asked, lines = to_brighten(seen.photo, seen.target), []
    for group in GROUPS:
        own = seen.of(group)
        if bool((own & asked).any()):
            lines.append(f"{group}: {float(psnr[own & asked].mean()):.2f} dB ({int((own & asked).sum())} photos)")
        if bool((own & ~asked).any()):
            here = glow[own & ~asked]
            slight, much = (int((here > bound).sum()) for bound in (SLIGHT, BRIGHTER))
            lines.append(f"{group}: {much} of {len(here)} brightened by more than a tenth, {slight} by more than a "
                         f"fiftieth, the most {float(here.max()):.2f} times")  # fmt: skip
    return lines


def _photos(eyes: Eyes, config: Config, count: int, *, held_out: bool = False) -> tuple[Items, PhotoViews]:
    items = light_items(config.data, count, config.train.seed + 2, held_out=held_out)
    with bars.task("decoding photos", len(items.files())) as advance:
        items.preload(advance)
    with bars.task("looking", count) as advance:
        return items, views(eyes, items, advance)


def _say(when: str, light: LightHead, judged: PhotoViews, darkened: PhotoViews) -> None:
    for line in [*measure(light, judged), *(f"evaluation's way, {line}" for line in measure(light, darkened))]:
        click.echo(f"held out, {when}: {line}")


def _with_new_head(trained: TrainedModel, width: int) -> tuple[TrainedModel, LightHead]:
    config = trained.config
    torch.manual_seed(config.train.seed)
    trained.network.light = light = LightHead(trained.network.code_size, width)
    section = config.network.model_copy(update={"light": width})
    return replace(trained, config=config.model_copy(update={"network": section})), light


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--data", required=True, type=click.Path(path_type=Path), help="Folder of the training image sets.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The new model.safetensors.")
@click.option("--photos", default=4096, show_default=True, type=click.IntRange(min=64), help="How many are seen.")
@click.option("--width", type=click.IntRange(1, 256), help="Of the head's layer in between: begins with a new head.")
@click.option("--steps", default=STEPS, show_default=True, type=click.IntRange(min=1))
def main(model: Path, data: Path, output: Path, photos: int, width: int | None, steps: int) -> None:
    """Fit the light head of MODEL (a model.safetensors or its run folder) by itself, all else left as it is."""
    with errors_reported():
        trained = load_model(model)
        if trained.network.light is None:
            raise CheckpointError(f"{model}: has no light head: fit a phone preset, mobile or tiny")
        if trained.tree is None:
            raise CheckpointError(f"{model}: holds no tree: train to the end, then fit model.safetensors")
        config = with_root(trained.config, data)
        eyes, light = Eyes(trained.network, tree_of(trained.tree), config.data.probe_side), trained.network.light
        items, judged = _photos(eyes, config, max(64, photos // 8), held_out=True)
        with bars.task("darkening", len(items)) as advance:
            darkened = darkened_views(eyes, items, DARKENINGS, advance)
        _say("before", light, judged, darkened)
        if width is not None:
            trained, light = _with_new_head(trained, width)
        _, seen = _photos(eyes, config, photos)
        with bars.task("fitting", steps) as advance:
            fit(light, seen, config.train.seed, advance, steps)
        _say("after", light, judged, darkened)
        facts = {**trained.facts, "light": {"photos": photos, "steps": steps}}
        save_model(output, replace(trained, facts=facts))


if __name__ == "__main__":
    main()
