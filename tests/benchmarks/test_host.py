"""The host benchmark: every engine that runs here, what ran beside every number, and one line for what cannot be."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from amirnet import ModelBundle
from amirnet_benchmarks import host
from amirnet_benchmarks.host import main, measure_host
from amirnet_benchmarks.host_engines import NO_COREML, host_engines
from amirnet_benchmarks.host_table import busy, render_host
from amirnet_benchmarks.interleave import WARMUPS


@pytest.fixture
def photo(tmp_path: Path, toy_photo: np.ndarray) -> Path:
    Image.fromarray(toy_photo).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


def measure(*arguments: object) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)])


def test_a_run_writes_what_it_measured(toy_bundle: Path, photo: Path, tmp_path: Path) -> None:
    output = tmp_path / "host.json"
    result = measure(toy_bundle, "--photo", photo, "--runs", 4, "--threads", 1, "--json", output)
    assert result.exit_code == 0, result.output
    written = json.loads(output.read_text())
    assert written["schema"] == host.SCHEMA and written["machine"]["libraries"]["onnxruntime"]
    assert written["bundle"]["identity"] == ModelBundle.open(toy_bundle).manifest.identity
    assert written["photo"] == {"name": "photo.png", "width": 130, "height": 97}
    (row,) = written["latencies"]
    assert (row["engine"], row["precision"], row["threads"]) == ("onnx", "float32", 1)
    assert row["ran"].startswith("ONNX Runtime 1.") and row["ran"].endswith("float32, CPU, 1 thread")
    assert row["photo"]["tiles"] > 1
    for what in ("tile", "photo"):
        found = row[what]
        assert found["runs"] == len(found["seconds"]) == 4
        assert min(found["seconds"]) <= found["p50"] <= found["p90"] <= found["p99"] == max(found["seconds"])
        assert f"{1000 * found['p50']:.1f}" in result.output
    assert row["photo"]["p50"] > row["tile"]["p50"] > 0
    assert row["ran"] in result.output and written["machine"]["processor"] in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["host.json", "photo.png"]


def test_every_round_is_told(toy_bundle: Path, photo: Path) -> None:
    seen: list[None] = []
    measure_host(ModelBundle.open(toy_bundle), photo, runs=3, advance=lambda: seen.append(None))
    assert len(seen) == 2 * (WARMUPS + 3)


def test_the_reference_executor_is_never_timed(
    toy_copy: Path, photo: Path, reseal: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit(manifest: dict[str, Any]) -> None:
        for role, precisions in {"encoder": ["float32"], "restorer": ["float16", "int8"]}.items():
            manifest["models"][role]["coreml"] = dict.fromkeys(precisions, "restorer.onnx")

    monkeypatch.setattr(sys, "platform", "linux")
    bundle = ModelBundle.open(reseal(edit))
    engines, skipped = host_engines(bundle, 1)
    assert [engine.backend for engine in engines] == ["onnx"]
    assert [(row.precision, row.reason) for row in skipped] == [("float16", NO_COREML), ("int8", NO_COREML)]
    result = measure_host(bundle, photo, runs=1)
    assert [row["engine"] for row in result["latencies"]] == ["onnx"]
    assert f"not measured: Core ML float16, Core ML int8: {NO_COREML}" in render_host(result)


def test_an_engine_that_is_not_installed_is_left_out_with_its_remedy(
    toy_copy: Path, reseal: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit(manifest: dict[str, Any]) -> None:
        for role in ("encoder", "restorer"):
            manifest["models"][role]["tflite"] = {"float32": "restorer.onnx"}

    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    engines, (skipped,) = host_engines(ModelBundle.open(reseal(edit)), 2)
    assert [engine.ran.split(", ", 1)[1] for engine in engines] == ["float32, CPU, 2 threads"]
    assert "pip install 'amirnet[tflite]'" in skipped.reason


def test_a_model_that_does_not_load_is_one_line(toy_copy: Path, photo: Path, reseal: Callable[..., Path]) -> None:
    (toy_copy / "restorer.onnx").write_bytes(b"not a model")
    result = measure(reseal(lambda manifest: None), "--photo", photo)
    assert result.exit_code == 2
    assert result.output.startswith("error: ") and result.output.count("\n") == 1 and "restorer.onnx" in result.output


def test_stupid_inputs_are_one_line_and_status_2(toy_bundle: Path, photo: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a photo")
    for arguments, word in {
        ("no-such-bundle",): "no-such-bundle",
        (toy_bundle, "--photo", text): "notes.txt",
    }.items():
        result = measure(*arguments)
        assert result.exit_code == 2, arguments
        assert result.output.startswith("error: ") and result.output.count("\n") == 1 and word in result.output
    assert measure(toy_bundle, "--runs", 0).exit_code == 2


def test_a_file_that_cannot_be_written_loses_no_number(toy_bundle: Path, photo: Path) -> None:
    result = measure(toy_bundle, "--photo", photo, "--runs", 1, "--json", photo / "host.json")
    assert result.exit_code == 2
    assert "ONNX Runtime" in result.stdout and result.stderr.startswith("error: ") and "photo.png" in result.stderr


def test_a_busy_machine_is_told() -> None:
    assert busy({"load_average": None, "available": 2}) is None
    assert busy({"load_average": 0.9, "available": 2}) is None
    assert "load average 3 on 2 processors" in (busy({"load_average": 3.0, "available": 2}) or "")
