"""PSNR by kind on photos held out of training: for watching and choosing, not for the final tables."""

from __future__ import annotations

import torch

from .config import Config
from .data.items import Items
from .data.loader import StepSampler, make_loader, to_float
from .losses import psnr
from .network import AMIRNet


class Validation:
    """A fixed set of held-out samples, cut anew at each measurement with the same crops."""

    def __init__(self, config: Config) -> None:
        self.config = config
        count = config.train.validation_items
        self.items = Items(config.data, count, config.train.seed + 1, validation=True) if count else None

    @torch.no_grad()
    def measure(self, network: AMIRNet) -> dict[str, float]:
        """Mean PSNR (dB) by kind and over all kinds, of the network and of the input (``input_...``)."""
        if self.items is None:
            return {}
        device = next(network.parameters()).device
        batch = 32
        sampler = StepSampler(0, -(-len(self.items) // batch), batch, 0, 1)
        values: dict[str, list[float]] = {}
        for share in make_loader(self.items, self.config.data.probes, sampler, 0):
            degraded, clean = to_float(share.degraded, device), to_float(share.clean, device)
            restored, _, _ = network(degraded, to_float(share.probes, device))
            after, before = psnr(restored, clean).tolist(), psnr(degraded, clean).tolist()
            for item, output, given in zip(share.item.tolist(), after, before, strict=True):
                kind = self.items.kinds[item]
                values.setdefault(kind, []).append(output)
                values.setdefault(f"input_{kind}", []).append(given)
        means = {kind: round(sum(v) / len(v), 3) for kind, v in sorted(values.items())}
        kinds = [kind for kind in means if not kind.startswith("input_")]
        means["mean"] = round(sum(means[kind] for kind in kinds) / len(kinds), 3)
        return means
