"""Passing all items through the encoder: features for growing, codes for prototypes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch.utils.data import DataLoader, Dataset

from ..data.counters import CROP_STREAM, counter_rng
from ..data.items import Items
from ..data.loader import start_worker, to_float
from ..network import AMIRNet


class _ItemCrops(Dataset[tuple[torch.Tensor, torch.Tensor]]):
    def __init__(self, items: Items, crops: int, step: int) -> None:
        self.items, self.crops, self.step = items, crops, step

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        rng = counter_rng(self.items.seed, CROP_STREAM, self.step * len(self.items) + index)
        crops = self.items.crops(index, self.crops, rng)
        return torch.from_numpy(crops.degraded).permute(0, 3, 1, 2), torch.from_numpy(crops.clean).permute(0, 3, 1, 2)


class CropSource(Protocol):
    """Where crops of all items come from."""

    def crops(self, count: int, step: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """``count`` crops of every item in order, (N, count, 3, P, P) uint8 damaged and clean, other ones each step."""
        ...


class FreshCrops:
    """Crops that are made as they are asked for, by ``workers`` processes."""

    def __init__(self, items: Items, workers: int) -> None:
        self.items, self.workers = items, workers

    def crops(self, count: int, step: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """As `CropSource` says; raises DataError when a photo cannot be used."""
        made = _ItemCrops(self.items, count, step)
        yield from DataLoader(made, batch_size=32, num_workers=self.workers, worker_init_fn=start_worker)


@torch.no_grad()
def item_features(
    network: AMIRNet, source: CropSource, crops: int, step: int, advance: Callable[[int], None]
) -> npt.NDArray[np.float32]:
    """Degraded minus clean encoder features of every item, averaged over ``crops`` fresh crops: (items, features)."""
    device = next(network.parameters()).device
    rows = []
    for degraded, clean in source.crops(crops, step):
        count, repeats = degraded.shape[:2]
        both = to_float(torch.cat([degraded, clean]).flatten(0, 1), device)
        features = network.encoder(both).float().view(2, count, repeats, -1).mean(dim=2)
        rows.append((features[0] - features[1]).cpu().numpy())
        advance(count)
    return np.concatenate(rows)


@torch.no_grad()
def item_codes(
    network: AMIRNet, source: CropSource, crops: int, step: int, advance: Callable[[int], None]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean mask and mean code of every item over ``crops`` degraded crops: (items, entries) each, as a phone averages
    probes (CONTRACT: averaging)."""
    device = next(network.parameters()).device
    masks, codes = [], []
    for degraded, _ in source.crops(crops, step):
        count, repeats = degraded.shape[:2]
        place = network.place(to_float(degraded.flatten(0, 1), device))
        masks.append(place.mask.double().view(count, repeats, -1).mean(dim=1).cpu().numpy())
        codes.append((place.mask.double() * place.value.double()).view(count, repeats, -1).mean(dim=1).cpu().numpy())
        advance(count)
    return np.concatenate(masks), np.concatenate(codes)
