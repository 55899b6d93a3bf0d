"""Numbers of the code that say how severe a damage is, of every photo alike (`network.amirnet.TreeHeads`).

A model that has none gets them from nodes that hold next to no photos. They begin as the best linear guess of the
damage's spectrum (`damage_spectrum`) from the encoder's features: left to find out by themselves, they said next to
nothing after thousands of steps. Where the encoder is to measure bands (`network.bands`) and did not, what reads them
is fitted to the spectrum first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from ..damage_spectrum import Spectrum, spectrum
from ..data.loader import to_float
from ..network import AMIRNet
from ..network.bands import Bands
from ..program.layer import CodeMap
from ..schedule import learning_rate
from .features import CropSource

LEAST = 0.002
"""Share of the training photos below which a node is given up: the tree tells nothing apart by it."""
RIDGE = 1e-3
"""Keeps the guess from following features that hardly ever change."""
FAINTEST = 0.05
"""A direction of the guess that varies less than this share of the main one's is not made louder than that: it is
mostly noise."""
STEPS, BATCH, RATE = 4000, 64, 3e-3
"""Of the fit of what reads the bands."""
CROPS, PROBES = 6, 4
"""Crops of a photo that this fit sees, and how many of them it looks at at a time: a code is a mean over probes."""


@torch.no_grad()
def adopt(network: AMIRNet, begun: AMIRNet) -> None:
    """Copies the weights of a network whose encoder has no bands, or whose tree has fewer levels, as far as they go;
    nothing listens to what is new at first."""
    theirs, code = begun.state_dict(), begun.code_size
    for name, own in network.state_dict().items():
        if name not in theirs:
            continue
        told = theirs[name]
        if told.shape != own.shape:
            own.zero_()
        if name == "light.hidden.weight":  # reads codes, and then levels
            own[:, network.code_size :] = told[:, code:]
            told = told[:, :code]
        own[tuple(slice(length) for length in told.shape)] = told


@torch.no_grad()
def prune(network: AMIRNet, tree: dict[str, Any]) -> list[int]:
    """Gives up every node of a finished tree, with all below it, that holds less than `LEAST` of the photos.

    The numbers that no node owns then say nothing, so that a network with `severity` computes what it did before.

    Args:
        network: is changed.
        tree: of the same network, as `finish.describe` makes it.

    Returns:
        The nodes that were given up.
    """
    given_up = {node["id"] for node in tree["nodes"] if node["id"] and node["share"] < LEAST}
    for node in sorted(node["id"] for node in tree["nodes"]):
        if node and (node - 1) // 2 in given_up:
            given_up.add(node)
    network.heads.exists[sorted(given_up)] = False
    free = ~network.heads.exists
    network.heads.value.weight[free] = 0
    network.heads.value.bias[free] = 0
    return sorted(given_up)


def kept(network: AMIRNet, begun: AMIRNet) -> Tensor | None:
    """(entries,) bool: numbers that said how severe a damage is in ``begun``, if the network has more of them; None
    where it has no more, and all begin anew."""
    theirs = torch.zeros_like(network.heads.exists)
    theirs[: begun.code_size] = begun.heads.free().to(theirs.device)
    return theirs if bool((network.heads.free() & ~theirs).any()) else None


def fit_bands(bands: Bands, seen: Tensor, told: Tensor, trusted: Tensor, seed: int) -> None:
    """Fits what reads the bands, so that a linear map of its mean over some crops tells a damage's spectrum.

    Args:
        bands: is changed.
        seen: (M, R, ...) of R crops of M photos, as `Bands.compared` gives it.
        told: (M, `SIZE`), the spectra.
        trusted: (M, `SIZE`), how far each number is to be trusted.
        seed: decides the order.
    """
    generator = torch.Generator().manual_seed(seed)
    bands.standardise(seen.flatten(0, 1))
    middle, unit = told.mean(0), told.std(0).clamp_min(1e-3)
    layers = [layer for layer in bands.read if isinstance(layer, nn.Linear)]
    tell = nn.Linear(layers[-1].out_features, told.shape[1])
    with torch.no_grad():
        for layer in (*layers, tell):
            layer.weight.copy_(torch.randn(layer.weight.shape, generator=generator) / layer.in_features**0.5)
            layer.bias.zero_()
    parameters = [*bands.read.parameters(), *tell.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=RATE, weight_decay=1e-3)
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = learning_rate(step, STEPS, 100, RATE)
        chosen = torch.randint(len(seen), (BATCH,), generator=generator)
        crops = torch.randint(seen.shape[1], (BATCH, PROBES), generator=generator)
        found = tell(bands.told(seen[chosen[:, None], crops]).mean(dim=1))
        apart = (found - (told[chosen] - middle) / unit).square()
        optimizer.zero_grad()
        (trusted[chosen] * apart).mean().backward()
        optimizer.step()


@torch.no_grad()
def see(network: AMIRNet, source: CropSource, seed: int, advance: Callable[[int], None]) -> None:
    """Fits the encoder's bands to the crops of ``source``; the arguments are those of `begin`, ``seed`` draws."""
    bands = network.encoder.bands
    assert isinstance(bands, Bands)
    rows = []
    for damaged, found in damages(network, source, CROPS, advance):
        compared = bands.compared(damaged).unflatten(0, (-1, CROPS))
        rows.append([part.cpu() for part in (compared, *mean_spectrum(found, CROPS))])
    seen, told, trusted = (torch.cat(part) for part in zip(*rows, strict=True))
    with torch.enable_grad():
        fit_bands(bands.cpu(), seen, told.float(), trusted.float(), seed)
    bands.to(next(network.parameters()).device)


@torch.no_grad()
def begin(
    network: AMIRNet, source: CropSource, crops: int, advance: Callable[[int], None], kept: Tensor | None = None
) -> Tensor:
    """Makes the free numbers the main directions of the best linear guess of the damages' spectra.

    At first nothing listens to them, so the network computes what it did before; unless it had listened to what they
    said until now.

    Args:
        network: is changed.
        source: of crops of the training items.
        crops: how many an item.
        advance: is called with how many more items were looked at.
        kept: (entries,) bool: numbers that stay what they are.

    Returns:
        How much of each number of the spectrum the guess explains, 1 being all of it, (`SIZE`,).
    """
    features, told, trusted = _seen(network, source, crops, advance)
    mean, spread = features.mean(0), features.std(0).clamp_min(1e-6)
    x = torch.cat([(features - mean) / spread, torch.ones(len(features), 1, dtype=torch.double)], dim=1)
    unit = RIDGE * torch.eye(x.shape[1], dtype=torch.double)
    guess = torch.stack([_fit(x, told[:, number], trusted[:, number], unit) for number in range(told.shape[1])], dim=1)
    total = trusted.sum(0)
    centre = (trusted * told).sum(0) / total
    variance = (trusted * (told - centre).square()).sum(0) / total
    explained = 1 - (trusted * (told - x @ guess).square()).sum(0) / total / variance
    # In units of how far each number varies among photos, and as far as it is to be trusted.
    weight = (trusted.mean(0) / variance).sqrt()
    guessed = (x @ guess) * weight
    _, lengths, directions = torch.linalg.svd(guessed - guessed.mean(0), full_matrices=False)
    free = network.heads.free()
    if kept is not None:
        free &= ~kept
    for module in network.modules():
        if isinstance(module, CodeMap):
            module.linear.weight[:, free] = 0
    if network.light is not None:
        network.light.hidden.weight[:, : network.code_size][:, free] = 0
    count = min(int(free.sum()), len(directions))
    lengths = lengths.clamp_min(FAINTEST * lengths[0])
    ways = (guess * weight) @ directions[:count].T / (lengths[:count] / len(x) ** 0.5)
    rows = ways[:-1] / spread[:, None]
    offset = ways[-1] - (x @ ways).mean(0) - mean @ rows
    begun = free.nonzero().flatten()[:count]
    network.heads.value.weight[begun] = rows.T.float()
    network.heads.value.bias[begun] = offset.float()
    return explained


def _fit(x: Tensor, y: Tensor, weight: Tensor, unit: Tensor) -> Tensor:
    """Weighted ridge regression of ``y`` (items,) on ``x`` (items, features)."""
    weighted = x * weight[:, None] / weight.sum()
    return torch.linalg.solve(weighted.T @ x + unit, weighted.T @ y)


def _seen(
    network: AMIRNet, source: CropSource, crops: int, advance: Callable[[int], None]
) -> tuple[Tensor, Tensor, Tensor]:
    """Of every item the encoder's features (items, F), its damage's spectrum, and how far that is to be trusted (items,
    `SIZE`)."""
    rows = []
    for damaged, found in damages(network, source, crops, advance):
        features = network.encoder(damaged).double().unflatten(0, (-1, crops)).mean(1)
        rows.append([part.cpu() for part in (features, *mean_spectrum(found, crops))])
    features, told, trusted = (torch.cat(part) for part in zip(*rows, strict=True))
    return features, told, trusted


def mean_spectrum(found: Spectrum, crops: int) -> tuple[Tensor, Tensor]:
    """Mean spectra of every ``crops`` crops, each number weighted by how far it is to be trusted, and their trust."""
    values, weights = (part.double().unflatten(0, (-1, crops)) for part in (found.told, found.trusted))
    return (values * weights).sum(1) / weights.sum(1).clamp_min(1e-9), weights.mean(1)


def damages(
    network: AMIRNet, source: CropSource, crops: int, advance: Callable[[int], None]
) -> Iterator[tuple[Tensor, Spectrum]]:
    """Damaged crops (items * ``crops``, 3, P, P), some items at a time, and what was done to them."""
    device = next(network.parameters()).device
    for degraded, clean in source.crops(crops, 0):
        damaged, sharp = (to_float(part.flatten(0, 1), device) for part in (degraded, clean))
        yield damaged, spectrum(damaged, sharp)
        advance(len(degraded))
