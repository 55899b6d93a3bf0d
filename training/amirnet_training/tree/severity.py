"""Numbers of the code that say how severe a damage is, of every photo alike (`network.amirnet.TreeHeads`).

A model that has none gets them from nodes that hold next to no photos. They begin as the best linear guess of the
damage's spectrum (`damage_spectrum`) from the encoder's features: left to find out by themselves, they said next to
nothing after thousands of steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..damage_spectrum import spectrum
from ..data.loader import to_float
from ..network import AMIRNet
from ..program.layer import CodeMap
from .features import CropSource

LEAST = 0.002
"""Share of the training photos below which a node is given up: the tree tells nothing apart by it."""
RIDGE = 1e-3
"""Keeps the guess from following features that hardly ever change."""


@torch.no_grad()
def prune(network: AMIRNet, tree: dict[str, Any]) -> list[int]:
    """Gives up every node of a finished tree, with all below it, that holds less than `LEAST` of the photos.

    The numbers that no node owns then say nothing and are listened to by nothing, so that a network with `severity`
    computes at first what it did before.

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
    for module in network.modules():
        if isinstance(module, CodeMap):
            module.linear.weight[:, free] = 0
    if network.light is not None:
        network.light.hidden.weight[:, : network.code_size][:, free] = 0
    return sorted(given_up)


@torch.no_grad()
def begin(network: AMIRNet, source: CropSource, crops: int, advance: Callable[[int], None]) -> Tensor:
    """Makes the free numbers the main directions of the best linear guess of the damages' spectra.

    Args:
        network: is changed.
        source: of crops of the training items.
        crops: how many an item.
        advance: is called with how many more items were looked at.

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
    count = int(free.sum())
    ways = (guess * weight) @ directions[:count].T / (lengths[:count] / len(x) ** 0.5)
    rows = ways[:-1] / spread[:, None]
    offset = ways[-1] - (x @ ways).mean(0) - mean @ rows
    network.heads.value.weight[free] = rows.T.float()
    network.heads.value.bias[free] = offset.float()
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
    device = next(network.parameters()).device
    features, told, trusted = [], [], []
    for degraded, clean in source.crops(crops, 0):
        count, repeats = degraded.shape[:2]
        damaged, sharp = (to_float(part.flatten(0, 1), device) for part in (degraded, clean))
        features.append(network.encoder(damaged).double().unflatten(0, (count, repeats)).mean(1).cpu())
        found = spectrum(damaged, sharp)
        values, weights = (part.double().unflatten(0, (count, repeats)).cpu() for part in (found.told, found.trusted))
        told.append((values * weights).sum(1) / weights.sum(1).clamp_min(1e-9))
        trusted.append(weights.mean(1))
        advance(count)
    return torch.cat(features), torch.cat(told), torch.cat(trusted)
