"""An export without torch: writes the toy bundle with a parity report in it, as `export_bundle` would."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from amirnet_export.errors import ExportError
from amirnet_export.parity.report import HalfReport, NodeDifference, PairReport, ParityReport, PhotoReport

FAILURE = "onnx tflite int8: node 2 differs by 3 levels (bar: 2)"


def parity_report() -> ParityReport:
    """Two engines in both precisions at two nodes, two photos, float16 sums."""
    nodes = (NodeDifference(0, "cat", 1, 0.0, 91.25), NodeDifference(2, "cup", 0, 0.0, 100.0))
    equal = tuple(replace(node, max_levels=0, psnr=100.0) for node in nodes)
    return ParityReport(
        model="toy", identity="cd" * 32,
        engines={"onnx": "ONNX Runtime", "tflite": "LiteRT <b>"},
        pairs=(
            PairReport(("onnx", "tflite"), "float", 1, 0.0, 91.25, True, True, nodes),
            PairReport(("onnx", "tflite"), "int8", 0, 0.0, 100.0, True, True, equal),
        ),
        photos=(
            PhotoReport("cat", {"onnx": 0, "tflite": 0}, {"onnx": 0.25, "tflite": 0.2}, 0),
            PhotoReport("cup", {"onnx": 2, "tflite": 2}, {"onnx": 0.0625, "tflite": 0.5}, 1),
        ),
        half=(HalfReport("a", 0, 100.0, 1, 0.0, 55.5), HalfReport("b", 2, 119.0, 0, 0.0, 66.0)),
    )  # fmt: skip


class FakeExport:
    """Stands in for `export_bundle`, and counts its calls. `report`: what the parity check says."""

    def __init__(self, toy: Path, seal: Callable[[Path], Any], original: Callable[..., Any]) -> None:
        self.toy, self.seal, self.original = toy, seal, original
        self.report = parity_report()
        self.calls: list[Path] = []

    def refuse(self) -> None:
        self.report = replace(self.report, failures=(FAILURE,))

    def __call__(self, checkpoint: Path, target: Path, *, overwrite: bool, tell: Callable[[ParityReport], Any]) -> None:
        assert overwrite
        self.calls.append(checkpoint)
        tell(self.report)
        if not self.report.passed:
            raise ExportError(f"{checkpoint}: its models do not agree ({FAILURE}): not exported")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.toy, target)
        (target / "parity.json").write_text(json.dumps(self.report.to_json()))
        self.seal(target)


@pytest.fixture(scope="session")
def reseal_folder() -> Callable[[Path], Any]:
    """Lists all files of a bundle's folder in its manifest again."""

    def apply(folder: Path) -> None:
        from hashlib import sha256

        manifest = json.loads((folder / "manifest.json").read_text())
        files = [file for file in folder.rglob("*") if file.is_file() and file.name != "manifest.json"]
        manifest["files"] = {
            file.relative_to(folder).as_posix(): {
                "sha256": sha256(file.read_bytes()).hexdigest(),
                "bytes": file.stat().st_size,
            }
            for file in files
        }
        (folder / "manifest.json").write_text(json.dumps(manifest))

    return apply


@pytest.fixture(scope="module")
def fake_export(toy_bundle: Path, reseal_folder: Callable[[Path], Any]) -> Any:
    """`amirnet_export.exporter.export_bundle` replaced for a module's tests; the real one is `original`."""
    from amirnet_export import exporter

    fake = FakeExport(toy_bundle, reseal_folder, exporter.export_bundle)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporter, "export_bundle", fake)
        yield fake


@pytest.fixture(scope="module")
def fake_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder whose checkpoint nobody reads."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder
