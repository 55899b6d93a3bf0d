"""The part of a patch that says something about photos."""

from __future__ import annotations

from torch import Tensor


def inner(value: Tensor) -> Tensor:
    """A patch or a step's result (N, C, H, W) without the quarter at each side that its border reaches most.

    Patches are cut from photos and bordered by zeros, which the folded high-pass copy sees otherwise than the network
    does. Ranges and losses must not see those false edges, which a tile's halo keeps from every photo: a restorer
    that is trained for 8 bits would learn to mend them, and forget photos for it.
    """
    rows, columns = value.shape[2] // 4, value.shape[3] // 4
    return value[:, :, rows : value.shape[2] - rows, columns : value.shape[3] - columns]
