"""The demo with nothing replaced: a quantized toy is exported, proven, and measured in every engine that runs here."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import make_model
from quantised_toys import codes, tiles

from amirnet_benchmarks import demo, demo_export, interleave
from amirnet_benchmarks.demo_photos import DEMO_PHOTOS
from amirnet_export import exporter
from amirnet_training.checkpoint import save_model
from amirnet_training.quantization.calibrate import calibrate

pytest.importorskip("coremltools")
pytest.importorskip("ai_edge_litert")


@pytest.mark.slow
def test_every_engine_and_precision_is_in_the_report(
    toy_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = make_model("tiny")
    quantized = calibrate(model.network.restorer, [(tiles(2, seed), codes(2, seed)) for seed in range(3)], 64)
    save_model(tmp_path / "model.safetensors", replace(model, quantized=quantized))
    photos = exporter.sample_photos()[:2]  # the reference executor of Core ML takes its time
    monkeypatch.setattr(exporter, "sample_photos", lambda: photos)
    monkeypatch.setattr(demo, "LIMIT", 0.0)
    monkeypatch.setattr(interleave, "FEWEST", 2)
    monkeypatch.setattr(demo, "DEMO_PHOTOS", DEMO_PHOTOS[-1:])
    arguments = ["-o", str(tmp_path / "out"), "--model", str(toy_bundle), "--checkpoint", str(tmp_path)]
    result = CliRunner().invoke(demo.main, arguments)
    assert result.exit_code == 0, result.output
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    pairs = {(*pair["engines"], pair["precision"]) for pair in report["parity"]["pairs"]}
    assert len(pairs) == 6 and {precision for *_, precision in pairs} == {"float", "int8"}
    assert report["parity"]["half"]["passed"] and report["parity"]["half"]["photos"] in (1, 2)
    kinds = {(size["format"], size["precision"]) for size in report["sizes"] if size["role"] == "restorer"}
    assert len(kinds) == 6
    ran = {(row["engine"], row["precision"]) for row in report["latency"]["latencies"]}
    left_out = {(row["engine"], row["precision"]) for row in report["latency"]["skipped"]}
    assert ran | left_out == kinds and not ran & left_out
    expected = set() if sys.platform == "darwin" else {("coreml", "float16"), ("coreml", "int8")}
    assert left_out == expected
    assert demo_export.export_checkpoint(tmp_path, tmp_path / "out" / "mobile").reused
