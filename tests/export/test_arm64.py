"""Parity on 64-bit ARM: the whole thing under emulation, one small tile a node, and that each part of it can fail."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from amirnet_export.arm64.__main__ import main
from amirnet_export.arm64.answers import answers
from amirnet_export.arm64.comparison import ARM64, compare
from amirnet_export.arm64.question import Question, prepare
from amirnet_export.arm64.report import Report, encoder_row, render, tile_row
from amirnet_export.errors import ExportError, ImageDifferenceError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def arm64_python() -> Path:
    """The emulated Python, set up if it is not there yet."""
    if platform.machine() in ARM64:
        pytest.skip("this machine is 64-bit ARM itself: every other test runs those kernels")
    made = ROOT / "build/arm64"
    environment = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run([ROOT / ".ci/arm64.sh", made], env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 77:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stderr
    return made / "python"


@pytest.fixture(scope="module")
def question(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Question:
    """What is asked about a checkpoint that was never trained."""
    pytest.importorskip("coremltools")
    pytest.importorskip("ai_edge_litert")
    return prepare(checkpoint, tmp_path_factory.mktemp("question"), 32)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_shipped_model_does_the_same_on_arm64(arm64_python: Path, tmp_path: Path) -> None:
    question = prepare(ROOT / "models/mobile", tmp_path)
    report = compare(question, arm64_python)
    assert len(question.nodes) == len(question.tree.nodes) > 1
    assert report.holds, "\n" + render(report)


def test_two_engines_on_one_processor_agree_and_other_answers_do_not_pass(question) -> None:
    assert question.nodes == (0, 1, 2, 3, 4) and not question.trained
    onnx, tflite = (answers(question.folder, backend) for backend in ("onnx", "tflite"))
    assert onnx["machine"] == platform.machine()
    assert tile_row("", "float", onnx["float"], tflite["float"], question.nodes).holds
    assert encoder_row("", onnx, tflite, question.tree).holds
    assert not tile_row("", "float", onnx["float"], onnx["float"][::-1], question.nodes).holds
    assert not encoder_row("", onnx, {**tflite, "mask": tflite["mask"][::-1]}, question.tree).holds
    assert not encoder_row("", onnx, {**tflite, "value": tflite["value"] + np.float32(np.nan)}, question.tree).holds


@pytest.mark.parametrize(
    ("precision", "levels", "pixels", "holds"),
    [
        ("float", 1, 100, True),
        ("float", 2, 1, False),
        ("int8", 2, 5, True),
        ("int8", 2, 6, False),
        ("int8", 3, 1, False),
    ],
)
def test_bars_of_a_tile(precision: str, levels: int, pixels: int, holds: bool) -> None:
    wanted = np.full((2, 20, 50, 3), 100 / 255, np.float32)
    found = wanted.copy()
    found[1, ..., 0].flat[:pixels] += levels / 255
    row = tile_row("title", precision, found, wanted, (7, 9))
    assert (row.holds, row.max_levels, row.worst, row.equal) == (holds, levels, 9, 1)
    with pytest.raises(ImageDifferenceError, match="1 and 2 tiles"):
        tile_row("title", precision, found[:1], wanted, (7, 9))


def test_one_row_beyond_its_bar_decides() -> None:
    wanted = np.zeros((1, 8, 8, 3), np.float32)
    good, bad = (tile_row("title", "int8", wanted + shift, wanted, (0,)) for shift in (0, 0.5))
    assert Report([good], []).holds and "TOO FAR" not in render(Report([good], []))
    assert not Report([good, bad], []).holds and "TOO FAR" in render(Report([good, bad], []))


def test_bad_input_is_one_line_and_status_2(checkpoint, tmp_path) -> None:
    if platform.machine() in ARM64:
        pytest.skip("nothing is compared on 64-bit ARM")
    for arguments, said in (
        ([str(tmp_path / "none")], "no such checkpoint"),
        ([str(checkpoint), "--tile", "30"], "multiple of 8"),
        ([str(checkpoint), "--tile", "-4"], "multiple of 8"),
    ):
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 2 and said in result.output, result.output
        assert len(result.output.strip().splitlines()) == 1


def test_a_python_that_is_none_or_not_on_arm64(question, tmp_path) -> None:
    with pytest.raises(ExportError, match=r"run .ci/arm64.sh"):
        compare(question, tmp_path / "python")
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho no such library >&2\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(ExportError, match="no such library"):
        compare(question, broken)
    if platform.machine() not in ARM64:
        with pytest.raises(ExportError, match="64-bit ARM"):
            compare(question, Path(sys.executable))
