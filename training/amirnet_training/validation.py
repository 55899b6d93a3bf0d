"""PSNR by group on photos held out of training: for watching and choosing, not for the final tables."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from .config import Config
from .damage_spectrum import codes_of_damage
from .data.items import Items
from .data.loader import Batch, StepSampler, make_loader, to_float
from .data.windows import Windows
from .losses import psnr
from .network import AMIRNet
from .tree.steering import nodes_of_kinds

BATCH = 32


class Validation:
    """A fixed set of held-out samples: windows that are made once, or crops that are cut anew at each measurement and
    are the same each time.

    Args:
        config: of the run.
        device: where the network is.
    """

    def __init__(self, config: Config, device: torch.device) -> None:
        self.config, self.device = config, device
        count = config.train.validation_items
        self.items = Items(config.data, count, config.train.seed + 1, validation=True) if count else None
        self._windows: Windows | None = None

    def prepare(self) -> None:
        """Makes the windows, if there are to be any. Raises DataError."""
        data = self.config.data
        if self.items is not None and data.window:
            side = min(data.window, max(2 * data.patch, data.probe_side))
            probes = data.probe_side, VALIDATION_PROBES
            self._windows = Windows(self.items, side, side, *probes, data.workers, self.device)
            self._windows.turn_to(0, last=True)

    def _batches(self) -> Iterator[Batch]:
        assert self.items is not None
        steps = -(-len(self.items) // BATCH)
        if self._windows is not None:
            yield from (self._windows.batch(step, BATCH) for step in range(steps))
        else:
            yield from make_loader(self.items, self.config.data.probes, StepSampler(0, steps, BATCH, 0, 1), 0)

    @torch.no_grad()
    def measure(self, network: AMIRNet) -> dict[str, float]:
        """Mean PSNR (dB) by group and over all groups, of the network and of the input (``input_...``)."""
        if self.items is None:
            return {}
        values: dict[str, list[float]] = {}
        for share in self._batches():
            degraded, clean = to_float(share.degraded, self.device), to_float(share.clean, self.device)
            steered = self._nodes(share.item), self._codes(network, degraded, clean)
            restored = network(degraded, to_float(share.probes, self.device), *steered).image
            after, before = psnr(restored, clean).tolist(), psnr(degraded, clean).tolist()
            for item, output, given in zip(share.item.tolist(), after, before, strict=True):
                group = self.items.groups[item]
                values.setdefault(group, []).append(output)
                values.setdefault(f"input_{group}", []).append(given)
        means = {group: round(sum(v) / len(v), 3) for group, v in sorted(values.items())}
        groups = [group for group in means if not group.startswith("input_")]
        means["mean"] = round(sum(means[group] for group in groups) / len(groups), 3)
        return means

    def _nodes(self, items: Tensor) -> Tensor | None:
        assert self.items is not None
        kinds = [self.items.kinds[item] for item in items.tolist()]
        return nodes_of_kinds(self.config.tree.code, kinds, self.device)

    def _codes(self, network: AMIRNet, degraded: Tensor, clean: Tensor) -> Tensor | None:
        return codes_of_damage(self.config.tree.code, degraded, clean, network.code_size)


VALIDATION_PROBES = 9
"""Probes a window, as many as fit beside each other in one of three times their size."""
