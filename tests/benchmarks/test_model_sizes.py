"""File sizes: Core ML folders are added up, folded restorers counted, and encoders added to what an app ships."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from amirnet import ModelBundle
from amirnet_benchmarks.model_sizes import ModelSize, megabytes, model_sizes, shipped


def test_the_toys_files(toy_bundle: Path) -> None:
    sizes = model_sizes(ModelBundle.open(toy_bundle))
    encoder, restorer = ((toy_bundle / f"{role}.onnx").stat().st_size for role in ("encoder", "restorer"))
    assert sizes == [
        ModelSize("onnx", "encoder", "float32", 1, encoder),
        ModelSize("onnx", "restorer", "float32", 1, restorer),
    ]
    (row,) = shipped(sizes)
    assert (row["format"], row["bytes"]) == ("ONNX", encoder + restorer)


def test_folders_folds_and_order(toy_copy: Path, reseal: Callable[..., Path]) -> None:
    contents = {"a.mlpackage/Manifest.json": 3, "a.mlpackage/Data/weights.bin": 40, "a.mlpackage2": 7}
    for name, count in contents.items():
        (toy_copy / name).parent.mkdir(parents=True, exist_ok=True)
        (toy_copy / name).write_bytes(bytes(count))
    restorer = (toy_copy / "restorer.onnx").read_bytes()  # a file that is no ONNX model is refused
    (toy_copy / "b.onnx").write_bytes(restorer)

    def edit(manifest: dict[str, Any]) -> None:
        manifest["tree"]["conditioning"] = "node"
        models = {"coreml": {"int8": "a.mlpackage"}, "onnx": {"int8": "b.onnx", "float32": "restorer.onnx"}}
        manifest["models"] = {"encoder": manifest["models"]["encoder"]} | {f"restorer.{n}": models for n in range(5)}

    sizes = model_sizes(ModelBundle.open(reseal(edit)))
    assert [(row.format, row.role, row.precision, row.models) for row in sizes] == [
        ("onnx", "encoder", "float32", 1),
        ("onnx", "restorer", "float32", 5),
        ("onnx", "restorer", "int8", 5),
        ("coreml", "restorer", "int8", 5),
    ]
    assert [row.bytes for row in sizes[2:]] == [5 * len(restorer), 5 * 43]
    assert shipped(sizes)[-1]["encoder_bytes"] == 0 and shipped(sizes)[-1]["restorers"] == 5


@pytest.mark.parametrize(("count", "words"), [(1_234_567, "1.23 MB"), (100_000, "0.10 MB"), (1_500, "1.5 kB")])
def test_megabytes(count: int, words: str) -> None:
    assert megabytes(count) == words
