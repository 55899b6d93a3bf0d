"""Shared fixtures: a toy bundle, small and deterministic, with the shape and the manners of a real one.

Its restorer has two strided convolutions and a nearest-neighbour upsampling, so that a tile in the wrong stride phase,
or with too little halo, gives visibly different pixels.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import settings
from onnx import TensorProto, helper, numpy_helper

# A busy machine is no failure: examples have no deadline of their own, the whole test has pytest's.
settings.register_profile("amirnet", deadline=None)
settings.load_profile("amirnet")

LEVELS = 3
K = 2**LEVELS - 1
GRID = 64
RADIUS = 9
"""An output pixel sees 9 pixels to the left and 6 to the right: 5x5, two strided 3x3, upsampling by 4, 3x3."""


def _graph(
    nodes: list[Any], inputs: dict[str, list[Any]], outputs: dict[str, list[Any]], weights: dict[str, Any]
) -> bytes:
    def values(shapes: dict[str, list[Any]]) -> list[Any]:
        return [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]

    constants = [numpy_helper.from_array(array, name) for name, array in weights.items()]
    graph = helper.make_graph(nodes, "toy", values(inputs), values(outputs), constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def toy_encoder() -> bytes:
    """Mean and mean square of each channel -> softmax per level, and sigmoid values."""
    rng = np.random.default_rng(1)
    weights: dict[str, Any] = {
        "to_mask": (rng.normal(size=(6, K)) * 6).astype(np.float32),
        "to_value": (rng.normal(size=(6, K)) * 2).astype(np.float32),
        "splits": np.array([2**level for level in range(LEVELS)], dtype=np.int64),
        "flat": np.array([0, 6], dtype=np.int64),
    }
    levels = [f"level{level}" for level in range(LEVELS)]
    nodes = [
        helper.make_node("GlobalAveragePool", ["probes"], ["mean"]),
        helper.make_node("Mul", ["probes", "probes"], ["square"]),
        helper.make_node("GlobalAveragePool", ["square"], ["power"]),
        helper.make_node("Concat", ["mean", "power"], ["pooled"], axis=1),
        helper.make_node("Reshape", ["pooled", "flat"], ["features"]),
        helper.make_node("MatMul", ["features", "to_mask"], ["logits"]),
        helper.make_node("Split", ["logits", "splits"], levels, axis=1),
        *(helper.make_node("Softmax", [name], [name + "_mask"], axis=1) for name in levels),
        helper.make_node("Concat", [name + "_mask" for name in levels], ["mask"], axis=1),
        helper.make_node("MatMul", ["features", "to_value"], ["raw"]),
        helper.make_node("Sigmoid", ["raw"], ["value"]),
    ]
    return _graph(nodes, {"probes": ["N", 3, 64, 64]}, {"mask": ["N", K], "value": ["N", K]}, weights)


def toy_restorer(strength: float = 1) -> bytes:
    """tile + strength times a residual that depends on the tile, its stride phase, and the code."""
    rng = np.random.default_rng(2)

    def normal(*shape: int) -> Any:
        return (rng.normal(size=shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)

    weights: dict[str, Any] = {
        "w0": normal(8, 3, 5, 5),
        "w1": normal(8, 8, 3, 3),
        "w2": normal(8, 8, 3, 3),
        "w3": normal(3, 8, 3, 3) * np.float32(strength),
        "wc": np.abs(normal(8, K, 1, 1)),
        "scales": np.array([1, 1, 4, 4], dtype=np.float32),
    }

    def conv(source: str, weight: str, target: str, pad: int, stride: int = 1) -> Any:
        return helper.make_node("Conv", [source, weight], [target], pads=[pad] * 4, strides=[stride] * 2)

    resize = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    nodes = [
        conv("tile", "w0", "a0", 2),
        helper.make_node("Relu", ["a0"], ["r0"]),
        conv("r0", "w1", "a1", 1, stride=2),
        helper.make_node("Relu", ["a1"], ["r1"]),
        conv("r1", "w2", "a2", 1, stride=2),
        conv("code", "wc", "gain", 0),
        helper.make_node("Mul", ["a2", "gain"], ["scaled"]),
        helper.make_node("Resize", ["scaled", "", "scales"], ["up"], **resize),
        conv("up", "w3", "residual", 1),
        helper.make_node("Add", ["tile", "residual"], ["restored"]),
    ]
    picture = [1, 3, "H", "W"]
    return _graph(nodes, {"tile": picture, "code": [1, K, 1, 1]}, {"restored": picture}, weights)


def toy_tree() -> dict[str, Any]:
    """Three levels; the right child of the root is a leaf, so the tree is not full."""

    def node(id_: int, level: int, index: int, parent: int | None, children: list[int], label: str) -> dict[str, Any]:
        code = [((7 * id_ + 5 * place) % 33 - 16) / GRID for place in range(K)]
        share = {0: 1.0, 1: 0.625, 2: 0.375, 3: 0.25, 4: 0.375}[id_]
        confidence = 0.0 if level == 0 else 0.55
        return {"id": id_, "level": level, "index": index, "parent": parent, "children": children,
                "confidence": confidence, "code": code, "share": share, "label": label}  # fmt: skip

    nodes = [
        node(0, 0, 0, None, [1, 2], "everything"),
        node(1, 1, 0, 0, [3, 4], "dark"),
        node(2, 1, 1, 0, [], "bright"),
        node(3, 2, 0, 1, [], "dark and noisy"),
        node(4, 2, 1, 1, [], ""),
    ]
    return {"levels": LEVELS, "grid": GRID, "conditioning": "soft", "nodes": nodes}


def toy_manifest() -> dict[str, Any]:
    """Everything but the files, which `seal` adds."""
    return {
        "schema": "1.0",
        "name": "toy",
        "description": "a toy for tests",
        "license": "Apache-2.0",
        "identity": "ab" * 32,
        "geometry": {
            "probe": {"size": 64, "grid": 4, "trim": 0},
            "tile": {"size": 56, "halo": 12, "overlap": 6, "alignment": 4, "radius": RADIUS, "flexible": True},
        },
        "tree": toy_tree(),
        "models": {
            "encoder": {"onnx": {"float32": "encoder.onnx"}},
            "restorer": {"onnx": {"float32": "restorer.onnx"}},
        },
        "metrics": {"psnr": {"noise": 30.5}},
    }


def seal(folder: Path, manifest: dict[str, Any]) -> Path:
    """Write manifest.json over the files that lie in `folder`, and return the folder."""
    files = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != "manifest.json":
            content = file.read_bytes()
            name = file.relative_to(folder).as_posix()
            files[name] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    (folder / "manifest.json").write_text(json.dumps({**manifest, "files": files}, indent=1), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def toy_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sealed toy bundle's folder. Shared by all tests: copy it (`toy_copy`) before changing anything."""
    return _sealed_toy(tmp_path_factory, 1)


@pytest.fixture(scope="session")
def null_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a restorer that changes nothing."""
    return _sealed_toy(tmp_path_factory, 0)


def _sealed_toy(factory: pytest.TempPathFactory, strength: float) -> Path:
    folder = factory.mktemp("bundles") / "toy"
    folder.mkdir()
    (folder / "encoder.onnx").write_bytes(toy_encoder())
    (folder / "restorer.onnx").write_bytes(toy_restorer(strength))
    return seal(folder, toy_manifest())


@pytest.fixture
def toy_copy(toy_bundle: Path, tmp_path: Path) -> Path:
    """A toy bundle of the test's own, to break."""
    return Path(shutil.copytree(toy_bundle, tmp_path / "toy"))


@pytest.fixture
def reseal(toy_copy: Path) -> Callable[[Callable[[dict[str, Any]], object]], Path]:
    """Call it with a function that edits the manifest in place: the toy copy is sealed again with the edit."""

    def apply(edit: Callable[[dict[str, Any]], object]) -> Path:
        manifest = toy_manifest()
        edit(manifest)
        return seal(toy_copy, manifest)

    return apply


@pytest.fixture(scope="session")
def toy_photo() -> np.ndarray[Any, Any]:
    """uint8 RGB, 97 high and 130 wide: smooth colours with texture, neither side a multiple of anything."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:97, 0:130]
    base = np.stack([120 + 80 * np.sin(x / 17), 100 + 0.9 * y, 128 + 60 * np.cos((x + y) / 11)], axis=-1)
    return np.clip(base + rng.normal(0, 12, base.shape), 0, 255).astype(np.uint8)
