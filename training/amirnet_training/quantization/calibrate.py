"""Post-training calibration: a grid from the ranges that photos give, the quick path and where training starts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from ..network.phone import PhoneRestorer
from ..program.restorer import restore
from .borders import inner
from .grid import FIXED, HIGH, LOW, Grid, QuantParams, params_for, weight_scales
from .int8_steps import QuantizedRestorer
from .rounding_rules import Shift, Ties, factor_scale, shift_for

SHRINKS = (1.0, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
"""Parts of the full range that are tried: clipping a few values buys a finer step for all others."""
SAMPLE = 25_000
"""Values of a step that are kept of each batch."""
HEADROOM = 1.15
"""A factor's range over that of the batches: other photos have other codes."""


@dataclass
class ObservedRange:
    """What a step gave over the batches: its range, 0 included, and a sample of its values."""

    low: float = 0.0
    """The least value, at most 0."""
    high: float = 0.0
    """The greatest value, at least 0."""
    values: list[Tensor] = field(default_factory=list)
    """A sample of the values of each batch."""

    def take(self, value: Tensor, generator: torch.Generator) -> None:
        flat = inner(value).flatten()
        self.low, self.high = min(self.low, float(flat.min())), max(self.high, float(flat.max()))
        if len(flat) > SAMPLE:
            flat = flat[torch.randint(len(flat), (SAMPLE,), generator=generator)]
        self.values.append(flat)

    @property
    def sample(self) -> Tensor:
        return torch.cat(self.values)


@torch.no_grad()
def calibrate(restorer: PhoneRestorer, batches: Iterable[tuple[Tensor, Tensor]], code_grid: int) -> QuantizedRestorer:
    """Quantizes a restorer: for every group of steps the scale whose rounding error is smallest over the batches.

    Args:
        restorer: trained float weights.
        batches: tiles (N, 3, H, W) in [0, 1] with their codes (N, K, 1, 1), as the runtime would give them.
        code_grid: steps from 0 to 1 of a code (the tree's ``grid``).
    """
    return from_seen(restorer, observe(restorer, batches), code_grid)


def from_seen(restorer: PhoneRestorer, seen: dict[str, ObservedRange], code_grid: int) -> QuantizedRestorer:
    """`calibrate` from what was observed."""
    steps = restorer.float_steps()
    ties = Ties.of(steps.blocks)
    code = QuantParams(float(np.float32(1 / code_grid)), 0)
    activations = with_factors(_chosen(seen, ties) | {"code": code}, seen, ties)
    weights = {name: tuple(weight_scales(layer.weight).tolist()) for name, layer in steps.layers.items()}
    grid = Grid({name: activations[name] for name in seen}, weights)
    return QuantizedRestorer(steps.layers, grid, steps.blocks)


@torch.no_grad()
def observe(restorer: PhoneRestorer, batches: Iterable[tuple[Tensor, Tensor]]) -> dict[str, ObservedRange]:
    """What each step gives over the batches, in the program's order."""
    steps = restorer.float_steps(keep=True)
    assert steps.kept is not None
    seen: dict[str, ObservedRange] = {}
    generator = torch.Generator().manual_seed(0)
    for tiles, codes in batches:
        restore(steps, tiles, codes)
        for name, value in steps.kept.items():
            seen.setdefault(name, ObservedRange()).take(value, generator)
    return seen


def with_factors(scales: dict[str, QuantParams], seen: dict[str, ObservedRange], ties: Ties) -> dict[str, QuantParams]:
    """The scales with those of all factors, which follow from their products' (`rounding_rules`)."""
    found = dict(scales)
    for product in ties.products:
        value, result, factor = found[product.value].scale, found[product.result].scale, seen[product.factor]
        # A factor's step moves a whole channel: one twice as fine is worth some of the headroom.
        shift = shift_for(value, result, params_for(factor.low, factor.high).scale)
        scale = factor_scale(value, result, shift)
        low, high = HEADROOM * factor.low, HEADROOM * factor.high
        found[product.factor] = QuantParams(scale, _zero_point(low, high, scale))
    return found


def _chosen(seen: dict[str, ObservedRange], ties: Ties) -> dict[str, QuantParams]:
    found: dict[str, QuantParams] = dict(FIXED)
    shifts = {shift.value: shift for shift in ties.shifts}
    for first, members in ties.movable().items():
        if first in shifts and len(members) == 3:
            found |= _before_relu(shifts[first], seen)
        elif len(members) == 1:
            found[first] = _best_params(seen[first].sample, seen[first].low, seen[first].high)
        else:
            found |= _shared({name: seen[name] for name in members})
    return found


def _best_params(values: Tensor, low: float, high: float) -> QuantParams:
    """Shrinks the upper end, then the lower one: what lies far out is rarely as far on both sides."""
    high = min((high * shrink for shrink in SHRINKS), key=lambda end: _error(values, params_for(low, end)))
    low = min((low * shrink for shrink in SHRINKS), key=lambda end: _error(values, params_for(end, high)))
    return params_for(low, high)


def _shared(members: dict[str, ObservedRange]) -> dict[str, QuantParams]:
    """One scale for steps that are added to each other: the one with the smallest error over all of them."""
    samples = {name: seen.sample for name, seen in members.items()}

    def placed(scale: float) -> dict[str, QuantParams]:
        return {name: QuantParams(scale, _zero_point(seen.low, seen.high, scale)) for name, seen in members.items()}

    widest = max(params_for(seen.low, seen.high).scale for seen in members.values())
    tried = [placed(float(np.float32(widest * shrink))) for shrink in SHRINKS]
    return min(tried, key=lambda scales: sum(_error(samples[name], scales[name]) for name in members))


def _before_relu(step: Shift, seen: dict[str, ObservedRange]) -> dict[str, QuantParams]:
    """A sum before a ReLU and what is added up to it: of the latter only what reaches beyond the ReLU."""
    hidden, shift = seen[step.result], seen[step.shift]
    best = _best_params(hidden.sample, 0.0, hidden.high).scale
    # Sums below 0 are all the same, so the lower end of the larger summand is where the other cannot lift it above.
    low, high = -shift.high, 255 * best - shift.low
    scale = max(best, params_for(low, high).scale)
    return {step.value: QuantParams(scale, _zero_point(low, high, scale)),
            step.shift: QuantParams(scale, _zero_point(shift.low, shift.high, scale)),
            step.result: QuantParams(scale, LOW)}  # fmt: skip


def _zero_point(low: float, high: float, scale: float) -> int:
    """Where 0 lies so that ``low``..``high`` fits in the middle; where it does not, as much is lost at either end.

    At the lower end for what ReLU clips, so that the grid itself is the ReLU.
    """
    if low >= 0:
        return LOW
    middle = (low + high) / 2 / scale
    return int(np.clip(round((LOW + HIGH) / 2 - middle), LOW, HIGH))


def _error(values: Tensor, scale: QuantParams) -> float:
    return float((scale.fake(values) - values).square().mean())
