"""Folded bundles: a restorer a node, each equal to the steered one with that node's code."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import make_model
from quantised_toys import camera, codes, planes, tiles

from amirnet import ModelBundle, Restorer
from amirnet.bundle.model_paths import is_folded
from amirnet.engines.registry import make_engine
from amirnet.errors import EngineError, ManifestError
from amirnet_benchmarks.folding import compare, operations
from amirnet_export import exporter
from amirnet_export.bundle_writer import seal
from amirnet_export.exporter import export_bundle
from amirnet_export.folding import FOLDS, fold_tree
from amirnet_export.memory_files import memory_bundle
from amirnet_export.parity.check import nodes_to_check
from amirnet_training.checkpoint import TrainedModel, save_model
from amirnet_training.quantization.calibrate import calibrate


@pytest.fixture(scope="module")
def model() -> TrainedModel:
    made = make_model("tiny")
    batches = [(tiles(2, seed), codes(2, seed)) for seed in range(3)]
    quantized = calibrate(made.network.restorer, batches, 64)
    return TrainedModel(made.network, made.config, made.tree, made.facts, quantized)


@pytest.fixture(scope="module")
def bundles(model, tmp_path_factory) -> dict[str, Path]:
    """Fold -> a bundle on disk, proven on two photos."""
    folder = tmp_path_factory.mktemp("folded")
    save_model(folder / "model.safetensors", model)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporter, "CORE", 32)
        photos = exporter.sample_photos()[:2]
        patch.setattr(exporter, "sample_photos", lambda: photos)
        for fold in FOLDS:
            export_bundle(folder / "model.safetensors", folder / fold, fold=fold)
    return {fold: folder / fold for fold in FOLDS}


def test_a_folded_restorer_is_the_steered_one(bundles, model) -> None:
    bundle = ModelBundle.open(bundles["node"])
    assert is_folded(bundle) and bundle.tree.conditioning == "node" and nodes_to_check(bundle) == [0, 1, 2, 3, 4]
    engine = make_engine(bundle, "onnx")
    halo = bundle.manifest.tile.halo
    tile = tiles(1, size=bundle.manifest.tile.size)
    inside = np.s_[..., halo:-halo, halo:-halo]
    results = []
    for node in range(5):
        code = bundle.tree.code_for(node).reshape(1, -1, 1, 1)
        with torch.no_grad():
            wanted = model.network.restorer(tile, torch.from_numpy(code)).numpy()
        results.append(planes(engine.restore(camera(tile)[0], code)))
        assert np.abs(results[-1] - wanted)[inside].max() <= 1e-5
    assert np.abs(results[0] - results[1]).max() > 1e-3, "nodes differ"
    with pytest.raises(EngineError, match="no restorer was folded for this code"):
        engine.restore(camera(tile)[0], np.full(7, 0.3, np.float32))


@pytest.mark.parametrize("engine", ["onnx", "tflite", "coreml"])
@pytest.mark.parametrize("precision", ["float", "int8"])
def test_every_engine_takes_a_folded_bundle(bundles, engine: str, precision: str) -> None:
    photo = np.random.default_rng(1).integers(0, 256, (70, 90, 3), dtype=np.uint8)
    wanted = Restorer.from_bundle(bundles["node"], precision=precision).restore(photo)
    result = Restorer.from_bundle(bundles["node"], engine=engine, precision=precision).restore(photo)
    assert result.diagnosis.node == wanted.diagnosis.node and result.image.shape == photo.shape
    apart = np.abs(result.image.astype(int) - wanted.image).max()
    assert apart == 0 if precision == "int8" else apart <= 1


def test_leaves_only_and_no_walk_stops_before_one(bundles) -> None:
    bundle = ModelBundle.open(bundles["leaf"])
    leaves = {node.id for node in bundle.tree.nodes if not node.children}
    assert set(nodes_to_check(bundle)) == leaves == {2, 3, 4}
    restorer = Restorer(bundle)
    for seed in range(6):
        photo = np.random.default_rng(seed).integers(0, 40 * seed + 40, (64, 64, 3), dtype=np.uint8)
        assert restorer.restore(photo).diagnosis.node in leaves
    with pytest.raises(EngineError, match="no restorer was folded for this code"):
        restorer.restore(photo, node=1)


def test_the_manifest_must_have_every_node(bundles) -> None:
    bundle = ModelBundle.open(bundles["node"])
    content = {name: bundle.read(name) for name in bundle.manifest.files}
    manifest = exporter.json.loads((bundles["node"] / "manifest.json").read_text())
    del manifest["models"]["restorer.3"]
    with pytest.raises(ManifestError, match="hold folded restorers, but none for node 3"):
        memory_bundle("x", seal(manifest, content))
    manifest["tree"]["conditioning"] = "soft"
    with pytest.raises(ManifestError, match='conditioning is not "node"'):
        memory_bundle("x", seal(manifest, content))


def test_folding_a_tree_leaves_the_original(model) -> None:
    tree, chosen = fold_tree(model.tree, "leaf")
    assert chosen is not None and set(chosen) == {2, 3, 4}
    assert tree["conditioning"] == "node" and all(node["confidence"] == 0 for node in tree["nodes"])
    assert model.tree["conditioning"] == "soft" and model.tree["nodes"][1]["confidence"] == 0.5
    assert fold_tree(model.tree, "none") == (model.tree, None)


def test_what_folding_costs_and_saves_is_told(bundles) -> None:
    opened = {"steered": ModelBundle.open(bundles["none"]), "folded": ModelBundle.open(bundles["node"])}
    steered, folded = (operations(bundle, 0, "int8") for bundle in opened.values())
    assert steered["MUL"] == 1 + 2 * 5 and folded["MUL"] == 0 and sum(folded.values()) < sum(steered.values())
    lines = compare(opened, runs=1)
    sizes = [line for line in lines if line.startswith("size ")]
    assert len(sizes) == 6 and all("(1)" in line and "(5)" in line for line in sizes)
    assert sum(line.startswith("a tile ") for line in lines) == 4 and sum("operations" in line for line in lines) == 4
