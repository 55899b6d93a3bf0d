"""Passing all items through the encoder: features for growing, codes for prototypes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch.utils.data import DataLoader, Dataset

from ..data.items import CROP_STREAM, Items, counter_rng
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


def _batches(items: Items, crops: int, step: int, workers: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    loader = DataLoader(_ItemCrops(items, crops, step), batch_size=32, num_workers=workers, worker_init_fn=start_worker)
    yield from loader


@torch.no_grad()
def item_features(
    network: AMIRNet, items: Items, crops: int, step: int, workers: int, advance: Callable[[int], None]
) -> npt.NDArray[np.float32]:
    """Degraded minus clean encoder features of every item, averaged over ``crops`` fresh crops: (items, features)."""
    device = next(network.parameters()).device
    rows = []
    for degraded, clean in _batches(items, crops, step, workers):
        count, repeats = degraded.shape[:2]
        both = to_float(torch.cat([degraded, clean]).flatten(0, 1), device)
        features = network.encoder(both).float().view(2, count, repeats, -1).mean(dim=2)
        rows.append((features[0] - features[1]).cpu().numpy())
        advance(count)
    return np.concatenate(rows)


@torch.no_grad()
def item_codes(
    network: AMIRNet, items: Items, crops: int, step: int, workers: int, advance: Callable[[int], None]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean mask and mean code of every item over ``crops`` degraded crops: (items, entries) each, as a phone averages
    probes (CONTRACT: averaging)."""
    device = next(network.parameters()).device
    masks, codes = [], []
    for degraded, _ in _batches(items, crops, step, workers):
        count, repeats = degraded.shape[:2]
        place = network.place(to_float(degraded.flatten(0, 1), device))
        masks.append(place.mask.double().view(count, repeats, -1).mean(dim=1).cpu().numpy())
        codes.append((place.mask.double() * place.value.double()).view(count, repeats, -1).mean(dim=1).cpu().numpy())
        advance(count)
    return np.concatenate(masks), np.concatenate(codes)
