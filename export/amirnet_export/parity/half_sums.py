"""Core ML's float16 restorer with every sum kept in float16: the worst that a GPU may do with it.

The reference executor rounds every result to float16, but adds products up in float32. Some units add up in float16
too, where a sum of hundreds of products loses digits, or overflows beyond 65,504. That is emulated here, one product
after another, on a small tile.
"""

from __future__ import annotations

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.bundle.model_paths import EngineModels
from amirnet.engines.coreml import package_files
from amirnet.runtime.engine import Engine
from amirnet.runtime.padding import to_tensor

from ..coreml_reference import HALF_MAX, CoremlReference
from ..levels import compare_levels
from .places import Place
from .report import BARS, HalfReport
from .samples import SamplePhoto, middle_tile

CORE = 32
"""Side in pixels of what is compared: the emulation takes half a second for it, and 50 times that for a whole tile."""


def check_half_sums(
    bundle: ModelBundle, exact: Engine, photo: SamplePhoto, found: Place
) -> tuple[HalfReport, str | None]:
    """A photo's report, and a line on what is beyond the bar, if anything is.

    Args:
        exact: a float32 engine that takes tiles of any size.
        photo: a tile is cut from its middle.
        found: where its encoder put it; its code is the one that the runtime restores it by.

    Raises:
        EngineError: the bundle holds no float16 Core ML restorer.
    """
    halo, alignment = bundle.manifest.tile.halo, bundle.manifest.tile.alignment
    size = 2 * halo + max(CORE, alignment)
    tile = middle_tile(photo.pixels, size)
    graph = EngineModels(bundle, "coreml", "float16").restorer(found.code)
    numbers = to_tensor(tile)[None], found.code.reshape(1, -1, 1, 1)
    feeds = dict(zip(graph.inputs, numbers, strict=False))  # a folded restorer takes no code
    program = CoremlReference(package_files(bundle, graph.path), half_sums=True)
    restored = np.moveaxis(program.run(feeds, any_size=True)["restored"][0], 0, -1)
    core = np.s_[halo:-halo, halo:-halo]
    broken = not np.isfinite(restored[core]).all()
    apart = compare_levels(np.nan_to_num(restored[core], nan=0.0), exact.restore(tile, found.code)[core], axis=2)
    row = HalfReport(photo.name, found.node, program.largest, *apart)
    if broken or program.overflows:
        first, size_of = next(iter(program.overflows.items()), ("restored", float("nan")))
        return row, f"{photo.name}: float16 overflows at {first} ({size_of:,.0f}; {HALF_MAX:,.0f} is the most)"
    if not BARS["float"].holds(apart):
        return row, f"{photo.name}: sums kept in float16 move the result by {apart.max_levels} levels (bar: 1)"
    return row, None
