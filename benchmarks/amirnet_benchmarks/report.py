"""The demo report: what is in report.json, and the page that shows the same numbers beside the pictures."""

from __future__ import annotations

import base64
import io
import json
import math
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import numpy.typing as npt
from PIL import Image

from amirnet import ModelBundle, RestoreResult, __version__
from amirnet_training.evaluation.quality import Quality

from .demo_photos import DemoPhoto
from .machine import processor
from .model_sizes import megabytes
from .tree_drawing import draw_path, draw_tree

SCHEMA = "1.2"

GROUPS = {
    "real": ("Real photos", "As a phone or a camera took them, from evaluation sets and from what was held out of "
             "training. Beside them what classical tools make of the same pixels."),
    "worst": ("The worst of the real ones", "Of all real photos that the model was measured on and that may be shown, "
              "those that it did worst on."),
    "synthetic": ("Synthetic damage", "Clean photos that a program made worse: here the original is known exactly."),
}  # fmt: skip
"""Group of photos -> its heading on the page, and what stands below it."""


@dataclass(frozen=True)
class Beside:
    """What a classical tool made of a photo."""

    name: str
    """The tool's."""
    image: npt.NDArray[np.uint8]
    """uint8 RGB HWC."""
    quality: Quality
    """How near that is to the original."""
    seconds: float
    """How long it took, wall clock."""


@dataclass(frozen=True)
class RestoredPhoto:
    """One demo photo with what became of it."""

    photo: DemoPhoto
    """What it is."""
    degraded: npt.NDArray[np.uint8]
    """uint8 RGB HWC, as it was restored."""
    result: RestoreResult
    """Of the restorer."""
    before: Quality
    """Of the degraded photo against the clean original."""
    after: Quality
    """Of the restored one against the clean original."""
    others: tuple[Beside, ...] = ()
    """What classical tools made of it."""


def build_report(bundle: ModelBundle, restored: Sequence[RestoredPhoto], load_seconds: float) -> dict[str, Any]:
    """All numbers of the report as plain JSON values; an infinite PSNR (equal photos) is null."""
    manifest = bundle.manifest
    tile = manifest.tile
    return {
        "schema": SCHEMA,
        "made_by": f"amirnet {__version__}",
        "model": {
            "name": manifest.name,
            "description": manifest.description,
            "licence": manifest.license,
            "identity": manifest.identity,
            "bytes": sum(file.bytes for file in manifest.files.values()),
            "files": {name: file.bytes for name, file in sorted(manifest.files.items())},
            "tile": {"size": tile.size, "halo": tile.halo, "radius": tile.radius},
        },
        "machine": {
            "engine": f"ONNX Runtime {version('onnxruntime')}, every operation on the processor, in float32",
            "processor": processor(),
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
            "load_seconds": round(load_seconds, 4),
        },
        "summary": {
            "photos": len(restored),
            "real": sum(photo.photo.real for photo in restored),
            "psnr_before": _mean([photo.before.psnr for photo in restored]),
            "psnr_after": _mean([photo.after.psnr for photo in restored]),
            "ssim_before": _mean([photo.before.ssim for photo in restored]),
            "ssim_after": _mean([photo.after.ssim for photo in restored]),
            "seconds": round(sum(photo.result.seconds["total"] for photo in restored), 4),
        },
        "photos": [_describe(bundle, photo) for photo in restored],
    }


def render_report(
    bundle: ModelBundle, restored: Sequence[RestoredPhoto], report: Mapping[str, Any], drawn: Mapping[str, Any]
) -> str:
    """The page: one self-contained HTML text, pictures and all, that loads nothing from anywhere.

    Args:
        report: from `build_report`, with the keys of `report_export.describe_export`.
        drawn: from `report_export.draw_export`.
    """
    nodes = bundle.tree.nodes
    visitors: dict[int, list[str]] = {}
    for photo in restored:
        visitors.setdefault(photo.result.diagnosis.node, []).append(photo.photo.title)
    soft = bundle.tree.conditioning == "soft"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=lambda value, digits: "∞" if value is None else f"{value:.{digits}f}",
        signed=lambda value, digits: f"{value:+.{digits}f}".replace("-", "−"),
        percent=lambda value, digits=0: f"{100 * value:.{digits}f} %",
        seconds=lambda value: f"{value:.1f} seconds" if value < 60 else f"{value / 60:.1f} minutes",
        milliseconds=lambda value, digits=0: f"{1000 * value:.{digits}f}",
        megabytes=megabytes,
        yes=lambda value: "yes" if value else "NO",
        short=lambda title: title.partition(" (")[0].removesuffix(" executor"),
    )
    return environment.get_template("report.html.j2").render(
        **report,
        **drawn,
        pictures={photo.photo.name: _pictures(photo) for photo in restored},
        drawings={photo.photo.name: draw_path(nodes, photo.result.diagnosis.path) for photo in restored},
        tree=draw_tree(nodes, visitors),
        groups=GROUPS,
        conditioning="Down to that node the restorer gets the photo’s own numbers, below it the node’s."
        if soft
        else "The restorer gets the numbers stored at that node.",
    )


def report_json(report: Mapping[str, Any]) -> bytes:
    """report.json: indented, with a final newline, UTF-8."""
    return (json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _describe(bundle: ModelBundle, restored: RestoredPhoto) -> dict[str, Any]:
    photo, result = restored.photo, restored.result
    diagnosis = result.diagnosis
    height, width = result.image.shape[:2]
    total = result.seconds["total"]
    return {
        "name": photo.name,
        "title": photo.title,
        "trouble": photo.trouble,
        "kind": photo.kind,
        "group": photo.group,
        "what": photo.what,
        "seed": photo.seed if photo.degradation else None,
        "credit": photo.credit,
        "width": width,
        "height": height,
        "node": diagnosis.node,
        "path": list(diagnosis.path),
        "confidence": round(diagnosis.confidence, 6),
        "steps": [
            {"node": node, "label": bundle.tree.node(node).label, "confidence": round(confidence, 6)}
            for node, confidence in zip(diagnosis.path, diagnosis.confidences, strict=True)
        ],
        "psnr": {"before": _finite(restored.before.psnr), "after": _finite(restored.after.psnr)},
        "ssim": {"before": _finite(restored.before.ssim), "after": _finite(restored.after.ssim)},
        "others": [
            {"name": other.name, "psnr": _finite(other.quality.psnr), "ssim": _finite(other.quality.ssim),
             "seconds": round(other.seconds, 4)} for other in restored.others
        ],
        "tiles": result.tiles,
        "seconds": {stage: round(seconds, 6) for stage, seconds in result.seconds.items()},
        "megapixels_per_second": round(width * height / 1e6 / total, 4) if total > 0 else None,
    }  # fmt: skip


def _pictures(restored: RestoredPhoto) -> dict[str, Any]:
    clean = base64.b64encode(restored.photo.clean.read_bytes()).decode()
    return {
        "degraded": _lossless(restored.degraded),
        "restored": _lossless(restored.result.image),
        "clean": f"data:image/{'webp' if restored.photo.real else 'jpeg'};base64,{clean}",
        "others": [_lossless(other.image) for other in restored.others],
    }


def _lossless(image: npt.NDArray[np.uint8]) -> str:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "WEBP", lossless=True, quality=50, method=2)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()


def _mean(values: Sequence[float]) -> float | None:
    return _finite(sum(values) / len(values))


def _finite(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None
