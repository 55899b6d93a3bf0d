"""The memory bars, whole processes: 108 megapixels within 600 MB, 12 within 300, and the formula is no guess.

The large photos go through the shipped bundle with another restorer in it: two 1x1 convolutions, which hold a little
more memory a tile than the shipped one, and that is measured first, but take a hundredth of its time. All else is
the real thing: encoder, tree, geometry, and the command. That the shipped restorer keeps to the formula is held with a
photo of 3 megapixels; docs/MEMORY.md has its numbers for the large ones.
"""

import hashlib
import json
import shutil
import sys

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from amirnet.bundle.model_bundle import SHIPPED
from amirnet.runtime.memory_plan import MEGABYTE
from amirnet_benchmarks import memory
from amirnet_benchmarks.large_photos import KINDS, size_of
from amirnet_benchmarks.peak_memory import run_amirnet, run_python

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self/status"),
]
CHANNELS = 40


def cheap_restorer(code_size):
    """tile + a small residual through CHANNELS channels, and the code, which it must take, times 0."""
    rng = np.random.default_rng(0)
    weights = {
        "w0": rng.normal(size=(CHANNELS, 3, 1, 1)), "w1": rng.normal(size=(3, CHANNELS, 1, 1)) / 1000,
        "w2": np.zeros((3, code_size, 1, 1)),
    }  # fmt: skip
    nodes = [
        helper.make_node("Conv", ["tile", "w0"], ["wide"]),
        helper.make_node("Relu", ["wide"], ["positive"]),
        helper.make_node("Conv", ["positive", "w1"], ["residual"]),
        helper.make_node("Conv", ["code", "w2"], ["nothing"]),
        helper.make_node("Add", ["residual", "nothing"], ["change"]),
        helper.make_node("Add", ["tile", "change"], ["restored"]),
    ]

    def value(name, *shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    inputs = [value("tile", 1, 3, "H", "W"), value("code", 1, code_size, 1, 1)]
    constants = [numpy_helper.from_array(array.astype(np.float32), name) for name, array in weights.items()]
    graph = helper.make_graph(nodes, "cheap", inputs, [value("restored", 1, 3, "H", "W")], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9).SerializeToString()


@pytest.fixture(scope="module")
def cheap_bundle(tmp_path_factory):
    """The shipped bundle with the cheap restorer, sealed again."""
    folder = tmp_path_factory.mktemp("bundle") / "cheap"
    shutil.copytree(SHIPPED / "mobile", folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    content = cheap_restorer(2 ** manifest["tree"]["levels"] - 1)
    path = manifest["models"]["restorer"]["onnx"]["float32"]
    (folder / path).write_bytes(content)
    manifest["files"][path] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_the_stand_in_takes_no_less_memory_than_the_shipped_restorer(cheap_bundle):
    shipped, cheap = (
        run_python(memory.PARTS, model, "onnx", "float", "restorer", 384).peak for model in ("mobile", cheap_bundle)
    )
    assert shipped < cheap < 1.15 * shipped


@pytest.mark.parametrize(
    ("megapixels", "name", "bar"),
    [(12, "jpeg", 300), (12, "portrait", 300), (12, "jpeg-png", 300), (108, "jpeg", 600)],
)
def test_the_bars(cheap_bundle, tmp_path, megapixels, name, bar):
    kind = KINDS[name]
    photo, output = tmp_path / f"photo{kind.suffix}", tmp_path / f"out{kind.output}"
    # In a process of its own, so that this one stays small.
    program = "import sys; from pathlib import Path; from amirnet_benchmarks.large_photos import KINDS\n"
    program += "KINDS[sys.argv[1]].write(int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))"
    assert run_python(program, name, *size_of(megapixels), photo).status == 0
    run = run_amirnet("restore", photo, "-o", output, "--model", cheap_bundle, "--json")
    assert run.status == 0, run.stderr
    print(f"{megapixels} megapixels, {kind.title}: {run.peak / MEGABYTE:.0f} MB")
    found = json.loads(run.stdout)
    assert found["tile"] > 384 if megapixels == 12 else found["tile"] < 384, "the tile follows from the photo"
    assert megapixels * 4 * MEGABYTE < run.peak < bar * MEGABYTE


@pytest.mark.parametrize(
    ("engine", "precision", "limit"),
    [("onnx", "float", None), ("onnx", "float", 125), ("onnx", "int8", None), ("onnx", "int8", 130),
     ("tflite", "float", None), ("tflite", "int8", None)],
)  # fmt: skip
def test_the_formula_holds_for_the_shipped_model(engine, precision, limit):
    measured = memory.restored(memory.Way("mobile", engine, precision), 3, "jpeg", limit)
    assert (measured.tile < 384) == (limit is not None)
    assert 0.85 * measured.expected < measured.peak < measured.expected
    assert limit is None or measured.peak <= limit * MEGABYTE


@pytest.mark.parametrize("name", ["from-webp", "from-avif", "from-jpeg-2000"])
def test_decoders_that_hold_a_photo_are_in_the_formula(name):
    measured, stated = memory.pixel_bytes(name, 8)
    assert 0.6 * stated < measured < stated + 0.5


def test_a_pixel_costs_what_the_formula_says():
    for name in ("jpeg", "portrait", "gray", "alpha", "alpha-jpeg", "palette", "cmyk"):
        measured, stated = memory.pixel_bytes(name, 8)
        assert stated - 0.5 < measured < stated + 1.5, name  # the pieces in which rows are copied are measured too
