"""What the runtime has to know of a model; a bundle's manifest states it."""

from __future__ import annotations

from dataclasses import dataclass

from amirnet.runtime.degradation_tree import DegradationTree
from amirnet.runtime.light_head import LightHead


@dataclass(frozen=True)
class ProbeGeometry:
    """The encoder's patches of a photo (CONTRACT D)."""

    size: int
    """Pixels a side of the squares."""
    probes_per_side: int
    """How many at most along a side of the photo (the manifest's `grid`)."""
    trim: int = 0
    """One in so many probes is left out at either end of an average (CONTRACT D5): at least 3, or 0 for none."""


@dataclass(frozen=True)
class TileGeometry:
    """The restorer's tiles, in pixels."""

    size: int
    """What a side of a tile's input has, a multiple of `alignment`."""
    halo: int
    """Context around a core, a multiple of `alignment`."""
    overlap: int
    """What neighbouring cores share."""
    alignment: int
    """The network's stride."""
    radius: int
    """How far the network sees, at most `halo`."""
    flexible: bool
    """The graph takes any multiple of the alignment, not only `size`."""
    preferred: int
    """At least `size`: what a flexible graph is run with where there is room (CONTRACT L7)."""


@dataclass(frozen=True)
class ModelSpec:
    """What the runtime needs to know of a model, beside its graphs."""

    where: str
    """Names the model in messages."""
    tree: DegradationTree
    """The degradations that it knows."""
    probe: ProbeGeometry
    """What its encoder is shown."""
    tile: TileGeometry
    """What its restorer is given."""
    light: LightHead | None = None
    """Says how bright a photo is to be; None where that is left to the network."""
