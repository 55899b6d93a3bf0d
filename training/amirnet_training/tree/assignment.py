"""Which node every item belongs to on every level: the pseudo-labels that training works with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..data.counters import NODE_STREAM, counter_rng


class Assignment:
    """Labels of all items, (items, levels) int64: node index on each level, -1 where the tree has not grown to yet."""

    def __init__(self, items: int, levels: int) -> None:
        self.labels: npt.NDArray[np.int64] = np.full((items, levels), -1, dtype=np.int64)
        self.labels[:, 0] = 0

    @property
    def depth(self) -> int:
        """The deepest level that has been grown."""
        return int((self.labels[0] >= 0).sum()) - 1

    def nodes(self, level: int) -> Tensor:
        """Node numbers (2^level - 1 + index) that hold items on ``level``."""
        return torch.from_numpy(np.unique(self.labels[:, level]) + 2**level - 1)

    def of(self, items: Tensor) -> Tensor:
        """Labels of a batch, (N, levels)."""
        return torch.from_numpy(self.labels[items.numpy()])

    def draw_nodes(self, labels: Tensor, share: float, seed: int, step: int, rank: int = 0, world: int = 1) -> Tensor:
        """For a ``share`` of a step's samples a random node on their path, -1 for the others: (N,).

        Restoring by prototypes in training is what lets the runtime back off to a shallower node.

        Args:
            labels: of this process's share of the step's samples, (N, levels).
        """
        rng, count = counter_rng(seed, NODE_STREAM, step), len(labels) * world
        chosen = torch.from_numpy(rng.random(count) < share)[rank::world]
        level = torch.from_numpy(rng.integers(0, self.depth + 1, count))[rank::world]
        node = 2**level - 1 + labels.gather(1, level[:, None])[:, 0]
        return torch.where(chosen, node, -1)

    @staticmethod
    def sums(labels: Tensor, codes: Tensor) -> tuple[Tensor, Tensor]:
        """Summed codes (entries, entries) and sample counts (entries,) of every node, for one batch of labels
        (N, levels) and codes (N, entries)."""
        entries = codes.shape[1]
        sums, counts = codes.new_zeros(entries, entries), codes.new_zeros(entries)
        for level in range(labels.shape[1]):
            known = (labels[:, level] >= 0).to(codes.dtype)  # a level that has not been grown adds nothing, anywhere
            node = labels[:, level].clamp_min(0) + 2**level - 1
            sums.index_add_(0, node, codes * known[:, None])
            counts.index_add_(0, node, known)
        return sums, counts
