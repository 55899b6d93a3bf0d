"""A host benchmark as text: what ran on what, a row an engine and precision, what was left out, and file sizes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .host_engines import model_title
from .model_sizes import ModelSize, megabytes, shipped

QUANTILES = ("p50", "p90", "p99")


def render_host(result: Mapping[str, Any]) -> str:
    """The result of `measure_host` as text."""
    return "\n".join([*_setting(result), "", *_latencies(result), "", *_sizes(result)])


def busy(machine: Mapping[str, Any]) -> str | None:
    """A warning when others wanted the processors too, or None."""
    load, processors = machine["load_average"], machine["available"]
    if load is None or load <= 0.5 * processors:
        return None
    return (f"load average {load:g} on {processors} processor{'' if processors == 1 else 's'} at the start: other work "
            "ran beside this or just before it, so do not quote these latencies")  # fmt: skip


def runs_line(result: Mapping[str, Any]) -> str:
    """How it was measured, in a sentence or two."""
    row = result["latencies"][0]
    counts = f"{row['tile']['runs']} runs of a tile and {row['photo']['runs']} of the photo"
    few = min(row[what]["runs"] for what in ("tile", "photo")) < 100
    note = "; below 100 runs p99 is the slowest one" if few else ""
    warmups = f"after {result['method']['warmups']} warm-up rounds that do not count"
    return f"{counts} for each engine, interleaved, {warmups}{note}"


def skipped_lines(result: Mapping[str, Any]) -> list[str]:
    """A line for each reason, with the engines that it kept from being measured."""
    reasons: dict[str, list[str]] = {}
    for row in result["skipped"]:
        reasons.setdefault(row["reason"], []).append(model_title(row["engine"], row["precision"]))
    return [f"{', '.join(names)}: {reason}" for reason, names in reasons.items()]


def _setting(result: Mapping[str, Any]) -> list[str]:
    bundle, machine, photo = result["bundle"], result["machine"], result["photo"]
    libraries = ", ".join(f"{name} {found}" for name, found in machine["libraries"].items())
    load = "not known" if machine["load_average"] is None else f"{machine['load_average']:g}"
    warning = busy(machine)
    return [
        f"{bundle['name']} ({bundle['identity'][:12]}); a tile is {bundle['tile']} x {bundle['tile']} pixels, "
        f"{bundle['halo']} of halo included; the photo is {photo['name']}, {photo['width']} x {photo['height']}",
        f"{machine['processor']}, {machine['available']} of {machine['cores']} processors; {machine['system']}; "
        f"load average at the start {load}",
        f"Python {machine['python']}, {libraries}",
        *([f"warning: {warning}"] if warning else []),
    ]


def _latencies(result: Mapping[str, Any]) -> list[str]:
    rows = result["latencies"]
    width = max(len(row["ran"]) for row in rows)
    head = "".join(f"{name:>8}" for name in QUANTILES)
    lines = [f"{'milliseconds':<{width}}  {'one tile':>24}  {'whole photo':>24}"]
    lines.append(f"{'':<{width}}  {head}  {head}   tiles")
    for row in rows:
        tile, photo = ("".join(f"{1000 * row[what][name]:>8.1f}" for name in QUANTILES) for what in ("tile", "photo"))
        lines.append(f"{row['ran']:<{width}}  {tile}  {photo}{row['photo']['tiles']:>8}")
    return [*lines, runs_line(result), *(f"not measured: {line}" for line in skipped_lines(result))]


def _sizes(result: Mapping[str, Any]) -> list[str]:
    lines = [f"{'files':<20}{'encoder':>10}{'restorer':>12}{'together':>12}"]
    for row in shipped([ModelSize(**size) for size in result["sizes"]]):
        parts = [megabytes(row[name]) for name in ("encoder_bytes", "restorer_bytes", "bytes")]
        name = f"{row['format']} {row['precision']}"
        count = f"  ({row['restorers']} restorers)" if row["restorers"] > 1 else ""
        lines.append(f"{name:<20}{parts[0]:>10}{parts[1]:>12}{parts[2]:>12}{count}")
    return lines
