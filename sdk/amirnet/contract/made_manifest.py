"""A small, sound manifest for the vectors, and edits of it."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import Any

from amirnet.contract.vector_file import Fields

ENCODER = bytes.fromhex("08093a00")
"""As little as an ONNX model can be: a version, and a graph with nothing in it."""
RESTORER = bytes.fromhex("08093a021200")
FILES = {"encoder.onnx": ENCODER, "restorer.onnx": RESTORER, "net.mlpackage/weight.bin": b"weight"}
GONE = object()
"""As a value: the field is left out."""


def seal(content: bytes) -> Fields:
    """The manifest's entry for a file."""
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def manifest(files: dict[str, bytes] | None = None) -> dict[str, Any]:
    """A sound one, of these files: two levels, three nodes."""
    nodes: list[Fields] = [
        {"id": 0, "level": 0, "index": 0, "parent": None, "children": [1, 2], "confidence": 0.0,
         "code": [0, 0.25, 0.5]},
        {"id": 1, "level": 1, "index": 0, "parent": 0, "children": [], "confidence": 0.5, "code": [-0.5, 1, 0],
         "share": 0.25, "label": "dark", "kinds": {"lowlight": 0.75, "noise": 0.25}},
        {"id": 2, "level": 1, "index": 1, "parent": 0, "children": [], "confidence": 0.5, "code": [0.75, 0, 0]},
    ]  # fmt: skip
    tile = {"size": 56, "halo": 12, "overlap": 6, "alignment": 4, "radius": 9, "flexible": True}
    return {
        "schema": "1.2",
        "name": "small",
        "identity": "ab" * 32,
        "geometry": {"probe": {"size": 64, "grid": 4, "trim": 4}, "tile": tile},
        "tree": {"levels": 2, "grid": 4, "conditioning": "node", "nodes": nodes},
        "models": {
            "encoder": {"onnx": {"float32": "encoder.onnx"}, "coreml": {"float16": "net.mlpackage"}},
            "restorer": {"onnx": {"float32": "restorer.onnx"}},
        },
        "files": {name: seal(content) for name, content in (FILES if files is None else files).items()},
    }


def light() -> dict[str, Any]:
    """A sound `light` for that tree: one number in between."""
    hidden = {"weights": [[0.5] * 27], "bias": [0.25]}
    return {"hidden": hidden, "output": {"weights": [[1.0]] * 6, "bias": [0.0] * 6}}


def edited(changes: dict[str, Any]) -> dict[str, Any]:
    """The sound one with fields set: a path of keys and places, parted by '/', -> the value, or GONE."""
    found = copy.deepcopy(manifest())
    for path, value in changes.items():
        *outer, last = path.split("/")
        place: Any = found
        for key in outer:
            if isinstance(place, list):
                place = place[int(key)]
            else:
                place = place.setdefault(key, light() if key == "light" else {})
        at = int(last) if isinstance(place, list) else last
        if value is GONE:
            del place[at]
        else:
            place[at] = value
    return found


def to_bytes(value: Any) -> bytes:
    """JSON as an export writes it."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8")
