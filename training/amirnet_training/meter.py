"""What the training log says of the steps between two of its records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor


class Meter:
    """Running means between two log records, over the samples of all processes.

    Args:
        kinds: of every item.
        all_gather: a tensor of this process -> those of all.
    """

    elapsed: float
    """Seconds since the last record; whoever trains adds them."""
    waited: float
    """Of these, how many were spent waiting for data."""

    def __init__(self, kinds: list[str], all_gather: Callable[[Tensor], Any]) -> None:
        self.kinds = kinds
        self._all_gather = all_gather
        self._reset()

    def _reset(self) -> None:
        self.elapsed, self.waited = 0.0, 0.0
        self._losses: list[Tensor] = []
        self._entropies: list[Tensor] = []
        self._psnr: list[Tensor] = []
        self._items: list[Tensor] = []

    def add(self, items: Tensor, losses: Tensor, entropy: Tensor | None, values: Tensor) -> None:
        """Takes note of a step.

        Args:
            items: (N,) the samples' items.
            losses: (N,).
            entropy: () the tree's cross-entropy; None where nothing learns the tree.
            values: (N,) PSNR in dB.
        """
        self._items.append(items)
        self._losses.append(losses)
        if entropy is not None:
            self._entropies.append(entropy)
        self._psnr.append(values)

    def take(self) -> dict[str, Any]:
        """Loss, cross-entropy if there is one, PSNR (dB), PSNR by kind, and the share of time spent waiting for data;
        then resets.

        All processes must call it together.
        """
        losses, values = self._everyones(self._losses), self._everyones(self._psnr)
        by_kind: dict[str, list[float]] = {}
        for item, value in zip(self._everyones(self._items), values, strict=True):
            by_kind.setdefault(self.kinds[item], []).append(value)
        record: dict[str, Any] = {"loss": round(sum(losses) / len(losses), 6)}
        if self._entropies:
            entropies = self._everyones(self._entropies)
            record["cross_entropy"] = round(sum(entropies) / len(entropies), 4)
        record |= {
            "psnr": round(sum(values) / len(values), 3),
            "psnr_by_kind": {kind: round(sum(v) / len(v), 2) for kind, v in sorted(by_kind.items())},
            "waiting": round(self.waited / max(self.elapsed, 1e-9), 4),
        }
        self._reset()
        return record

    def _everyones(self, mine: list[Tensor]) -> list[Any]:
        together = torch.cat([values.flatten() for values in mine])
        return cast(Tensor, self._all_gather(together)).flatten().tolist()
