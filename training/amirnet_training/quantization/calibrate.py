"""Post-training calibration: a grid from the ranges that photos give, the quick path and where training starts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from ..network.phone import PhoneRestorer
from .exact import Ties, factor_scale, shift_for
from .fixed_steps import QuantisedRestorer
from .float_steps import float_steps
from .grid import FIXED, HIGH, LOW, Grid, Scale, scale_for, weight_scales
from .layers import inner
from .program import restore

SHRINKS = (1.0, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
"""Parts of the full range that are tried: clipping a few values buys a finer step for all others."""
SAMPLE = 25_000
"""Values of a step that are kept of each batch."""
HEADROOM = 1.15
"""A factor's range over that of the batches: other photos have other codes."""


@dataclass
class Seen:
    """What a step gave over the batches: its range, 0 included, and a sample of its values."""

    low: float = 0.0
    high: float = 0.0
    values: list[Tensor] = field(default_factory=list)

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
def calibrate(restorer: PhoneRestorer, batches: Iterable[tuple[Tensor, Tensor]], code_grid: int) -> QuantisedRestorer:
    """Quantises a restorer: for every group of steps the scale whose rounding error is smallest over the batches.

    Args:
        restorer: trained float weights.
        batches: tiles (N, 3, H, W) in [0, 1] with their codes (N, K, 1, 1), as the runtime would give them.
        code_grid: steps from 0 to 1 of a code (the tree's ``grid``).
    """
    return from_seen(restorer, observe(restorer, batches), code_grid)


def from_seen(restorer: PhoneRestorer, seen: dict[str, Seen], code_grid: int) -> QuantisedRestorer:
    """`calibrate` from what was observed."""
    steps = float_steps(restorer)
    ties = Ties.of(steps.blocks)
    code = Scale(float(np.float32(1 / code_grid)), 0)
    activations = with_factors(_scales(seen, ties) | {"code": code}, seen, ties)
    weights = {name: tuple(weight_scales(layer.weight).tolist()) for name, layer in steps.layers.items()}
    grid = Grid({name: activations[name] for name in seen}, weights)
    return QuantisedRestorer(steps.layers, grid, steps.blocks)


@torch.no_grad()
def observe(restorer: PhoneRestorer, batches: Iterable[tuple[Tensor, Tensor]]) -> dict[str, Seen]:
    """What each step gives over the batches, in the program's order."""
    steps = float_steps(restorer, keep=True)
    assert steps.kept is not None
    seen: dict[str, Seen] = {}
    generator = torch.Generator().manual_seed(0)
    for tiles, codes in batches:
        restore(steps, tiles, codes)
        for name, value in steps.kept.items():
            seen.setdefault(name, Seen()).take(value, generator)
    return seen


def with_factors(scales: dict[str, Scale], seen: dict[str, Seen], ties: Ties) -> dict[str, Scale]:
    """The scales with those of all factors, which follow from their products' (`exact`)."""
    found = dict(scales)
    for product in ties.products:
        value, result, factor = found[product.value].scale, found[product.result].scale, seen[product.factor]
        # A factor's step moves a whole channel: one twice as fine is worth some of the headroom.
        shift = shift_for(value, result, scale_for(factor.low, factor.high).scale)
        scale = factor_scale(value, result, shift)
        low, high = HEADROOM * factor.low, HEADROOM * factor.high
        found[product.factor] = Scale(scale, _zero_point(low, high, scale))
    return found


def _scales(seen: dict[str, Seen], ties: Ties) -> dict[str, Scale]:
    found: dict[str, Scale] = dict(FIXED)
    for first, members in ties.movable().items():
        block, _, part = first.rpartition("/")
        if part == "gained":
            found |= _before_relu(block, seen)
        elif len(members) == 1:
            found[first] = _best_scale(seen[first].sample, seen[first].low, seen[first].high)
        else:
            found |= _shared({name: seen[name] for name in members})
    return found


def _best_scale(values: Tensor, low: float, high: float) -> Scale:
    """Shrinks the upper end, then the lower one: what lies far out is rarely as far on both sides."""
    high = min((high * shrink for shrink in SHRINKS), key=lambda end: _error(values, scale_for(low, end)))
    low = min((low * shrink for shrink in SHRINKS), key=lambda end: _error(values, scale_for(end, high)))
    return scale_for(low, high)


def _shared(members: dict[str, Seen]) -> dict[str, Scale]:
    """One scale for steps that are added to each other: the one with the smallest error over all of them."""
    samples = {name: seen.sample for name, seen in members.items()}

    def placed(scale: float) -> dict[str, Scale]:
        return {name: Scale(scale, _zero_point(seen.low, seen.high, scale)) for name, seen in members.items()}

    widest = max(scale_for(seen.low, seen.high).scale for seen in members.values())
    tried = [placed(float(np.float32(widest * shrink))) for shrink in SHRINKS]
    return min(tried, key=lambda scales: sum(_error(samples[name], scales[name]) for name in members))


def _before_relu(block: str, seen: dict[str, Seen]) -> dict[str, Scale]:
    """A steered block's hidden values and what is added up to them: of the latter only what reaches beyond the ReLU."""
    hidden, shift = seen[f"{block}/hidden"], seen[f"{block}/shift"]
    best = _best_scale(hidden.sample, 0.0, hidden.high).scale
    # Sums below 0 are all the same, so the lower end of the larger summand is where the other cannot lift it above.
    low, high = -shift.high, 255 * best - shift.low
    scale = max(best, scale_for(low, high).scale)
    return {f"{block}/gained": Scale(scale, _zero_point(low, high, scale)),
            f"{block}/shift": Scale(scale, _zero_point(shift.low, shift.high, scale)),
            f"{block}/hidden": Scale(scale, LOW)}  # fmt: skip


def _zero_point(low: float, high: float, scale: float) -> int:
    """Where 0 lies so that ``low``..``high`` fits in the middle; where it does not, as much is lost at either end.

    At the lower end for what ReLU clips, so that the grid itself is the ReLU.
    """
    if low >= 0:
        return LOW
    middle = (low + high) / 2 / scale
    return int(np.clip(round((LOW + HIGH) / 2 - middle), LOW, HIGH))


def _error(values: Tensor, scale: Scale) -> float:
    return float((scale.fake(values) - values).square().mean())
