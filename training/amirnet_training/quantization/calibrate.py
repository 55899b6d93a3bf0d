"""Post-training calibration: a grid from the ranges that photos give, the quick path and where training starts."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

from ..network.phone import PhoneRestorer
from .fixed_steps import QuantisedRestorer
from .float_steps import float_steps
from .grid import FIXED, Grid, Scale, scale_for, weight_scales
from .layers import inner
from .program import restore

SHRINKS = (1.0, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
"""Parts of the full range that are tried: clipping a few values buys a finer step for all others."""
SAMPLE = 50_000
"""Values of a step that are kept of each batch."""


@torch.no_grad()
def calibrate(restorer: PhoneRestorer, batches: Iterable[tuple[Tensor, Tensor]], code_grid: int) -> QuantisedRestorer:
    """Quantises a restorer: for every step the range whose rounding error is smallest over the batches.

    Args:
        restorer: trained float weights.
        batches: tiles (N, 3, H, W) in [0, 1] with their codes (N, K, 1, 1), as the runtime would give them.
        code_grid: steps from 0 to 1 of a code (the tree's ``grid``).
    """
    steps = float_steps(restorer, keep=True)
    assert steps.kept is not None
    seen: dict[str, list[Tensor]] = {}
    extremes: dict[str, tuple[float, float]] = {}
    generator = torch.Generator().manual_seed(0)
    for tiles, codes in batches:
        restore(steps, tiles, codes)
        for name, value in steps.kept.items():
            flat = inner(value).flatten()
            low, high = extremes.get(name, (0.0, 0.0))
            extremes[name] = (min(low, float(flat.min())), max(high, float(flat.max())))
            if len(flat) > SAMPLE:
                flat = flat[torch.randint(len(flat), (SAMPLE,), generator=generator)]
            seen.setdefault(name, []).append(flat)
    activations = {name: _best_scale(torch.cat(values), *extremes[name]) for name, values in seen.items()}
    activations |= FIXED
    activations["code"] = Scale(float(np.float32(1 / code_grid)), 0)
    weights = {name: tuple(weight_scales(layer.weight).tolist()) for name, layer in steps.layers.items()}
    return QuantisedRestorer(steps.layers, Grid(activations, weights), steps.half_blocks, steps.quarter_blocks)


def _best_scale(values: Tensor, low: float, high: float) -> Scale:
    """Shrinks the upper end, then the lower one: what lies far out is rarely as far on both sides."""
    high = min((high * shrink for shrink in SHRINKS), key=lambda end: _error(values, scale_for(low, end)))
    low = min((low * shrink for shrink in SHRINKS), key=lambda end: _error(values, scale_for(end, high)))
    return scale_for(low, high)


def _error(values: Tensor, scale: Scale) -> float:
    return float((scale.fake(values) - values).square().mean())
