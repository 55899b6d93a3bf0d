"""Scales by what they do to the restored photo: calibration's second pass.

A step's own rounding error is a poor guide to what it costs: values far out that a later ReLU drops anyway pull a scale
up, and the fine differences that make a quiet photo are lost. So each group of tied steps tries other scales, one group
after the other, and keeps what restores best.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from torch import Tensor

from .. import progress as bars
from ..network.phone import PhoneRestorer
from .borders import inner
from .calibrate import ObservedRange, from_seen, observe, with_factors
from .calibration_data import Sample
from .grid import HIGH, LOW, Grid, QuantParams
from .int8_steps import QuantizedRestorer
from .rounding_rules import Ties

RATIO = 0.8
"""One try from a scale to a finer one; its inverse to a coarser one."""
SHIFT = 16
"""One try with another zero point, in integers."""
TRIES = 16
"""Tries in one direction, at most."""
PIXELS = 800_000
"""Of the samples that ranges come from, so many pixels are restored for each try, borders included: half as they
come, half those that the first grid hurts most. What clips strong noise is seen on nothing else, and that is rare."""
LEAST = (0.5 / 255) ** 2
"""Squared error that nobody sees, half a level: photos that nothing ails must not outweigh all others."""


@torch.no_grad()
def calibrate_by_result(restorer: PhoneRestorer, samples: Iterable[Sample], code_grid: int) -> QuantizedRestorer:
    """Quantizes a restorer as `calibrate` does, and then moves the scales to where the result is best.

    Args:
        restorer: trained float weights.
        samples: training samples with the codes that the runtime would give them.
        code_grid: steps from 0 to 1 of a code (the tree's ``grid``).
    """
    kept = list(samples)
    seen = observe(restorer, [(sample.degraded, sample.code) for sample in kept])
    return _Search(from_seen(restorer, seen, code_grid), seen, restorer, kept).run()


class _Search:
    def __init__(
        self, start: QuantizedRestorer, seen: dict[str, ObservedRange], restorer: PhoneRestorer, samples: list[Sample]
    ) -> None:
        self.best, self.seen = start, seen
        self.ties = Ties.of(start.blocks)
        self.groups = self.ties.movable()
        hurt = torch.cat([
            _grown(_errors(start(sample.degraded, sample.code), sample.clean),
                   _errors(restorer(sample.degraded, sample.code), sample.clean))
            for sample in samples
        ])  # fmt: skip
        chosen = _half_and_worst(hurt, math.ceil(PIXELS / samples[0].degraded[0, 0].numel()))
        self.tiles, self.codes, self.clean = (
            torch.cat([getattr(sample, name) for sample in samples])[chosen] for name in ("degraded", "code", "clean")
        )
        self.exact = _errors(restorer(self.tiles, self.codes), self.clean)

    def run(self) -> QuantizedRestorer:
        self.least = self._loss(self.best)
        with bars.task("choosing scales", len(self.groups)) as advance:
            for first, members in self.groups.items():
                self._descend(partial(self._scaled, first, RATIO), partial(self._scaled, first, 1 / RATIO))
                for name in members:
                    if self.best.grid.activations[name].zero_point > LOW:
                        self._descend(partial(self._shifted, name, -SHIFT), partial(self._shifted, name, SHIFT))
                advance(1)
        return self.best

    def _descend(self, *ways: Callable[[], QuantizedRestorer]) -> None:
        """Goes on in the first way that lowers the loss, as long as it does."""
        for way in ways:
            before = self.least
            for _ in range(TRIES):
                other = way()
                if (loss := self._loss(other)) >= self.least:
                    break
                self.best, self.least = other, loss
            if self.least < before:
                break

    def _shifted(self, name: str, more: int) -> QuantizedRestorer:
        """More room at one end of a step's range, and as much less at the other."""
        begun = self.best.grid.activations[name]
        moved = QuantParams(begun.scale, min(max(begun.zero_point + more, LOW), HIGH))
        return replace(self.best, grid=replace(self.best.grid, activations={**self.best.grid.activations, name: moved}))

    def _scaled(self, first: str, ratio: float) -> QuantizedRestorer:
        scales = dict(self.best.grid.activations)
        for name in self.groups[first]:
            begun = scales[name]
            scale = float(np.float32(begun.scale * ratio))
            scales[name] = QuantParams(scale, _moved(begun, scale))
        scales = with_factors(scales, self.seen, self.ties)
        grid = Grid({name: scales[name] for name in self.best.grid.activations}, self.best.grid.weights)
        return replace(self.best, grid=grid)

    def _loss(self, quantized: QuantizedRestorer) -> float:
        """By how much 8 bits multiply the squared error, squared, as the mean over the samples: what many lose a little
        counts, and what one loses much, as strong noise does by clipping, counts more."""
        errors = _errors(quantized(self.tiles, self.codes), self.clean)
        return float(_grown(errors, self.exact).square().mean())


def _half_and_worst(hurt: Tensor, count: int) -> Tensor:
    """Indices of ``count`` samples, fewer where there are fewer: half of them the first, half those hurt most."""
    first = min(count // 2, len(hurt))
    worst = hurt[first:].argsort(descending=True, stable=True)[: count - first] + first
    return torch.cat([torch.arange(first), worst])


def _errors(restored: Tensor, clean: Tensor) -> Tensor:
    """Mean squared error of each sample's middle, (N,)."""
    return inner(restored.clamp(0, 1) - clean).square().mean(dim=(1, 2, 3))


def _grown(errors: Tensor, exact: Tensor) -> Tensor:
    """By how much 8 bits multiply each sample's squared error, (N,)."""
    return (errors + LEAST) / (exact + LEAST)


def _moved(begun: QuantParams, scale: float) -> int:
    """The zero point with which the middle of the range stays where it was; what begins at 0 still does."""
    if begun.zero_point == LOW:
        return LOW
    middle = ((LOW + HIGH) / 2 - begun.zero_point) * begun.scale
    return int(np.clip(round((LOW + HIGH) / 2 - middle / scale), LOW, HIGH))
