"""The first step of the program at which two engines part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.bundle.model_paths import EngineModels, Graph
from amirnet.engines.coreml import package_files
from amirnet.runtime.padding import to_tensor

from ..coreml_reference import CoremlReference
from ..errors import ExportError
from ..formats import FLOATS
from ..onnx_program import onnx_grid
from ..step_values import Values, coreml_steps, onnx_steps, tflite_steps
from .report import BARS, ParityReport
from .samples import SamplePhoto, middle_tile

FLOAT_PART = 1e-2
"""In float two engines part where they differ by more than this share of the step's largest value; float16 alone makes
some thousandths."""
INT8_SHARE = 1e-3
"""In int8 they part where more than this share of the integers differ: on an exact grid, none do."""


class Bisection(NamedTuple):
    """Two engines at one node: the first step at which they part ("" if at none), and the worst one in units of the
    bound, a number above 1 where they part. "" and 0 where they are equal throughout."""

    engines: tuple[str, str]
    precision: str
    node: int
    step: str
    worst: str
    ratio: float


def bisect_report(bundle: ModelBundle, report: ParityReport, photos: Sequence[SamplePhoto]) -> list[Bisection]:
    """Bisects every pair of the report at its failing nodes, or at its worst node if none fails."""
    by_name = {photo.name: photo for photo in photos}
    found = []
    for pair in report.pairs:
        worst = max(pair.nodes, key=lambda node: (node.max_levels, node.share_over_1, -node.psnr))
        failing = [node for node in pair.nodes if not BARS[pair.precision].holds(node)]
        for node in failing or [worst]:
            photo, precision = by_name[node.photo], pair.precision
            one, two = (_values(bundle, engine, precision, node.node, photo) for engine in pair.engines)
            scales = _scales(bundle, node.node) if precision == "int8" else None
            step, most, ratio = first_difference(one, two, scales)
            found.append(Bisection(pair.engines, pair.precision, node.node, step, most, ratio))
    return found


def first_difference(one: Values, two: Values, scales: dict[str, float] | None) -> tuple[str, str, float]:
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


def _values(bundle: ModelBundle, engine: str, precision: str, node: int, photo: SamplePhoto) -> Values:
    code = bundle.tree.code_for(node).reshape(1, -1, 1, 1)
    graph = _graph(bundle, engine, precision, node)
    tile = to_tensor(middle_tile(photo.pixels, bundle.manifest.tile.size))[None]
    inputs = dict(zip(graph.inputs, (tile, code), strict=False))
    if engine == "onnx":
        return onnx_steps(bundle.read(graph.path), inputs)
    if engine == "tflite":
        return tflite_steps(bundle.read(graph.path), inputs)
    if engine == "coreml":
        return coreml_steps(CoremlReference(package_files(bundle, graph.path)), inputs)
    raise ExportError(f"{engine}: cannot be looked into step by step: bisect onnx, tflite or coreml")


def _graph(bundle: ModelBundle, engine: str, precision: str, node: int) -> Graph:
    kind = FLOATS[engine] if precision == "float" else precision
    return EngineModels(bundle, engine, kind).restorer(bundle.tree.code_for(node))


def _scales(bundle: ModelBundle, node: int) -> dict[str, float]:
    grid = onnx_grid(bundle.read(_graph(bundle, "onnx", "int8", node).path))
    return {name: scale.scale for name, scale in grid.activations.items()}
