"""`amirnet export`: one line on success, one line and status 2 on anything that cannot be exported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result

from amirnet import ModelBundle
from amirnet.cli import cli
from amirnet_export import exporter
from amirnet_export.formats.model_files import ModelFiles
from amirnet_export.parity.bisect import Bisection
from amirnet_export.parity.report import NodeDifference, PairReport, ParityReport
from amirnet_training.checkpoint import load_model

REPORT = ParityReport("toy", "ab", {}, (), (), ())


def export(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["export", *map(str, arguments)])


def refused(result: Result, folder: Path, *words: str) -> bool:
    """Status 2, one line that holds the words, and nothing new in the folder."""
    assert result.exit_code == 2, result.output
    assert result.stdout == "" and result.stderr.startswith("error: ") and result.stderr.count("\n") == 1
    assert all(word in result.stderr for word in words), result.stderr
    assert not [path for path in folder.rglob("*") if path.name.startswith(".") or path.name == "out"]
    return True


@pytest.fixture(autouse=True)
def _quick(bundle_folder, monkeypatch) -> None:
    """Models and proof as they were made once: both take seconds."""
    bundle = ModelBundle.open(bundle_folder)
    content = {name: bundle.read(name) for name in bundle.manifest.files if name != exporter.PARITY}
    made = ModelFiles(content, bundle.manifest.models, {})
    monkeypatch.setattr(exporter, "model_files", lambda *_: made)
    monkeypatch.setattr(exporter, "prove", lambda *_: REPORT)


def test_a_checkpoint_becomes_a_bundle(checkpoint, tmp_path) -> None:
    target = tmp_path / "deep" / "out"
    result = export(checkpoint, "-o", target)
    assert result.exit_code == 0, result.output
    table, line, hint = result.stdout.split("passed\n")[0], *result.stdout.split("passed\n")[1].splitlines()
    assert table.startswith("engines") and line.startswith(f"{target}: toy, float only, 0.4") and "5 nodes" in line
    assert hint.startswith("int8: none; `amirnet train CONFIG --quantize` first") and result.stderr == ""
    assert ModelBundle.open(target).manifest.name == "toy"
    again = export(checkpoint, "-o", target)
    assert again.exit_code == 2 and "add --overwrite" in again.stderr
    assert export(checkpoint.parent, "-o", target, "--overwrite").exit_code == 0
    assert [path.name for path in target.parent.iterdir()] == ["out"]


def test_checkpoints_that_are_none(tmp_path, paper_checkpoint) -> None:
    out = tmp_path / "out"
    assert refused(export(tmp_path / "none.safetensors", "-o", out), tmp_path, "none.safetensors", "no such checkpoint")
    assert refused(export(tmp_path, "-o", out), tmp_path, "no such checkpoint")
    text = tmp_path / "text.safetensors"
    text.write_text("these are not weights, they are words")
    assert refused(export(text, "-o", out), tmp_path, "text.safetensors", "not an AMIRNet checkpoint")
    assert refused(export(paper_checkpoint, "-o", out), tmp_path, "paper.safetensors", "cannot be tiled")


def test_checkpoints_that_are_not_finished_or_not_finite(checkpoint, changed, tmp_path) -> None:
    assert refused(export(changed(tree=None), "-o", tmp_path / "out"), tmp_path, "holds no tree", "train to the end")
    network = load_model(checkpoint).network
    with torch.no_grad():
        network.restorer.refine.weight[0, 0, 0, 0] = float("nan")
    broken = changed(network=network)
    assert refused(export(broken, "-o", tmp_path / "out"), tmp_path, "restorer.refine.weight is not finite")


@pytest.mark.parametrize("options", [[], ["--overwrite"]])
def test_targets_in_the_way(checkpoint, tmp_path, options: list[str]) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "dear.jpg").write_bytes(b"a photo")
    result = export(checkpoint, "-o", photos, *options)
    assert refused(result, tmp_path, "a folder that is not a bundle" if options else "exists already")
    assert (photos / "dear.jpg").read_bytes() == b"a photo"
    file = tmp_path / "file"
    file.write_text("x")
    assert refused(export(checkpoint, "-o", file / "below", *options), tmp_path, "cannot be written to")
    for name in ("file", "photos.zip"):
        (tmp_path / name).write_text("x")
        result = export(checkpoint, "-o", tmp_path / name, *options)
        assert refused(result, tmp_path, name, "not a zipped bundle" if options else "exists already")
        assert (tmp_path / name).read_text() == "x"


def test_models_that_do_not_agree(checkpoint, tmp_path, monkeypatch) -> None:
    node = NodeDifference(3, "photo.png", 4, 0.25, 40.0)
    pair = PairReport(("onnx", "tflite"), "float", 4, 0.25, 40.0, True, False, (node,))
    failed = replace(REPORT, pairs=(pair,), failures=("onnx and tflite in float: node 3: 4 levels apart",))
    monkeypatch.setattr(exporter, "prove", lambda *_: failed)
    monkeypatch.setattr(exporter, "bisect_report", lambda *_: [Bisection(("onnx", "tflite"), "float", 3, "up",
                                                                         "head", 7.5)])  # fmt: skip
    result = export(checkpoint, "-o", tmp_path / "out")
    assert result.exit_code == 2 and result.stdout == "" and not (tmp_path / "out").exists()
    *table, line = result.stderr.splitlines()
    assert table[-1] == "not passed"
    assert line.startswith(f"error: {checkpoint}: its models do not agree (onnx and tflite")
    assert "part at up" in line and line.endswith("not exported")


def test_calibrating_needs_the_images(checkpoint, tmp_path) -> None:
    result = export(checkpoint, "-o", tmp_path / "out", "--calibrate", tmp_path / "images")
    assert refused(result, tmp_path, "images")


def test_an_output_must_be_named(checkpoint, tmp_path) -> None:
    assert refused(export(checkpoint), tmp_path, "--output")
