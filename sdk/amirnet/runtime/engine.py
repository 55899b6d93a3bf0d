"""What an engine is: it runs the two graphs of a bundle (CONTRACT G1-G9). The room `engines` has those there are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias

import numpy as np

from amirnet.errors import EngineError
from amirnet.runtime.arrays import Floats, Pixels

Answer: TypeAlias = Pixels | Floats
"""A restored tile, HWC: uint8 levels, or float32 in [0, 1] that is not clipped (CONTRACT G3, G6)."""


class EngineState(Enum):
    """Where an engine is in its life (CONTRACT G7). It may go from any of these to any other, and serves in all."""

    UNLOADED = "unloaded"
    """It holds no graph. The first call loads what it needs."""
    LOADED = "loaded"
    """It holds a graph at least."""
    READY = "ready"
    """Its graphs have run once: the next tile takes no longer than any other."""


class Concurrency(Enum):
    """What happens when several threads call one engine (CONTRACT G8). Both are safe."""

    PARALLEL = "parallel"
    """They run at once."""
    IN_TURN = "in turn"
    """One after the other: each call waits for those before it."""


@dataclass(frozen=True)
class EngineMemory:
    """What restoring with an engine takes beside the photo, in bytes; measured, docs/MEMORY.md says how."""

    runtime: int
    """Python, the libraries, both graphs, and the pieces in which rows are copied."""
    tile_pixel: int
    """A pixel of the tile's input: all the tensors of the engine, and those around it."""


class Engine(Protocol):
    """Runs a bundle's graphs on camera bytes: 8-bit RGB, channels last. What a graph wants beyond that, division by 255
    or planes, is the engine's business. All methods raise EngineError. Answers are the caller's to keep."""

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

    @property
    def state(self) -> EngineState: ...

    @property
    def concurrency(self) -> Concurrency: ...

    def load(self) -> None:
        """Load both graphs now instead of when they are first used. Of a folded bundle, whose restorers are many, the
        encoder alone."""
        ...

    def prewarm(self, tile: int | None = None) -> None:
        """Load, and run each graph once on gray, a tile of that side; None: the bundle's."""
        ...

    def unload(self) -> None:
        """Let go of the graphs and their memory, when the calls at work in them are done."""
        ...

    def encode(self, probes: Pixels) -> tuple[Floats, Floats]:
        """probes, uint8 (N, S, S, 3) -> mask (N, K), probabilities per level, and value (N, K), both float32."""
        ...

    def restore(self, tile: Pixels, code: Floats) -> Answer:
        """tile, uint8 (H, W, 3), and code, K float32 numbers in any shape -> restored (H, W, 3)."""
        ...


def check_probes(where: str, probes: Pixels) -> None:
    """Raises EngineError unless the probes are camera bytes (CONTRACT G2)."""
    _check_bytes(where, probes, 4, "probes of uint8 (N, S, S, 3)")


def check_tile(where: str, tile: Pixels) -> None:
    """Raises EngineError unless a tile is camera bytes (CONTRACT G3)."""
    _check_bytes(where, tile, 3, "a tile of uint8 (H, W, 3)")


def _check_bytes(where: str, array: Pixels, axes: int, wanted: str) -> None:
    if array.dtype != np.uint8 or array.ndim != axes or array.shape[-1] != 3:
        raise EngineError(f"{where}: takes {wanted}, not {array.dtype} {array.shape}; give pixels as they are")


def check_encoded(where: str, mask: Floats, value: Floats, count: int, size: int) -> None:
    """Raises EngineError unless an encoder's answer for `count` probes has the contract's shape (CONTRACT G2)."""
    if mask.shape != (count, size) or value.shape != (count, size):
        raise EngineError(f"{where}: returned {mask.shape} and {value.shape}, not {(count, size)} twice")


def check_restored(where: str, restored: Answer, tile: Pixels) -> None:
    """Raises EngineError unless a restorer's answer has its tile's shape, and is of levels or numbers (CONTRACT G3)."""
    if restored.shape != tile.shape:
        raise EngineError(f"{where}: returned {restored.shape} for a tile of {tile.shape}")
    if restored.dtype not in (np.uint8, np.float32):
        raise EngineError(f"{where}: returned {restored.dtype}, neither uint8 nor float32")


def one_line(error: Exception) -> str:
    """A runtime's message, short enough for one line."""
    return " ".join(str(error).split())[:200]
