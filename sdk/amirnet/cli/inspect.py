"""`amirnet inspect`: where a photo belongs in the tree, or what a bundle holds."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from amirnet.bundle.model_bundle import ModelBundle, shipped_names
from amirnet.cli.advice import advice
from amirnet.cli.console import name_of, percent, say_lines, tree_lines
from amirnet.photo import image_io
from amirnet.restorer import Diagnosis, Restorer
from amirnet.runtime.degradation_tree import TreeNode


@click.command()
@click.argument("target", metavar="PHOTO_OR_BUNDLE")
@click.option("--model", default="mobile", show_default=True, metavar="NAME_OR_PATH", help="The bundle to ask.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def inspect(target: str, model: str, as_json: bool) -> None:
    """Say what is wrong with a photo, or what is in a bundle (a folder, a zip, or a shipped name)."""
    if _is_bundle(target):
        facts, text = _bundle(ModelBundle.open(target))
    else:
        facts, text = _photo(target, model)
    say_lines([json.dumps(facts)] if as_json else text)


def _is_bundle(target: str) -> bool:
    path = Path(target)
    if target in shipped_names() or path.is_dir() or path.suffix.lower() == ".zip":
        return True
    # A bare word that is no file is rather a misspelt bundle than a photo without a suffix.
    return _is_zip(path) if path.is_file() else path.suffix == "" and path.name == target


def _is_zip(path: Path) -> bool:
    """By how it begins: a photo may have a zip behind it."""
    with path.open("rb") as stream:
        return stream.read(4) in (b"PK\3\4", b"PK\5\6")


def _photo(target: str, model: str) -> tuple[dict[str, Any], list[str]]:
    pixels = image_io.load(target)
    bundle = ModelBundle.open(model)
    diagnosis = Restorer(bundle).diagnose(pixels)
    height, width = pixels.shape[:2]
    tree = bundle.tree
    steps = dict(zip(diagnosis.path, diagnosis.confidences, strict=True))
    facts = {
        "input": target,
        "width": width,
        "height": height,
        "model": bundle.manifest.name,
        "node": diagnosis.node,
        "label": tree.node(diagnosis.node).label,
        "path": list(diagnosis.path),
        "confidences": list(diagnosis.confidences),
        "confidence": diagnosis.confidence,
        "code": [float(number) for number in diagnosis.code],
        "mask": [float(number) for number in diagnosis.mask],
        "kinds": diagnosis.kinds,
        "light": _light_facts(diagnosis),
    }

    def describe(node: TreeNode) -> str:
        share = f"{percent(diagnosis.mask[node.entry])} of its level"
        if node.id not in steps:
            return f"○ {name_of(node)}  ({share})"
        return f"● {name_of(node)}  ({percent(steps[node.id])} sure; {share})"

    chosen = tree.node(diagnosis.node)
    text = [
        f"{target}: {width}x{height} pixels",
        f"{name_of(chosen)}, {percent(diagnosis.confidence)} sure ({bundle.manifest.name})",
        *advice(diagnosis),
        "",
        *tree_lines(tree, describe),
        "",
        "code: " + " ".join(f"{number:.4g}" for number in diagnosis.code),
    ]
    return facts, text


def _light_facts(diagnosis: Diagnosis) -> dict[str, Any] | None:
    means = diagnosis.mean_levels
    if diagnosis.light is None or means is None:
        return None
    return {**asdict(diagnosis.light), "mean_level": means[0], "mean_level_after": means[1]}


def _node_facts(node: TreeNode) -> dict[str, Any]:
    facts = asdict(node)
    if not node.kinds:
        del facts["kinds"]
    return facts


def _bundle(bundle: ModelBundle) -> tuple[dict[str, Any], list[str]]:
    manifest = bundle.manifest
    facts = {
        "bundle": bundle.where,
        "schema": manifest.schema,
        "name": manifest.name,
        "description": manifest.description,
        "license": manifest.license,
        "identity": manifest.identity,
        # By the names of the manifest.
        "geometry": {
            "probe": {"size": manifest.probe.size, "grid": manifest.probe.probes_per_side, "trim": manifest.probe.trim},
            "tile": asdict(manifest.tile),
        },
        "tree": {
            "levels": manifest.tree.levels,
            "grid": manifest.tree.code_steps,
            "conditioning": manifest.tree.conditioning,
            "nodes": [_node_facts(node) for node in manifest.tree.nodes],
        },
        "models": manifest.models,
        "metrics": manifest.metrics,
        "files": {name: asdict(seal) for name, seal in manifest.files.items()},
    }
    if manifest.light is not None:
        facts["light"] = asdict(manifest.light)

    def describe(node: TreeNode) -> str:
        return f"{name_of(node)}  ({percent(node.share)} of photos)"

    tile, probe, tree = manifest.tile, manifest.probe, manifest.tree
    sizes = [f"  {name}  {seal.bytes:,} bytes" for name, seal in sorted(manifest.files.items())]
    text = [
        f"{manifest.name}: {manifest.description}".rstrip(": "),
        f"licence   {manifest.license or 'not stated'}",
        f"identity  {manifest.identity}",
        f"probes    {probe.size}x{probe.size} pixels, up to {probe.probes_per_side}x{probe.probes_per_side} a photo",
        f"tiles     {tile.size}x{tile.size} pixels {'or smaller' if tile.flexible else 'always'}, halo {tile.halo}, "
        f"overlap {tile.overlap}; multiples of {tile.alignment}; the network sees {tile.radius} pixels far",
        f"light     {'a step of its own' if manifest.light else 'left to the network'}",
        f"tree      {tree.levels} levels, {tree.conditioning} code in steps of 1/{tree.code_steps}",
        "",
        *tree_lines(tree, describe),
        "",
        "files, all as sealed:",
        *sizes,
    ]
    if manifest.metrics:
        text += ["", "metrics:", *("  " + line for line in json.dumps(manifest.metrics, indent=2).splitlines())]
    return facts, text
