"""The report's part on the export: parity, file sizes and latencies, as JSON values and as drawings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from amirnet.bundle.model_bundle import ModelBundle

from .bar_chart import Bar, draw_bars
from .demo_export import Exported
from .host_table import busy, runs_line, skipped_lines
from .model_sizes import megabytes, model_sizes, shipped

HALF_MAX = 65504.0
"""The largest float16."""


def describe_export(
    exported: Exported | None, checkpoint: Path | None, measured: ModelBundle, latency: Mapping[str, Any]
) -> dict[str, Any]:
    """The keys "export", "parity", "sizes" and "latency" of report.json.

    Args:
        exported: None when the demo was told not to export; then "export" and "parity" are null.
        checkpoint: what was exported.
        measured: the bundle whose sizes and latencies these are: the exported one, or else the one that restored.
        latency: from `measure_host` of that bundle.
    """
    return {
        "export": None if exported is None else {
            "checkpoint": str(checkpoint),
            "identity": exported.parity["identity"],
            "passed": exported.refusal is None,
            "refusal": exported.refusal,
            "reused": exported.reused,
        },
        "parity": None if exported is None else parity_summary(exported.parity),
        "sizes": [size._asdict() for size in model_sizes(measured)],
        "latency": {name: value for name, value in latency.items() if name not in ("schema", "made_by", "sizes")},
    }  # fmt: skip


def parity_summary(parity: Mapping[str, Any]) -> dict[str, Any]:
    """A parity report without its rows of single nodes and photos: pairs, float16 sums, the closest decision."""
    pairs = [{**pair, "nodes": len(pair["nodes"])} for pair in parity["pairs"]]
    half, photos, bar = parity["half"], parity["photos"], parity["bars"]["float"]
    closest = min(((min(p["margins"].values()), p["photo"]) for p in photos), default=None)
    return {
        "passed": parity["passed"],
        "bars": parity["bars"],
        "engines": parity["engines"],
        "pairs": pairs,
        "half": None if not half else {
            "photos": len(half),
            "max_levels": max(row["max_levels"] for row in half),
            "share_over_1": max(row["share_over_1"] for row in half),
            "psnr": min(row["psnr"] for row in half),
            "largest": max(row["largest"] for row in half),
            "passed": all(row[name] <= bar[name] for row in half for name in bar) and not _overflows(half),
        },
        "photos": len(photos),
        "closest_decision": None if closest is None else {"margin": closest[0], "photo": closest[1]},
        "code_steps": max((photo["code_steps"] for photo in photos), default=0),
        "failures": parity["failures"],
    }  # fmt: skip


def _overflows(half: Sequence[Mapping[str, Any]]) -> bool:
    return any(row["largest"] > HALF_MAX for row in half)


def draw_export(measured: ModelBundle, latency: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows of sizes and latencies beside the numbers themselves."""
    rows = shipped(model_sizes(measured))
    sizes = [
        Bar(f"{row['format']} {row['precision']}", megabytes(row["bytes"]),
            (row["encoder_bytes"], row["restorer_bytes"]))
        for row in rows
    ]  # fmt: skip
    return {
        "measured": measured.where,
        "size_rows": rows,
        "size_bars": draw_bars("File sizes", sizes),
        "latency_bars": {what: _latency_bars(latency, what) for what in ("tile", "photo")},
        "runs": runs_line(latency),
        "skipped": skipped_lines(latency),
        "busy": busy(latency["machine"]),
    }


def _latency_bars(latency: Mapping[str, Any], what: str) -> Markup:
    bars = []
    for row in latency["latencies"]:
        found = row[what]
        label = f"{row['title']} {row['precision']}"
        bars.append(Bar(label, f"{1000 * found['p50']:.1f} ms", (found["p50"],), found["p90"]))
    return draw_bars(f"Latency of a {what}, median", bars)
