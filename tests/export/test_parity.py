"""Parity: engines of one bundle agree, and everything that could make them differ is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from click.testing import CliRunner
from conftest import make_model
from PIL import Image
from quantised_toys import codes, tiles

from amirnet import ModelBundle
from amirnet.bundle.bundle_files import MANIFEST
from amirnet.cli import cli
from amirnet.errors import EngineError
from amirnet.runtime.degradation_tree import DegradationTree, TreeNode
from amirnet_export.bundle_writer import seal
from amirnet_export.errors import ExportError
from amirnet_export.exporter import make_manifest
from amirnet_export.formats.file_checks import check_grids
from amirnet_export.formats.model_files import ModelFiles, model_files
from amirnet_export.memory_files import memory_bundle
from amirnet_export.model_facts import ModelFacts
from amirnet_export.parity.bisect import bisect_report, first_difference, render_bisection
from amirnet_export.parity.check import check, engine_names, kinds
from amirnet_export.parity.places import Place, compare_places, margin
from amirnet_export.parity.report import render
from amirnet_export.parity.samples import DAMAGE, SamplePhoto, sample_photos
from amirnet_training.quantization.calibrate import calibrate

pytest.importorskip("coremltools")
pytest.importorskip("ai_edge_litert")


@pytest.fixture(scope="module")
def parts() -> tuple[dict, ModelFiles]:
    """Manifest and model files of a toy in int8, with tiles small enough for tests."""
    model = make_model("tiny")
    quantized = calibrate(model.network.restorer, [(tiles(2, seed), codes(2, seed)) for seed in range(3)], 64)
    manifest = make_manifest(replace(model, quantized=quantized))
    tile = manifest["geometry"]["tile"]
    tile["size"] = 2 * tile["halo"] + 32
    facts = ModelFacts("toy", "a toy", "Apache-2.0", manifest["identity"])
    made = model_files(model.network, quantized, 64, tile["size"], facts)
    return {**manifest, "models": made.models, "quantization": made.quantization}, made


@pytest.fixture(scope="module")
def photos() -> list[SamplePhoto]:
    return sample_photos()[::9]


def bundle_of(parts: tuple[dict, ModelFiles], **files: bytes) -> ModelBundle:
    """The toy bundle, some of its files replaced: bundle_of(parts, restorer_int8__onnx=...)."""
    manifest, made = parts
    changed = {name.replace("__", "."): content for name, content in files.items()}
    return memory_bundle("toy", seal(manifest, {**made.files, **changed}))


def test_engines_agree_and_in_int8_to_the_bit(parts, photos) -> None:
    seen: list[int] = []
    report = check(bundle_of(parts), photos, advance=seen.append)
    assert report.passed, report.failures
    assert sum(seen) == len(photos) + 5
    named = {(*pair.engines, pair.precision): pair for pair in report.pairs}
    assert len(named) == 6
    for (_, _, precision), pair in named.items():
        assert pair.node_agrees and len(pair.nodes) == 5
        assert precision == "float" or (pair.max_levels, pair.psnr) == (0, 100)
    assert named["onnx", "coreml", "float"].psnr < 100, "float16 is not float32"
    nodes = [row.node for row in report.half]
    assert len(nodes) == len(set(nodes)) and report.half[0].photo == photos[0].name and report.half[0].largest > 0
    assert "Core ML" in report.engines["coreml"] and "reference" in report.engines["coreml"]
    content = json.loads(json.dumps(report.to_json()))
    assert content["passed"] and content["bars"]["int8"] == {"max_levels": 2, "share_over_1": 0.005}
    keys = {"engines", "precision", "max_levels", "share_over_1", "psnr", "node_agrees", "passed", "nodes"}
    assert set(content["pairs"][0]) == keys
    assert render(report).splitlines()[-1] == "passed"


def scaled_constant(content: bytes, name: str, factor: float) -> bytes:
    model = onnx.load_from_string(content)
    (constant,) = [item for item in model.graph.initializer if item.name == name]
    array = (onnx.numpy_helper.to_array(constant) * np.float32(factor)).astype(np.float32)
    constant.CopyFrom(onnx.numpy_helper.from_array(array, name))
    return model.SerializeToString()


def test_a_model_that_differs_is_found_down_to_the_step(parts, photos) -> None:
    """A layer's weights are a tenth off in one format: parity fails, and bisecting names that layer."""
    spoilt = scaled_constant(parts[1].files["restorer_int8.onnx"], "up/weight/scale", 1.5)
    bundle = bundle_of(parts, restorer_int8__onnx=spoilt)
    report = check(bundle, photos, ("onnx", "tflite"))
    assert not report.passed and all("onnx and tflite in int8" in line for line in report.failures)
    pair = {pair.precision: pair for pair in report.pairs}
    assert pair["float"].passed and not pair["int8"].passed and pair["int8"].max_levels > 2
    assert "FAILED" in render(report) and render(report).endswith("not passed")
    found = bisect_report(bundle, report, photos)
    assert {row.step for row in found if row.precision == "int8"} == {"up"}
    assert {row.step for row in found if row.precision == "float"} == {""}
    assert any("int8, node" in line and "part at up" in line for line in render_bisection(found))
    with pytest.raises(ExportError, match=r"restorer_int8\.onnx: lies on another grid than the manifest \(up\)"):
        check_grids(parts[1]._replace(files={**parts[1].files, "restorer_int8.onnx": spoilt}))


def test_a_grid_that_engines_may_round_differently(parts) -> None:
    check_grids(parts[1])
    grid = json.loads(json.dumps(parts[1].quantization["restorer"]))
    grid["activations"]["encode0/change"]["scale"] *= 2
    with pytest.raises(ExportError, match="restorer: engines may round encode0/change, encode0/scale differently"):
        check_grids(parts[1]._replace(quantization={"restorer": grid}))


def test_float16_overflow_is_told(parts, photos) -> None:
    """A network whose values pass 65,504 somewhere, and whose result in float32 is a photo all the same."""
    model = make_model("tiny")
    with torch.no_grad():
        for name in ("refine.weight", "refine.bias", "head.weight"):
            model.network.restorer.get_parameter(name).mul_(3e5 if name.startswith("refine") else 1 / 3e5)
    manifest = dict(parts[0])
    facts = ModelFacts("toy", "a toy", "Apache-2.0", manifest["identity"])
    made = model_files(model.network, None, 64, manifest["geometry"]["tile"]["size"], facts)
    bundle = memory_bundle("toy", seal({**manifest, "models": made.models, "quantization": {}}, made.files))
    report = check(bundle, photos)
    assert not report.passed
    assert any("float16 overflows at refine" in line for line in report.failures)
    assert max(row.largest for row in report.half) > 65504
    assert json.loads(json.dumps(report.to_json(), allow_nan=False))["passed"] is False, "JSON, whatever overflows"


def test_engines_that_find_other_nodes_fail(parts, photos, monkeypatch) -> None:
    from amirnet_export.parity import check as module

    def elsewhere(bundle, engine, photo):
        place = original(bundle, engine, photo)
        return place._replace(path=(0, 1)) if engine.title == "LiteRT" else place._replace(path=(0, 2))

    original = module.place
    monkeypatch.setattr(module, "place", elsewhere)
    report = check(bundle_of(parts), photos[:2], ("onnx", "tflite"))
    assert not report.passed and not any(pair.node_agrees for pair in report.pairs)
    assert f"{photos[0].name}: onnx node 2, tflite node 1; the decision's margin is" in report.failures[0]


def test_margins_by_hand() -> None:
    def node(number, parent, children, confidence):
        level = (number + 1).bit_length() - 1
        return TreeNode(number, level, number + 1 - 2**level, parent, children, confidence, (0.0,) * 7)

    tree = DegradationTree(3, 64, "node", (node(0, None, (1, 2), 0.0), node(1, 0, (3, 4), 0.6), node(2, 0, (), 0.6),
                                           node(3, 1, (), 0.9), node(4, 1, (), 0.9)))  # fmt: skip
    mask = np.array([1, 0.7, 0.3, 0.6, 0.2, 0, 0])
    assert tree.walk(mask).path == (0, 1)
    # Step to 1: 0.7 - 0.3 to the other child, 0.7 - 0.6 to its confidence; the stop before 3: 0.9 - 0.75.
    assert margin(tree, mask, (0, 1)) == pytest.approx(0.1)
    mask[3:5] = 0.64, 0.16
    assert margin(tree, mask, (0, 1)) == pytest.approx(0.1)
    mask[1:3] = 0.5, 0.5
    assert margin(tree, mask, tree.walk(mask).path) == pytest.approx(0.1), "the stop at the root"
    code = np.zeros(7, np.float32)
    places = {"a": Place((0, 1), mask, code, 0.2), "b": Place((0,), mask, code + np.float32(2 / 64), 0.1)}
    row = compare_places("photo", places, 64)
    assert (row.nodes, row.margins, row.code_steps) == ({"a": 1, "b": 0}, {"a": 0.2, "b": 0.1}, 2)


def test_the_first_difference() -> None:
    one = {"a": np.ones(2000), "b": np.ones(2000), "only": np.ones(1), "c": np.ones(2000)}
    two = {"a": one["a"] + 0.001, "b": one["b"] + 0.02, "c": one["c"] + 0.05}
    step, worst, ratio = first_difference(one, two, None)
    assert (step, worst) == ("b", "c") and ratio == pytest.approx(5)
    scales = {"a": 0.01, "b": 0.01, "c": 0.01}
    assert first_difference(one, two, scales) == ("b", "b", pytest.approx(1000)), "a is less than an integer apart"
    single = {**one, "b": one["b"].copy()}
    single["b"][0] += 5
    del single["only"]
    assert first_difference(one, single, scales) == ("", "b", pytest.approx(0.5)), "one in two thousand"
    assert first_difference(one, one, None) == ("", "", 0.0)


def test_sample_photos(tmp_path) -> None:
    photos = sample_photos()
    assert len(photos) == 3 * len(DAMAGE) == len({photo.name for photo in photos})
    assert all(photo.pixels.shape == (256, 256, 3) and photo.pixels.dtype == np.uint8 for photo in photos)
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(photos, sample_photos(), strict=True))
    with pytest.raises(ExportError, match="no photos in it"):
        sample_photos(tmp_path)
    Image.new("RGB", (40, 30), "red").save(tmp_path / "red.png")
    (one,) = sample_photos(tmp_path)
    assert one.name == "red.png" and one.pixels.shape == (30, 40, 3)


def test_engines_by_name(parts) -> None:
    assert engine_names("tflite, onnx") == ("tflite", "onnx")
    for text, says in {"onnx": "two engines or more", "": "no engine", "onnx,cuda": "cuda: no such engine"}.items():
        with pytest.raises(ExportError, match=says):
            engine_names(text)
    bundle = bundle_of(parts)
    assert kinds(bundle, ("onnx", "coreml")) == {"float": ("onnx", "coreml"), "int8": ("onnx", "coreml")}
    models = json.loads(json.dumps(parts[0]["models"]))
    del models["restorer"]["tflite"]["int8"]
    bundle = memory_bundle("toy", seal({**parts[0], "models": models}, parts[1].files))
    assert kinds(bundle, ("onnx", "tflite", "coreml"))["int8"] == ("onnx", "coreml"), "those that have it"
    assert kinds(bundle, ("onnx", "tflite")) == {"float": ("onnx", "tflite")}, "one alone has nothing to agree with"


def test_the_command(parts, tmp_path) -> None:
    manifest, made = parts
    for name, content in seal(manifest, made.files).items():
        file = tmp_path / "toy" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    photos = tmp_path / "photos"
    photos.mkdir()
    Image.fromarray(sample_photos()[0].pixels).save(photos / "a.png")
    arguments = ["parity", str(tmp_path / "toy"), "--engines", "onnx,tflite", "--photos", str(photos)]
    run = CliRunner().invoke
    done = run(cli, [*arguments, "--json", "--bisect"])
    assert done.exit_code == 0, done.output
    content = json.loads(done.stdout)
    assert content["passed"] and [pair["precision"] for pair in content["pairs"]] == ["float", "int8"]
    assert [row["step"] for row in content["bisect"]] == ["", ""]
    text = run(cli, arguments)
    assert text.exit_code == 0 and text.stdout.splitlines()[-1] == "passed"
    for wrong, says in {"none": "no such shipped bundle", str(photos): MANIFEST}.items():
        refused = run(cli, ["parity", wrong])
        assert refused.exit_code == 2 and says in refused.stderr and refused.stderr.count("\n") == 1
    (tmp_path / "toy" / "restorer.onnx").write_bytes(b"changed")
    assert run(cli, arguments).exit_code == 2


def test_a_bundle_without_an_engines_models(parts, photos) -> None:
    manifest, made = parts
    models = {role: {"onnx": paths["onnx"]} for role, paths in manifest["models"].items()}
    bundle = memory_bundle("toy", seal({**manifest, "models": models}, made.files))
    with pytest.raises(EngineError, match="no TFLite float32 encoder"):
        check(bundle, photos, ("onnx", "tflite"))
    assert Path(bundle.where).name == "toy"
