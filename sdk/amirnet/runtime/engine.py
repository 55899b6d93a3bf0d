"""What an engine is: it runs the two graphs of a bundle (CONTRACT G1-G4). The room `engines` has those there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from amirnet.errors import EngineError
from amirnet.runtime.arrays import Floats


@dataclass(frozen=True)
class EngineMemory:
    """What restoring with an engine takes beside the photo, in bytes; measured, docs/MEMORY.md says how."""

    runtime: int
    """Python, the libraries, both graphs, and the pieces in which rows are copied."""
    tile_pixel: int
    """A pixel of the tile's input: all the tensors of the engine, and those around it."""


class Engine(Protocol):
    """Runs a bundle's graphs. Arrays are float32, NCHW, RGB in [0, 1]. Both methods raise EngineError."""

    @property
    def title(self) -> str:
        """What runs, for people."""
        ...

    @property
    def fixed_tile(self) -> int | None:
        """Side in pixels of the only tiles that its restorer takes; None: any multiple of the alignment."""
        ...

    @property
    def memory(self) -> EngineMemory | None:
        """What it takes for a model of the shipped one's size; None: nobody measured it."""
        ...

    def encode(self, probes: Floats) -> tuple[Floats, Floats]:
        """probes (N, 3, S, S) -> mask (N, K), probabilities per level, and value (N, K)."""
        ...

    def restore(self, tile: Floats, code: Floats) -> Floats:
        """tile (1, 3, H, W) and code (1, K, 1, 1) -> restored (1, 3, H, W), not clipped."""
        ...


def check_encoded(where: str, mask: Floats, value: Floats, count: int, size: int) -> None:
    """Raises EngineError unless an encoder's answer for `count` probes has the contract's shape (CONTRACT G2)."""
    if mask.shape != (count, size) or value.shape != (count, size):
        raise EngineError(f"{where}: returned {mask.shape} and {value.shape}, not {(count, size)} twice")


def check_restored(where: str, restored: Floats, tile: Floats) -> None:
    """Raises EngineError unless a restorer's answer has its tile's shape (CONTRACT G3)."""
    if restored.shape != tile.shape:
        raise EngineError(f"{where}: returned {restored.shape} for a tile of {tile.shape}")


def one_line(error: Exception) -> str:
    """A runtime's message, short enough for one line."""
    return " ".join(str(error).split())[:200]
