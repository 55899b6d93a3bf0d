"""The ONNX engine: lazy, quiet, and strict about what a graph is."""

import os
import subprocess
import sys

import numpy as np
import onnx
import pytest

from amirnet import ModelBundle, OnnxEngine
from amirnet.engines.onnx import load_onnxruntime
from amirnet.errors import EngineError


def test_encoder_and_restorer_run(toy_bundle):
    engine = OnnxEngine(ModelBundle.open(toy_bundle), threads=1)
    mask, value = engine.encode(np.full((5, 64, 64, 3), 128, np.uint8))
    assert mask.shape == value.shape == (5, 7)
    np.testing.assert_allclose([mask[0, :1].sum(), mask[0, 1:3].sum(), mask[0, 3:].sum()], 1, atol=1e-6)
    restored = engine.restore(np.zeros((32, 48, 3), np.uint8), np.zeros(7, np.float32))
    assert restored.shape == (32, 48, 3)


def test_graphs_load_on_first_use(toy_bundle):
    engine = OnnxEngine(ModelBundle.open(toy_bundle))
    assert engine._loaded == {}
    engine.encode(np.zeros((1, 64, 64, 3), np.uint8))
    assert list(engine._loaded) == ["encoder.onnx"]


def test_telemetry_is_off_before_the_runtime_loads():
    code = (
        "import os, sys, amirnet.engines.onnx as e; assert 'onnxruntime' not in sys.modules;"
        "e.load_onnxruntime(); print(os.environ['ORT_DISABLE_TELEMETRY'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
    assert load_onnxruntime().__name__ == "onnxruntime"


def test_a_precision_the_bundle_lacks_is_named(toy_bundle):
    with pytest.raises(EngineError, match=r"no ONNX int8 restorer \(it holds: onnx float32\)"):
        OnnxEngine(ModelBundle.open(toy_bundle), precision="int8")


def test_a_file_that_no_runtime_takes(toy_copy, reseal):
    """Sound as far as a bundle looks into it: a graph of an operation that does not exist."""
    model = onnx.load(toy_copy / "encoder.onnx")
    model.graph.node[0].op_type = "NoSuchOperation"
    (toy_copy / "encoder.onnx").write_bytes(model.SerializeToString())
    engine = OnnxEngine(ModelBundle.open(reseal(lambda manifest: None)))
    with pytest.raises(EngineError, match=r"encoder\.onnx: cannot be loaded"):
        engine.encode(np.zeros((1, 64, 64, 3), np.uint8))


def test_a_graph_with_other_names(toy_copy, reseal):
    (toy_copy / "encoder.onnx").write_bytes((toy_copy / "restorer.onnx").read_bytes())
    engine = OnnxEngine(ModelBundle.open(reseal(lambda manifest: None)))
    with pytest.raises(EngineError, match="'tile', 'code'"):
        engine.encode(np.zeros((1, 64, 64, 3), np.uint8))


def test_a_tile_the_graph_cannot_take(toy_bundle):
    engine = OnnxEngine(ModelBundle.open(toy_bundle))
    with pytest.raises(EngineError, match=r"restorer\.onnx: failed to run"):
        engine.restore(np.zeros((32, 31, 3), np.uint8), np.zeros(7, np.float32))


def test_outputs_of_another_length(toy_copy, reseal):
    model = onnx.load(toy_copy / "encoder.onnx")
    del model.graph.node[-1]
    keep = onnx.helper.make_node("Identity", ["features"], ["value"])
    model.graph.node.append(keep)
    model.graph.output[1].type.tensor_type.shape.dim[1].dim_value = 6
    onnx.save(model, toy_copy / "encoder.onnx")
    engine = OnnxEngine(ModelBundle.open(reseal(lambda manifest: None)))
    with pytest.raises(EngineError, match=r"returned \(1, 7\) and \(1, 6\), not \(1, 7\) twice"):
        engine.encode(np.zeros((1, 64, 64, 3), np.uint8))
