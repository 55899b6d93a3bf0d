"""Phones' results as text: a block a phone, with what ran where beside every time, and whether it may be quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

REASONS = {
    "tethered": "the phone was plugged in",
    "hot_start": "the phone was warm at the start",
    "throttled": "heat slowed the phone down while single runs were measured",
    "low_power": "battery saver was on",
    "few_runs": "too few runs",
    "spread": "the runs differ too much",
    "fell_back": "another accelerator ran than the one asked for",
    "accelerator_unknown": "the platform does not say where the model ran",
    "background": "the app was not in front all the time",
    "debuggable": "a debug build",
    "stopped": "stopped early",
}


def render_phones(results: Sequence[Mapping[str, Any]]) -> str:
    """The results of `read_result` as text, in their order."""
    return "\n\n".join("\n".join(_block(result)) for result in results)


def residency(engine: Mapping[str, Any]) -> str:
    """What ran where, as far as the platform says: no latency is printed without it."""
    nodes = engine["nodes"]
    share = "nodes not told" if nodes is None else f"{engine['nodes_on_accelerator']} of {nodes} nodes on it"
    alone = ", strictly" if engine["strict"] else ""
    return f"asked for {engine['asked']}{alone}, ran on {engine['ran']}, {share}"


def _block(result: Mapping[str, Any]) -> list[str]:
    device, system, engine, model = (result[name] for name in ("device", "system", "engine", "model"))
    load, tile, photo = result["load"], result["tile"], result["photo"]
    lines = [
        f"{device['manufacturer']} {device['model']} ({device['chip'] or 'chip not told'}), {device['platform']} "
        f"{system['version']}, build {system['build']}; {result['made_by']}, {result['taken']}",
        f"{model['name']} ({model['identity'][:12]}), {engine['name']} {engine['version']} {engine['precision']}: "
        f"{residency(engine)}",
        *(f"before that {row['name']} on {row['asked']} failed: {row['reason']}" for row in engine["fallbacks"]),
        f"  load cold {_seconds(load['cold'])}, warm {_seconds(load['warm'])}, first run {_milli(load['first_run'])}",
        f"  tile of {tile['size']}: {_summary(result['steady'])}",
        f"  photo of {photo['width']} x {photo['height']}, {photo['tiles']} tiles: {_summary(result['whole_photo'])}",
    ]
    if result["sustained"] is not None:
        minutes = result["sustained"]["minutes"]
        told = ", ".join(f"{row['minute']}: {1000 * row['p50']:.1f} ({row['thermal']})" for row in minutes)
        lines.append(f"  under load, median ms by the minute: {told}")
    energy = result["energy"]
    lines.append("  energy: " + ("not measured" if energy is None else f"{energy['joules_per_tile']:.3g} J a tile"))
    verdict = result["verdict"]
    reasons = "; ".join(REASONS[reason] for reason in verdict["reasons"])
    lines.append(
        f"  {'valid' if verdict['valid'] else 'NOT VALID, do not quote'}" + (f": {reasons}" if reasons else "")
    )
    return lines


def _summary(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "not measured"
    p50, p90, p99 = (_milli(row[name]) for name in ("p50", "p90", "p99"))
    return f"p50 {p50}, p90 {p90}, p99 {p99} ({row['runs']} runs)"


def _milli(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms"


def _seconds(seconds: float | None) -> str:
    return "not measured" if seconds is None else f"{seconds:.2f} s"
