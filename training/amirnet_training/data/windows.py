"""Windows of all items, damaged ahead by worker processes and kept on the device that learns from them.

A GPU learns from photos many times faster than processors can damage them. So each item's photo is damaged once in a
window larger than a patch, all windows lie in the device's memory, patches and probes are cut from them there, and
while they are learnt from, the next generation of windows is made in the background: from other places of the photos
and with other noise. Everything is drawn from counters, so a run is the same wherever it was interrupted.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .. import progress as bars
from ..errors import DataError
from .counters import CROP_STREAM, CUT_STREAM, WINDOW_STREAM, counter_rng
from .items import Items
from .loader import Batch, item_of_visit, start_worker

POLL = 0.2
"""Seconds between two looks at how far the workers are."""
WORKERS_NICENESS = 5
"""How far workers stand back for the process that trains."""


class _Generation:
    """One generation in the making: windows (items, S, S, 3), which worker processes write to shared memory.

    Not through a loader: whatever hands windows over in this process takes its time from the training step's.
    """

    def __init__(self, items: Items, side: int, workers: int, number: int) -> None:
        self.number, self._items, self._workers = number, items, max(1, workers)
        self.degraded = torch.empty(len(items), side, side, 3, dtype=torch.uint8).share_memory_()
        self.clean = torch.empty_like(self.degraded).share_memory_()
        context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        # A place a worker, so without a lock: one that is killed while it holds a lock would stop all the others.
        self._done = context.RawArray("q", self._workers)
        self._failures = context.SimpleQueue()
        made = (context.Process(target=self._make, args=(first,), daemon=True) for first in range(self._workers))
        self._processes = list(made)
        for process in self._processes:
            process.start()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_processes": []}  # of no use to a worker that is spawned, and not to be sent

    def _make(self, first: int) -> None:
        start_worker(first)
        os.nice(WORKERS_NICENESS)
        torch.set_num_threads(1)
        degraded, clean = self.degraded.numpy(), self.clean.numpy()
        count, side = degraded.shape[:2]
        try:
            for index in range(first, count, self._workers):
                rng = counter_rng(self._items.seed, WINDOW_STREAM, self.number * count + index)
                degraded[index], clean[index] = self._items.window(index, side, rng)
                self._done[first] += 1
        except DataError as error:
            self._failures.put(str(error))

    def wait(self, advance: Callable[[int], None]) -> None:
        """Until all windows are made, calling ``advance`` with how many more there are. Raises DataError."""
        told = 0
        for process in self._processes:
            while process.is_alive():
                process.join(POLL)
                done = sum(self._done)
                advance(done - told)
                told = done
        if not self._failures.empty():
            raise DataError(self._failures.get())
        if sum(self._done) != len(self._items):
            raise DataError("a process that damages photos was ended from outside: resume the run, with more memory")

    def stop(self) -> None:
        for process in self._processes:
            process.terminate()
            process.join()


class Windows:
    """The windows of all items, and crops of them.

    Args:
        items: what they show; preloaded.
        side: of a window, in pixels.
        patch: side of a restored patch, in pixels.
        probe: side of a probe, in pixels.
        probes: probes a sample.
        workers: processes that damage photos, at least one.
        device: where the windows lie and crops are cut.
    """

    def __init__(
        self, items: Items, side: int, patch: int, probe: int, probes: int, workers: int, device: torch.device
    ) -> None:
        self.items, self.side, self.patch, self.probe, self.probes = items, side, patch, probe, probes
        self.workers, self.device = workers, device
        self.degraded = torch.empty(0)
        self.clean = torch.empty(0)
        self.number = -1
        self._next: _Generation | None = None

    def turn_to(self, number: int, advance: Callable[[int], None] = lambda count: None, *, last: bool = False) -> None:
        """Makes generation ``number`` the one that crops are cut from, and has the one after it made in the background,
        unless this is the last one that is needed.

        Raises DataError when a photo cannot be used.
        """
        if number == self.number:
            return
        if self._next is None or self._next.number != number:
            self.close()
            self._next = _Generation(self.items, self.side, self.workers, number)
        self._next.wait(advance)
        self.degraded, self.clean = self._next.degraded.to(self.device), self._next.clean.to(self.device)
        self.number, self._next = number, None
        if not last:
            self._next = _Generation(self.items, self.side, self.workers, number + 1)

    def close(self) -> None:
        """Ends what is being made in the background."""
        if self._next is not None:
            self._next.stop()
            self._next = None

    def batches(
        self, steps: range, end: int, refresh: int, size: int, rank: int = 0, world: int = 1
    ) -> Iterator[Batch]:
        """One process's share of the batches of ``steps``, of a run that ends with step ``end`` - 1. Windows are made
        anew after every ``refresh`` steps. Raises DataError when a photo cannot be used."""
        final = (end - 1) // refresh

        def turn(generation: int) -> None:
            if generation != self.number:
                with bars.task("damaging photos", len(self.items)) as advance:
                    self.turn_to(generation, advance, last=generation == final)

        turn(min(steps.start // refresh, final))  # a run that only has to be finished needs them too
        try:
            for step in steps:
                turn(step // refresh)
                yield self.batch(step, size, rank, world)
        finally:
            self.close()

    def batch(self, step: int, size: int, rank: int = 0, world: int = 1) -> Batch:
        """One process's share of a step's batch of ``size`` samples."""
        visits = range(step * size, (step + 1) * size)
        chosen = torch.tensor([item_of_visit(self.items, visit) for visit in visits])
        rng = counter_rng(self.items.seed, CUT_STREAM, step)
        patches = self._places(rng, size, self.patch)
        probes = self._places(rng, size * self.probes, self.probe).view(size, self.probes, 4)
        probes[:, :, 2:] = patches[:, None, 2:]  # turned alike: which way a camera moved is told by its photo's probes
        patches, probes = patches[rank::world], probes[rank::world]
        mine = chosen[rank::world]
        repeated = mine.repeat_interleave(self.probes)
        seen = _cut(self.degraded, repeated, probes.flatten(0, 1), self.probe).unflatten(0, (len(mine), self.probes))
        degraded, clean = (_cut(whole, mine, patches, self.patch) for whole in (self.degraded, self.clean))
        return Batch(mine, degraded, clean, seen)

    def crops(self, count: int, step: int, size: int = 64) -> Iterator[tuple[Tensor, Tensor]]:
        """``count`` crops, as large as a probe and turned alike, of every item in order: (N, count, 3, P, P) damaged
        and clean."""
        rng = counter_rng(self.items.seed, CROP_STREAM, step)
        for first in range(0, len(self.items), size):
            chosen = torch.arange(first, min(first + size, len(self.items)))
            places = self._places(rng, len(chosen) * count, self.probe).view(len(chosen), count, 4)
            places[:, :, 2:] = places[:, :1, 2:]
            repeated = chosen.repeat_interleave(count)
            both = (_cut(whole, repeated, places.flatten(0, 1), self.probe) for whole in (self.degraded, self.clean))
            degraded, clean = (crops.unflatten(0, (len(chosen), count)) for crops in both)
            yield degraded, clean

    def _places(self, rng: np.random.Generator, count: int, side: int) -> Tensor:
        """(count, 4): top, left, quarter turns, and whether to flip."""
        free = self.side - side + 1
        return torch.from_numpy(rng.integers([0, 0, 0, 0], [free, free, 4, 2], (count, 4)))


def _cut(windows: Tensor, chosen: Tensor, places: Tensor, side: int) -> Tensor:
    """Crops (N, 3, side, side), uint8, of the windows (items, S, S, 3) that are chosen, turned and flipped."""
    chosen, places = chosen.to(windows.device), places.to(windows.device)
    top, left, turns, flip = places[:, :, None, None].unbind(1)
    axis = torch.arange(side, device=windows.device)
    row, column = axis[None, :, None], axis[None, None, :]
    column = torch.where(flip == 1, side - 1 - column, column)
    swapped = turns % 2 == 1
    row, column = torch.where(swapped, column, row), torch.where(swapped, row, column)
    far_row, far_column = (turns == 2) | (turns == 3), (turns == 1) | (turns == 2)
    row = torch.where(far_row, side - 1 - row, row)
    column = torch.where(far_column, side - 1 - column, column)
    cut = windows[chosen[:, None, None], top + row, left + column]
    return cut.permute(0, 3, 1, 2)
