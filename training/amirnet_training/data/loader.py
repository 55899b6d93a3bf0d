"""Batches for a range of steps: deterministic, resumable at any step, divided among processes."""

from __future__ import annotations

import ctypes
import signal
import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from .counters import ORDER_STREAM, VISIT_STREAM, counter_rng
from .items import Items

PR_SET_PDEATHSIG = 1
"""Of Linux's prctl: the signal that a process gets when its parent dies."""


class Batch(NamedTuple):
    """One process's share of a step. Images are uint8, channels first."""

    item: Tensor
    """Item numbers, (N,) int64."""
    degraded: Tensor
    """(N, 3, P, P)."""
    clean: Tensor
    """(N, 3, P, P)."""
    probes: Tensor
    """Degraded crops from elsewhere in the same photo, (N, R, 3, P, P)."""


def item_of_visit(items: Items, visit: int) -> int:
    """Which item a run's sample number ``visit`` shows: every epoch visits every item once, in its own order."""
    epoch, place = divmod(visit, len(items))
    return int(_order(items.seed, len(items), epoch)[place])


@lru_cache(maxsize=4)
def _order(seed: int, count: int, epoch: int) -> np.ndarray:
    return counter_rng(seed, ORDER_STREAM, epoch).permutation(count)


class Visits(Dataset[tuple[int, np.ndarray, np.ndarray, np.ndarray]]):
    """Sample ``v`` of the whole run: which item it visits and the crops of that visit."""

    def __init__(self, items: Items, probes: int) -> None:
        self.items = items
        self.probes = probes

    def __getitem__(self, visit: int) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
        item = item_of_visit(self.items, visit)
        crops = self.items.crops(item, 1 + self.probes, counter_rng(self.items.seed, VISIT_STREAM, visit))
        degraded = np.moveaxis(crops.degraded, 3, 1)
        return item, degraded[0], np.moveaxis(crops.clean[0], 2, 0), degraded[1:]


class StepSampler:
    """The visits of each step from ``first`` to ``last`` - 1 that fall to process ``rank`` of ``world``."""

    def __init__(self, first: int, last: int, batch: int, rank: int, world: int) -> None:
        self.steps = range(first, last)
        self.batch, self.rank, self.world = batch, rank, world

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[list[int]]:
        for step in self.steps:
            yield list(range(step * self.batch + self.rank, (step + 1) * self.batch, self.world))


def _collate(samples: list[tuple[int, np.ndarray, np.ndarray, np.ndarray]]) -> Batch:
    item, degraded, clean, probes = zip(*samples, strict=True)
    stacked = (torch.from_numpy(np.stack(arrays)) for arrays in (degraded, clean, probes))
    return Batch(torch.tensor(item), *stacked)


def start_worker(_: int) -> None:
    """For every data worker: OpenCV's threads do not outlive a fork, and the worker does not outlive its training.

    A worker whose parent was killed in the middle of a hand-over can wait for it for ever; Linux ends it by itself.
    """
    cv2.setNumThreads(0)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def make_loader(items: Items, probes: int, sampler: StepSampler, workers: int) -> DataLoader[Batch]:
    """A loader whose n-th batch is the same whatever the number of workers."""
    return DataLoader(
        Visits(items, probes),  # type: ignore[arg-type]
        batch_sampler=sampler,  # type: ignore[arg-type]
        num_workers=workers,
        collate_fn=_collate,
        worker_init_fn=start_worker,
        prefetch_factor=8 if workers else None,
        persistent_workers=False,
    )


def to_float(images: Tensor, device: torch.device) -> Tensor:
    """uint8 -> float32 in [0, 1] on ``device``."""
    return images.to(device, non_blocking=True).float() / 255
