"""A new format is one file and a line in the registry: exporter, checks, parity and bisection take it as it is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
from conftest import make_model
from quantised_toys import codes, tiles
from tape_format import TapeFormat

from amirnet import ModelBundle, Restorer
from amirnet.errors import EngineError
from amirnet_export import exporter
from amirnet_export.bundle_writer import seal
from amirnet_export.errors import ExportError
from amirnet_export.exporter import export_bundle
from amirnet_export.formats.registry import FORMATS, all_engines, default_engines
from amirnet_export.memory_files import memory_bundle
from amirnet_export.parity.bisect import bisect_report
from amirnet_export.parity.check import check, engine_names
from amirnet_export.parity.samples import sample_photos
from amirnet_training.checkpoint import save_model
from amirnet_training.quantization.calibrate import calibrate

pytest.importorskip("coremltools")
pytest.importorskip("ai_edge_litert")
PHOTOS = sample_photos()[::14]


@pytest.fixture
def _registered(monkeypatch) -> None:
    monkeypatch.setitem(FORMATS, "tape", TapeFormat())


@pytest.fixture(scope="module")
def bundle(tmp_path_factory) -> Path:
    """An export with the format in the registry, of a model with an int8 restorer, which the format has not."""
    folder = tmp_path_factory.mktemp("tape")
    made = make_model("tiny")
    quantized = calibrate(made.network.restorer, [(tiles(2, seed), codes(2, seed)) for seed in range(3)], 64)
    save_model(folder / "model.safetensors", replace(made, quantized=quantized))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(FORMATS, "tape", TapeFormat())
        patch.setattr(exporter, "CORE", 32)
        patch.setattr(exporter, "sample_photos", lambda: PHOTOS)
        export_bundle(folder / "model.safetensors", folder / "toy")
    return folder / "toy"


def test_its_models_are_in_the_bundle(bundle) -> None:
    models = ModelBundle.open(bundle).manifest.models
    assert models["encoder"]["tape"] == {"float32": "encoder.tape"}
    assert models["restorer"]["tape"] == {"float32": "restorer.tape"}, "no int8, which it has not"
    assert models["restorer"]["onnx"].keys() == {"float32", "int8"}
    assert (bundle / "restorer.tape").stat().st_size > 10_000


def test_it_took_part_in_the_exports_parity(bundle) -> None:
    report = json.loads((bundle / "parity.json").read_text())
    pairs = {(*pair["engines"], pair["precision"]) for pair in report["pairs"]}
    assert report["passed"] and report["engines"]["tape"] == "tape player"
    assert {("onnx", "tape", "float"), ("tflite", "tape", "float"), ("coreml", "tape", "float")} < pairs
    assert ("onnx", "coreml", "int8") in pairs and not any("tape" in pair and "int8" in pair for pair in pairs)


def test_users_who_know_nothing_of_it_restore_as_ever(bundle) -> None:
    photo = np.random.default_rng(1).integers(0, 256, (50, 60, 3), dtype=np.uint8)
    assert Restorer.from_bundle(bundle).restore(photo).image.shape == photo.shape
    with pytest.raises(EngineError, match="tape: no such engine"):
        Restorer.from_bundle(bundle, engine="tape")


@pytest.mark.usefixtures("_registered")
def test_what_is_wrong_in_it_is_found_down_to_the_step(bundle) -> None:
    opened = ModelBundle.open(bundle)
    files = {name: opened.read(name) for name in opened.manifest.files}
    tensors = safetensors.torch.load(files["restorer.tape"])
    tensors["ascend/weight"] *= 1.5
    files["restorer.tape"] = safetensors.torch.save(tensors)
    manifest = json.loads((bundle / "manifest.json").read_text())
    spoilt = memory_bundle("toy", seal(manifest, files))
    report = check(spoilt, PHOTOS, ("onnx", "tape"))
    assert not report.passed and [pair.precision for pair in report.pairs] == ["float"]
    assert {row.step for row in bisect_report(spoilt, report, PHOTOS)} == {"ascend"}
    assert check(opened, PHOTOS, ("onnx", "tape")).passed


@pytest.mark.usefixtures("_registered")
def test_a_model_that_does_not_say_what_it_is_is_not_exported(bundle, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(TapeFormat, "metadata", lambda self, model: {"amirnet.name": "another"})
    monkeypatch.setattr(exporter, "CORE", 32)
    with pytest.raises(ExportError, match=r"encoder\.tape: its metadata has another amirnet\.name, "):
        export_bundle(bundle.parent / "model.safetensors", tmp_path / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("_registered")
def test_its_engine_goes_by_its_name() -> None:
    assert default_engines() == ("onnx", "tflite", "coreml", "tape") and all_engines()[-1] == "tape"
    assert engine_names("tape,onnx") == ("tape", "onnx")


def test_without_its_line_nothing_of_it_is_left() -> None:
    assert default_engines() == ("onnx", "tflite", "coreml")
    with pytest.raises(ExportError, match="tape: no such engine"):
        engine_names("tape,onnx")
