"""What a program is made of: the steps, and how whoever runs them computes them.

Only operations that every phone delegate takes: convolution, ReLU, add, multiply by a constant per channel,
nearest-neighbour upsampling (DESIGN section 3.5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from .restorer import Blocks

Value = TypeVar("Value")


class Steps(Protocol, Generic[Value]):
    """How a program's steps are computed. Values are NCHW tensors of whatever kind the implementation works on.

    A step's name is also the name of its result's place on the int8 grid, in the manifest and in parity reports.
    """

    blocks: Blocks
    """Which blocks the restorer has, and how many of them at each scale."""

    def input(self, name: str, value: Value) -> Value:
        """Takes an input on to the grid: ``tile`` (N, 3, H, W) in [0, 1] or ``code`` (N, K, 1, 1)."""
        ...

    def conv(self, name: str, value: Value, *, relu: bool = False) -> Value:
        """Convolution with layer ``name`` and its bias, then ReLU if asked, then the grid."""
        ...

    def add(self, name: str, left: Value, right: Value, *, relu: bool = False) -> Value:
        """Sum, a ``right`` of (N, C, 1, 1) broadcast, then ReLU if asked, then the grid."""
        ...

    def multiply(self, name: str, value: Value, factor: Value) -> Value:
        """Product with a ``factor`` of (N, C, 1, 1), then the grid."""
        ...

    def upsample(self, value: Value) -> Value:
        """Twice the size, nearest neighbour. Stays on the grid that it is on."""
        ...


class StepNames:
    """Computes nothing, and writes down which steps there are (`Steps` over names: a value is its step's name)."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.names: list[str] = []
        """The steps so far, in the order in which they are computed."""

    def input(self, name: str, value: str) -> str:
        return self._step(name)

    def conv(self, name: str, value: str, *, relu: bool = False) -> str:
        return self._step(name)

    def add(self, name: str, left: str, right: str, *, relu: bool = False) -> str:
        return self._step(name)

    def multiply(self, name: str, value: str, factor: str) -> str:
        return self._step(name)

    def upsample(self, value: str) -> str:
        return value

    def _step(self, name: str) -> str:
        self.names.append(name)
        return name
