"""`amirnet export`: one line on success, one line and status 2 on anything that cannot be exported."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result

from amirnet import Bundle
from amirnet.cli import cli
from amirnet_export import exporter
from amirnet_training.checkpoint import load_model


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
    """The graphs as they were exported once: tracing them again for each test takes seconds."""
    for name in ("encoder", "restorer"):
        content = (bundle_folder / f"{name}.onnx").read_bytes()
        monkeypatch.setattr(exporter, f"{name}_onnx", lambda *_, content=content: content)


def test_a_checkpoint_becomes_a_bundle(checkpoint, tmp_path) -> None:
    target = tmp_path / "deep" / "out"
    result = export(checkpoint, "-o", target)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"{target}: toy, 0.1") and result.stdout.count("\n") == 1
    assert "5 nodes" in result.stdout and result.stderr == ""
    assert Bundle.open(target).manifest.name == "toy"
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


def test_an_output_must_be_named(checkpoint, tmp_path) -> None:
    assert refused(export(checkpoint), tmp_path, "--output")
