"""What the runtime has to know of a model; a bundle's manifest states it."""

from __future__ import annotations

from dataclasses import dataclass

from amirnet.runtime.degradation_tree import DegradationTree
from amirnet.runtime.light_head import LightHead


@dataclass(frozen=True)
class ProbeGeometry:
    """The encoder's patches: squares of `size` pixels, at most `probes_per_side` along a side of the photo (the
    manifest's `grid`). `trim`: one in so many probes is left out at either end when a code is averaged, 0 for none
    (CONTRACT D5); else at least 3."""

    size: int
    probes_per_side: int
    trim: int = 0


@dataclass(frozen=True)
class TileGeometry:
    """The restorer's tiles, in pixels. `radius` (how far the network sees) is guaranteed to be at most `halo`; size and
    halo are multiples of `alignment`. `flexible`: the graph takes any multiple of the alignment, not only `size`.
    `preferred`: at least `size`, what a flexible graph is run with where there is room (CONTRACT L7)."""

    size: int
    halo: int
    overlap: int
    alignment: int
    radius: int
    flexible: bool
    preferred: int


@dataclass(frozen=True)
class ModelSpec:
    """`where` names the model in messages. `light` says how bright a photo is to be; None where that is left to the
    network."""

    where: str
    tree: DegradationTree
    probe: ProbeGeometry
    tile: TileGeometry
    light: LightHead | None = None
