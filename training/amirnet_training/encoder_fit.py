"""The encoder fitted by itself: `python -m amirnet_training.encoder_fit MODEL --data FOLDER -o OUTPUT`.

While the restorer learns, a few photos a step teach the code what was done to them, at the restorer's rate: what it
says of how far a blur reaches stays less exact than what the encoder measures. Here the restorer stands still, what
the encoder sees of each photo is computed once, and what reads its bands learns from many photos at a time to tell the
damage's spectrum (`damage_spectrum`). Nodes and their numbers are kept as they were. Then the restorer is trained on,
with ``train.frozen_encoder``, so that its numbers no longer move.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from amirnet.cli.command_group import errors_reported

from . import progress as bars
from .checkpoint import load_model, save_model
from .config import Config, with_root
from .damage_spectrum import RADII, SECTORS, SIZE
from .data.items import Items
from .data.windows import Windows
from .errors import CheckpointError
from .network import AMIRNet
from .network.amirnet import Place, TreeHeads
from .network.bands import Bands
from .schedule import learning_rate
from .tree.features import CropSource
from .tree.severity import damages, mean_spectrum

STEPS, BATCH, RATE = 6000, 128, 1e-3
CROPS, PROBES = 8, 4
"""Crops of a photo that are seen, and how many of them make a code at a time."""
KEPT_MASK, KEPT_VALUE, KEPT_SEVERITY = 0.3, 1.0, 0.02
"""Weights of what is to stay: the nodes' probabilities, their numbers, and a little of what severity said, so that the
restorer still understands it."""
DETAIL = (len(RADII) - 1) * SECTORS
"""Numbers of a spectrum that say how much detail is left."""


class Seen:
    """What an encoder sees of M photos, in `CROPS` crops each; computed once.

    Args:
        network: with bands.
        photos: where crops of them come from.
        advance: is called with how many more were looked at.
    """

    def __init__(self, network: AMIRNet, photos: CropSource, advance: Callable[[int], None]) -> None:
        bands = network.encoder.bands
        assert isinstance(bands, Bands)
        rows: list[tuple[Tensor, ...]] = []
        for damaged, found in damages(network, photos, CROPS, advance):
            with torch.no_grad():
                shared = network.encoder.layers(damaged).mean(dim=(2, 3))  # type: ignore[operator]
                compared = bands.compared(damaged)
                place = network.heads(torch.cat([shared, bands.told(compared)], dim=1))
            parts = shared, compared.half(), place.mask, place.value
            rows.append((*(part.unflatten(0, (-1, CROPS)) for part in parts), *mean_spectrum(found, CROPS)))
        whole = [torch.cat(part) for part in zip(*rows, strict=True)]
        self.shared, self.compared, self.mask, self.value = whole[:4]
        """(M, `CROPS`, ...): what its convolutions tell, what `Bands.compared` gives, and where it was placed."""
        self.told, self.trusted = whole[4].float(), whole[5].float()
        """(M, `SIZE`): the damages' spectra, and how far each number is to be trusted."""

    def __len__(self) -> int:
        return len(self.told)


def place_of(network: AMIRNet, seen: Seen, photos: Tensor, crops: Tensor) -> Place:
    """Where the network places crops (N, R) of photos (N,): all (N * R, ...)."""
    read = network.encoder.bands.told(seen.compared[photos[:, None], crops].float())  # type: ignore[union-attr, operator]
    features = torch.cat([seen.shared[photos[:, None], crops], read], dim=2)
    found: Place = network.heads(features.flatten(0, 1))
    return found


def fit(network: AMIRNet, seen: Seen, seed: int, advance: Callable[[int], None], steps: int = STEPS) -> nn.Module:
    """Trains what reads the bands, and the heads.

    Args:
        network: is changed.
        seen: the photos.
        seed: decides the order.
        advance: is called with 1 after each step.
        steps: how many.

    Returns:
        What reads spectra, in units of how far each number varies, from codes.
    """
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    tell = nn.Sequential(nn.Linear(network.code_size, 128), nn.ReLU(), nn.Linear(128, SIZE))
    middle, unit = seen.told.mean(0), seen.told.std(0).clamp_min(1e-3)
    free = network.heads.free()
    bands, heads = network.encoder.bands, network.heads
    bands.standardise(seen.compared[: 16 * BATCH].flatten(0, 1).float())  # type: ignore[union-attr, operator]
    learnt = [*bands.read.parameters(), *heads.mask.parameters(), *heads.value.parameters()]  # type: ignore[union-attr]
    optimizer = torch.optim.AdamW([*learnt, *tell.parameters()], lr=RATE, weight_decay=1e-4)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = learning_rate(step, steps, 200, RATE)
        photos = torch.randint(len(seen), (BATCH,), generator=generator)
        crops = torch.randint(CROPS, (BATCH, PROBES), generator=generator)
        place = place_of(network, seen, photos, crops)
        code = place.code.unflatten(0, (BATCH, PROBES)).mean(dim=1)
        apart = (tell(code) - (seen.told[photos] - middle) / unit).square()
        mask, value = (part[photos[:, None], crops].flatten(0, 1) for part in (seen.mask, seen.value))
        moved = (place.value - value).square()
        loss = (seen.trusted[photos] * apart).mean()
        loss = loss + KEPT_MASK * unlike(heads, place.logits, mask)
        loss = loss + KEPT_VALUE * (mask * moved)[:, ~free].mean() + KEPT_SEVERITY * moved[:, free].mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        advance(1)
    return tell


def unlike(heads: TreeHeads, logits: Tensor, mask: Tensor) -> Tensor:
    """Cross-entropy () of the nodes' probabilities, by ``logits`` (N, entries), against those that they had, ``mask``
    (N, entries), over all levels that have been grown. Numbers of severity, whose mask is 1, are no nodes."""
    total = torch.zeros(())
    for part in heads.slices[1:]:
        if bool(heads.exists[part].any()):
            had = mask[:, part] * heads.exists[part]
            total = total - (had * F.log_softmax(logits[:, part], dim=1)).sum(1).mean()
    return total


@torch.no_grad()
def explained(network: AMIRNet, seen: Seen, tell: nn.Module, scale: tuple[Tensor, Tensor]) -> tuple[float, float]:
    """How much of the spectra codes explain, 1 being all: of what is left of the detail, and of what was added.

    Args:
        network: with its encoder fitted.
        seen: photos, of which the first `PROBES` crops are looked at.
        tell: as `fit` gives it.
        scale: mean and deviation of each number among the photos that were fitted to.
    """
    photos = torch.arange(len(seen))
    crops = torch.arange(PROBES).expand(len(seen), -1)
    code = place_of(network, seen, photos, crops).code.unflatten(0, (len(seen), PROBES)).mean(dim=1)
    wanted, weight = (seen.told - scale[0]) / scale[1], seen.trusted
    centre = (weight * wanted).sum(0) / weight.sum(0)
    left = (weight * (tell(code) - wanted).square()).sum(0) / (weight * (wanted - centre).square()).sum(0)
    return float(1 - left[:DETAIL].mean()), float(1 - left[DETAIL:].mean())


def _seen(network: AMIRNet, config: Config, count: int, seed: int, *, held_out: bool) -> Seen:
    data = config.data
    items = Items(data, count, seed, validation=held_out)
    with bars.task("decoding photos", len(items.files())) as advance:
        items.preload(advance)
    side = data.window or max(data.patch, data.probe_side)
    windows = Windows(items, side, data.patch, data.probe_side, data.probes, data.workers, torch.device("cpu"))
    try:
        with bars.task("damaging photos", count) as advance:
            windows.turn_to(0, advance, last=True)
        with bars.task("looking", count) as advance:
            return Seen(network, windows, advance)
    finally:
        windows.close()


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--data", required=True, type=click.Path(path_type=Path), help="Folder of the training image sets.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The new model.safetensors.")
@click.option("--photos", default=12288, show_default=True, type=click.IntRange(min=64), help="How many are seen.")
@click.option("--steps", default=STEPS, show_default=True, type=click.IntRange(min=1))
def main(model: Path, data: Path, output: Path, photos: int, steps: int) -> None:
    """Fit what the encoder of MODEL (a model.safetensors or its run folder) says of damages, all else left as it is.

    Train on from OUTPUT with ``train.frozen_encoder``: a restorer has to learn what the new numbers say.
    """
    with errors_reported():
        trained = load_model(model)
        if not (trained.config.network.bands and trained.config.network.severity):
            raise CheckpointError(f"{model}: has no bands, or no severity: train it on with both")
        config = with_root(trained.config, data)
        seed = config.train.seed
        seen = _seen(trained.network, config, photos, seed + 3, held_out=False)
        judged = _seen(trained.network, config, max(64, photos // 8), seed + 4, held_out=True)
        with bars.task("fitting", steps) as advance:
            tell = fit(trained.network, seen, seed, advance, steps)
        scale = seen.told.mean(0), seen.told.std(0).clamp_min(1e-3)
        for name, some in (("seen", seen), ("held out", judged)):
            detail, added = explained(trained.network, some, tell, scale)
            click.echo(f"{name}: codes explain {detail:.3f} of the detail that is left, {added:.3f} of what was added")
        facts = {**trained.facts, "encoder": {"photos": photos, "steps": steps}}
        save_model(output, replace(trained, facts=facts, quantized=None))


if __name__ == "__main__":
    main()
