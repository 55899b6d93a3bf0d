"""The demo's export: made once, kept while it still follows from checkpoint and code, and honest about a refusal."""

import json
from pathlib import Path
from typing import Any

import pytest

from amirnet_benchmarks import demo_export
from amirnet_benchmarks.demo_export import export_checkpoint
from amirnet_export import exporter
from amirnet_export.errors import ExportError
from amirnet_training.errors import CheckpointError


@pytest.fixture
def fresh(fake_export: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The fake export with no calls yet, and with code whose hash costs nothing."""
    fake_export.calls.clear()
    monkeypatch.setattr(demo_export, "PACKAGES", ("amirnet_benchmarks",))
    return fake_export


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    return tmp_path


def test_the_second_run_takes_the_first_ones_bundle(fresh: Any, checkpoint: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    first = export_checkpoint(checkpoint, tmp_path / "out", lines.append)
    again = export_checkpoint(checkpoint / "model.safetensors", tmp_path / "out", lines.append)
    assert len(fresh.calls) == len(lines) == 1
    assert (first.reused, again.reused, again.refusal) == (False, True, None)
    assert first.bundle is not None and again.bundle is not None
    assert again.bundle.manifest == first.bundle.manifest
    assert again.parity == first.parity and again.parity["pairs"][0]["engines"] == ["onnx", "tflite"]


@pytest.mark.parametrize("change", ["checkpoint", "code", "tool", "model", "manifest", "stamp"])
def test_whatever_changes_it_is_made_again(
    fresh: Any, checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    out = tmp_path / "out"
    export_checkpoint(checkpoint, out)
    manifest = json.loads((out / "manifest.json").read_text())
    if change == "checkpoint":
        (checkpoint / "model.safetensors").write_bytes(b"better weights")
    elif change == "code":
        monkeypatch.setattr(demo_export, "PACKAGES", ("amirnet_benchmarks", "amirnet_export"))
    elif change == "tool":
        monkeypatch.setattr(demo_export, "installed", lambda tool: "99.0")
    elif change == "model":
        (out / "restorer.onnx").write_bytes(b"changed")
    elif change == "manifest":  # sealed, but not what the demo wrote
        (out / "manifest.json").write_text(json.dumps({**manifest, "name": "another"}))
    else:
        (tmp_path / "out.made_from.json").write_text("{}")
    assert not export_checkpoint(checkpoint, out).reused
    assert len(fresh.calls) == 2
    assert export_checkpoint(checkpoint, out).reused


def test_models_that_do_not_agree_are_told_and_not_kept(fresh: Any, checkpoint: Path, tmp_path: Path) -> None:
    passed = fresh.report
    try:
        fresh.refuse()
        for _ in range(2):
            found = export_checkpoint(checkpoint, tmp_path / "out")
            assert found.bundle is None and "do not agree" in (found.refusal or "")
            assert not found.parity["passed"] and found.parity["failures"]
    finally:
        fresh.report = passed
    assert len(fresh.calls) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]


def test_other_refusals_are_errors(
    fresh: Any, checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporter, "export_bundle", fresh.original)
    with pytest.raises(CheckpointError, match="no such checkpoint"):
        export_checkpoint(tmp_path / "none", tmp_path / "out")
    with pytest.raises(CheckpointError, match="not an AMIRNet checkpoint"):
        export_checkpoint(checkpoint, tmp_path / "out")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(ExportError, match="not a bundle"):
        export_checkpoint(checkpoint, tmp_path / "mine")
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"
