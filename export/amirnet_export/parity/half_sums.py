"""A float16 restorer with every sum kept in float16: the worst that a GPU may do with it.

Some units round every result to float16 and add products up in float32; some add up in float16 too, where a sum of
hundreds of products loses digits, or overflows beyond 65,504. That is emulated here, one product after another, on a
small tile, in every format whose float is float16.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.bundle.model_paths import EngineModels
from amirnet.runtime.engine import Engine
from amirnet.runtime.padding import to_tensor

from ..formats.format import HALF_MAX, Format
from ..formats.parts import parts_in
from ..formats.registry import FORMATS, format_of
from ..image_difference import image_difference
from .places import Place
from .report import BARS, HalfReport
from .samples import SamplePhoto, middle_tile

CORE = 32
"""Side in pixels of what is compared: the emulation takes half a second for it, and 50 times that for a whole tile."""


class HalfSumsCheck:
    """Gathers rows photo by photo, for those of the engines whose restorers are float16.

    One photo a node: the code is much the same in a node, and the emulation is slow. Raises EngineError when the bundle
    lacks a model.
    """

    def __init__(self, bundle: ModelBundle, names: Sequence[str]) -> None:
        self.rows: list[HalfReport] = []
        """What was found."""
        self.failures: list[str] = []
        """A line for everything beyond the bar."""
        self._bundle = bundle
        self._formats = {name: format_of(name) for name in names if format_of(name).precisions["float"] == "float16"}
        self._seen = {name: set[int]() for name in self._formats}
        self._wide = _wide_engine(bundle) if self._formats else None

    def add(self, photo: SamplePhoto, places: Mapping[str, Place]) -> None:
        """Restores a tile of the photo, where its node is a new one. ``places``: where each engine's encoder put it."""
        for name, format in self._formats.items():
            found = places[name]
            if found.node in self._seen[name]:
                continue
            self._seen[name].add(found.node)
            assert self._wide is not None
            row, failure = check_half_sums(self._bundle, format, self._wide, photo, found)
            if row is not None:
                self.rows.append(row)
                self.failures += [failure] if failure else []


def check_half_sums(
    bundle: ModelBundle, format: Format, wide: Engine, photo: SamplePhoto, found: Place
) -> tuple[HalfReport | None, str]:
    """A photo's report, and a line on what is beyond the bar, "" if nothing is; None where the format cannot tell.

    Args:
        format: whose float restorer is float16.
        wide: a float32 engine that takes tiles of any size.
        photo: a tile is cut from its middle.
        found: where its encoder put it; its code is the one that the runtime restores it by.

    Raises:
        EngineError: the bundle holds no float restorer in that format.
    """
    halo, alignment = bundle.manifest.tile.halo, bundle.manifest.tile.alignment
    tile = middle_tile(photo.pixels, 2 * halo + max(CORE, alignment))
    graph = EngineModels(bundle, format.backend, format.precisions["float"]).restorer(found.code)
    numbers = to_tensor(tile)[None], found.code.reshape(1, -1, 1, 1)
    feeds = dict(zip(graph.inputs, numbers, strict=False))  # a folded restorer takes no code
    run = format.half_sums(parts_in(bundle, graph.path), feeds)
    if run is None:
        return None, ""
    core = np.s_[halo:-halo, halo:-halo]
    restored = np.moveaxis(run.restored[0], 0, -1)[core]
    apart = image_difference(np.nan_to_num(restored, nan=0.0), wide.restore(tile, found.code)[core], axis=2)
    row = HalfReport(photo.name, found.node, run.largest, *apart)
    if run.overflows or not np.isfinite(restored).all():
        first, size = next(iter(run.overflows.items()), ("restored", float("nan")))
        return row, f"{photo.name}: float16 overflows at {first} ({size:,.0f}; {HALF_MAX:,.0f} is the most)"
    if not BARS["float"].holds(apart):
        return row, f"{photo.name}: sums kept in float16 move the result by {apart.max_levels} levels (bar: 1)"
    return row, ""


def _wide_engine(bundle: ModelBundle) -> Engine:
    """A float32 engine that takes tiles of any size."""
    format = next(format for format in FORMATS.values() if format.any_tile)
    return format.make_engine(bundle, "float", format.engines[0])
