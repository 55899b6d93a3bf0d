"""What an int8 restorer is fed and gives back: 8-bit pixels as they are, and a code in steps (CONTRACT G6).

As uint8 here; a format with signed integers takes the same less 128.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from amirnet.runtime.arrays import Floats, Pixels

Bytes: TypeAlias = npt.NDArray[np.uint8]
"""uint8 of any shape."""


def code_bytes(code: Floats, code_steps: int) -> Bytes:
    """A code, of multiples of 1 / `code_steps`, as number * `code_steps` + 128; beyond 8 bits it is clipped."""
    steps = np.floor(code.astype(np.float64) * code_steps + 0.5)
    return (np.clip(steps, -128, 127) + 128).astype(np.uint8)


def real_pixels(restored: Pixels | Floats) -> Floats:
    """A restored tile as numbers in [0, 1]: levels by the division that CONTRACT N1 states, float32 as it is."""
    numbers: Floats = restored.astype(np.float32)
    return numbers / np.float32(255) if restored.dtype == np.uint8 else numbers


def signed(values: Bytes, into: npt.NDArray[np.int8] | None = None) -> npt.NDArray[np.int8]:
    """The same integers less 128, as int8; in a place of the same shape, if one is given."""
    if into is None:
        into = np.empty(values.shape, dtype=np.int8)
    if values.strides[-1] == 1:
        np.bitwise_xor(values, np.uint8(128), out=into.view(np.uint8))
    else:  # planes into pixels: twice as fast channel by channel
        for channel in range(values.shape[-1]):
            np.bitwise_xor(values[..., channel], np.uint8(128), out=into.view(np.uint8)[..., channel])
    return into


def unsigned(values: npt.NDArray[Any]) -> Bytes:
    """int8 integers plus 128."""
    return np.bitwise_xor(values.view(np.uint8), np.uint8(128))
