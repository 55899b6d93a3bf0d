"""The first step of the program at which two engines part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.bundle.model_paths import EngineModels, Graph
from amirnet.runtime.padding import to_tensor

from ..formats.format import Kind, StepOutputs
from ..formats.parts import parts_in
from ..formats.registry import format_of
from .report import BARS, ParityReport
from .samples import SamplePhoto, middle_tile

FLOAT_PART = 1e-2
"""In float two engines part where they differ by more than this share of the step's largest value; float16 alone makes
some thousandths."""
INT8_SHARE = 1e-3
"""In int8 they part where more than this share of the integers differ: on an exact grid, none do."""


class Bisection(NamedTuple):
    """Where two engines part at one node."""

    engines: tuple[str, str]
    """Their names."""
    precision: str
    """"float" or "int8"."""
    node: int
    """The tree's node whose restorer, or whose code, was run."""
    step: str
    """The first step at which they part; "" if at none."""
    worst: str
    """The step at which they are farthest apart, in units of the bound; "" where they are equal throughout."""
    ratio: float
    """How many bounds apart they are there: above 1 where they part."""


def bisect_report(bundle: ModelBundle, report: ParityReport, photos: Sequence[SamplePhoto]) -> list[Bisection]:
    """Bisects every pair of the report at its failing nodes, or at its worst node if none fails."""
    by_name = {photo.name: photo for photo in photos}
    found = []
    for pair in report.pairs:
        worst = max(pair.nodes, key=lambda node: (node.max_levels, node.share_over_1, -node.psnr))
        failing = [node for node in pair.nodes if not BARS[pair.precision].holds(node)]
        for node in failing or [worst]:
            photo, kind = by_name[node.photo], pair.precision
            one, two = (_step_outputs(bundle, engine, kind, node.node, photo) for engine in pair.engines)
            scales = _scales(bundle, pair.engines[0], node.node) if kind == "int8" else None
            step, most, ratio = first_difference(one, two, scales)
            found.append(Bisection(pair.engines, pair.precision, node.node, step, most, ratio))
    return found


def first_difference(one: StepOutputs, two: StepOutputs, scales: dict[str, float] | None) -> tuple[str, str, float]:
    """The first common step at which two runs part, the one where they differ most, and by how many bounds there.

    Args:
        one, two: values by step in the program's order.
        scales: in int8, step -> the size of one integer.
    """
    first, worst, most = "", "", 0.0
    for step in one:
        if step not in two:
            continue
        apart = np.abs(one[step] - two[step])
        if scales is None:
            ratio = float(apart.max()) / (FLOAT_PART * max(float(np.abs(one[step]).max()), 1e-6))
        else:
            ratio = float((apart > scales[step] / 2).mean()) / INT8_SHARE
        first = first or (step if ratio > 1 else "")
        worst, most = (step, ratio) if ratio > most else (worst, most)
    return first, worst, most


def render_bisection(found: Sequence[Bisection]) -> list[str]:
    """A line a bisection."""
    lines = []
    for row in found:
        where = f"part at {row.step}" if row.step else "part nowhere"
        lines.append(f"bisect: {' and '.join(row.engines)} in {row.precision}, node {row.node}: {where}; farthest at "
                     f"{row.worst or 'no step'}, {row.ratio:.2f} of the bound")  # fmt: skip
    return lines


def _step_outputs(bundle: ModelBundle, engine: str, kind: Kind, node: int, photo: SamplePhoto) -> StepOutputs:
    code = bundle.tree.code_for(node).reshape(1, -1, 1, 1)
    graph = _graph(bundle, engine, kind, node)
    tile = to_tensor(middle_tile(photo.pixels, bundle.manifest.tile.size))[None]
    inputs = dict(zip(graph.inputs, (tile, code), strict=False))
    return format_of(engine).step_outputs(parts_in(bundle, graph.path), inputs, engine)


def _graph(bundle: ModelBundle, engine: str, kind: Kind, node: int) -> Graph:
    format = format_of(engine)
    return EngineModels(bundle, format.backend, format.precisions[kind]).restorer(bundle.tree.code_for(node))


def _scales(bundle: ModelBundle, engine: str, node: int) -> dict[str, float]:
    grid = format_of(engine).read_grid(parts_in(bundle, _graph(bundle, engine, "int8", node).path))
    return {name: params.scale for name, params in grid.activations.items()}
