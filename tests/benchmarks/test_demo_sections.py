"""The report's three sections on the export: the page says what report.json says, also when there was no export."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from amirnet import ModelBundle
from amirnet_benchmarks import demo, interleave
from amirnet_benchmarks.demo_photos import DEMO_PHOTOS
from amirnet_benchmarks.report_export import parity_summary


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "LIMIT", 0.0)
    monkeypatch.setattr(interleave, "FEWEST", 2)
    monkeypatch.setattr(demo, "DEMO_PHOTOS", DEMO_PHOTOS[-1:])


@pytest.fixture
def refusing(fake_export: Any) -> Iterator[Any]:
    passed = fake_export.report
    fake_export.refuse()
    yield fake_export
    fake_export.report = passed


def run(*arguments: object) -> Result:
    return CliRunner().invoke(demo.main, [*map(str, arguments)])


def read(folder: Path) -> tuple[dict[str, Any], str]:
    """report.json, and the words of the page with single spaces."""
    page = re.sub(r"<style>.*?</style>|<script>.*?</script>", "", (folder / "report.html").read_text(), flags=re.S)
    words = " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
    return json.loads((folder / "report.json").read_text()), words


def test_the_page_shows_parity_sizes_and_latencies(
    toy_bundle: Path, fake_export: Any, fake_checkpoint: Path, tmp_path: Path
) -> None:
    result = run("-o", tmp_path, "--model", toy_bundle, "--checkpoint", fake_checkpoint)
    assert result.exit_code == 0, result.output
    report, words = read(tmp_path)
    assert report["export"]["passed"] and report["export"]["identity"] == "cd" * 32
    assert report["parity"]["passed"] and "Passed." in words
    assert "ONNX Runtime and LiteRT <b> float 1 0.000 % 91.25 yes yes" in words
    assert "ONNX Runtime and LiteRT <b> int8 0 0.000 % equal yes yes" in words
    assert "Core ML, sums kept in float16 float16 1 0.000 % 55.50 – yes" in words
    assert "was 0.0625 from flipping" in words and "largest value is 119 of 65,504" in words
    manifest = ModelBundle.open(tmp_path / "mobile").manifest
    models = {size["role"]: size["bytes"] for size in report["sizes"]}
    assert models == {role: manifest.files[f"{role}.onnx"].bytes for role in ("encoder", "restorer")}
    (row,) = report["latency"]["latencies"]
    numbers = " ".join(f"{1000 * row[what][name]:.1f}" for what in ("tile", "photo") for name in ("p50", "p90", "p99"))
    assert f"{row['ran']} {numbers} {row['photo']['tiles']}" in words
    assert row["ran"].startswith("ONNX Runtime 1.") and report["latency"]["machine"]["processor"] in words
    assert f"{row['tile']['runs']} runs of a tile and {row['photo']['runs']} of the photo" in words


def test_the_second_demo_keeps_the_bundle(
    toy_bundle: Path, fake_export: Any, fake_checkpoint: Path, tmp_path: Path
) -> None:
    results = [run("-o", tmp_path, "--model", toy_bundle, "--checkpoint", fake_checkpoint) for _ in range(2)]
    assert ["Exporting" in result.output for result in results] == [True, False]
    assert "kept" in results[1].output and read(tmp_path)[0]["export"]["reused"]


def test_models_that_do_not_agree_are_shown_and_end_with_status_1(
    toy_bundle: Path, refusing: Any, fake_checkpoint: Path, tmp_path: Path
) -> None:
    result = run("-o", tmp_path, "--model", toy_bundle, "--checkpoint", fake_checkpoint)
    assert result.exit_code == 1
    assert "do not agree" in result.output and not (tmp_path / "mobile").exists()
    report, words = read(tmp_path)
    assert not report["parity"]["passed"] and not report["export"]["passed"]
    assert "Not passed." in words and "node 2 differs by 3 levels" in words and "export was refused" in words
    assert report["latency"]["bundle"]["identity"] == report["model"]["identity"], "measured is what restored"


def test_without_an_export_the_shipped_model_is_measured(toy_bundle: Path, fake_export: Any, tmp_path: Path) -> None:
    fake_export.calls.clear()
    result = run("-o", tmp_path, "--model", toy_bundle, "--no-export")
    assert result.exit_code == 0, result.output
    report, words = read(tmp_path)
    assert fake_export.calls == [] and report["export"] is None and report["parity"] is None
    assert "did not export" in words and report["latency"]["latencies"]


def test_a_checkpoint_that_is_none_is_one_line(
    toy_bundle: Path, fake_export: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("amirnet_export.exporter.export_bundle", fake_export.original)
    result = run("-o", tmp_path / "out", "--model", toy_bundle, "--checkpoint", tmp_path / "none")
    assert result.exit_code == 2
    assert "no such checkpoint" in result.output.splitlines()[-1] and result.output.count("error: ") == 1
    assert not (tmp_path / "out" / "report.html").exists()


def test_a_float16_sum_beyond_its_bar_has_not_passed(fake_export: Any) -> None:
    parity = json.loads(json.dumps(fake_export.report.to_json()))
    assert parity_summary(parity)["half"]["passed"]
    for name, value in {"max_levels": 2, "share_over_1": 0.1, "largest": 70_000.0}.items():
        changed = json.loads(json.dumps(parity))
        changed["half"][1][name] = value
        half = parity_summary(changed)["half"]
        assert not half["passed"] and half[name] == value
    parity["half"], parity["photos"] = [], []
    assert parity_summary(parity)["half"] is None and parity_summary(parity)["closest_decision"] is None
