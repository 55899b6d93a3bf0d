"""8-bit values at an int8 graph's ends, and ONNX Runtime with an int8 restorer."""

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from amirnet import ModelBundle, OnnxEngine
from amirnet.engines.registry import make_engine
from amirnet.errors import EngineError
from amirnet.runtime.int8 import code_bytes, real_pixels, signed, unsigned

LEVELS = np.arange(256, dtype=np.uint8)


def test_every_level_survives_the_way_there_and_back():
    into = np.empty(256, np.int8)
    assert np.array_equal(signed(LEVELS, into), into) and np.array_equal(into, LEVELS.astype(int) - 128)
    assert np.array_equal(real_pixels(LEVELS), LEVELS.astype(np.float32) / np.float32(255))
    assert np.array_equal(real_pixels(real_pixels(LEVELS)), real_pixels(LEVELS)), "numbers stay what they are"
    assert np.array_equal(unsigned(signed(LEVELS)), LEVELS)
    assert signed(LEVELS).dtype == np.int8 and signed(LEVELS)[[0, 128, 255]].tolist() == [-128, 0, 127]


@given(st.integers(-128, 127), st.integers(1, 2**20))
def test_codes_on_the_grid_are_exact(step, grid):
    assert int(code_bytes(np.array([step / grid], np.float32), grid)[0]) - 128 == step


def test_what_8_bits_cannot_hold_is_clipped():
    assert code_bytes(np.array([-9, 9], np.float32), 64).tolist() == [0, 255]


def int8_restorer(kind=TensorProto.UINT8):
    """restored = tile + brightness, which is the first entry of the code, all in uint8 as the exporter writes it."""
    constants = {
        "pixel": np.float32(1 / 255), "dark": np.uint8(0), "step": np.float32(1 / 64), "middle": np.uint8(128),
        "pick": np.eye(1, 7, dtype=np.float32).reshape(1, 7, 1, 1),
    }  # fmt: skip
    nodes = [
        helper.make_node("DequantizeLinear", ["tile", "pixel", "dark"], ["tile_real"]),
        helper.make_node("DequantizeLinear", ["code", "step", "middle"], ["code_real"]),
        helper.make_node("Conv", ["code_real", "pick"], ["brightness"]),
        helper.make_node("Add", ["tile_real", "brightness"], ["sum"]),
        helper.make_node("QuantizeLinear", ["sum", "pixel", "dark"], ["restored"]),
    ]
    inputs = [helper.make_tensor_value_info("tile", kind, [1, 3, "H", "W"]),
              helper.make_tensor_value_info("code", kind, [1, 7, 1, 1])]  # fmt: skip
    output = helper.make_tensor_value_info("restored", kind, [1, 3, "H", "W"])
    held = [onnx.numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "toy", inputs, [output], held)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9).SerializeToString()


@pytest.fixture
def int8_bundle(toy_copy, reseal):
    (toy_copy / "restorer_int8.onnx").write_bytes(int8_restorer())
    return ModelBundle.open(reseal(lambda m: m["models"]["restorer"]["onnx"].update(int8="restorer_int8.onnx")))


def test_an_int8_restorer_takes_and_gives_pixels(int8_bundle):
    engine = make_engine(int8_bundle, "onnx", "int8", threads=1)
    assert engine.fixed_tile is None
    tile = np.full((32, 48, 3), 100, np.uint8)
    code = np.zeros(7, np.float32)
    assert np.array_equal(engine.restore(tile, code), tile)
    code[0] = 16 / 64
    restored = engine.restore(tile, code)
    assert restored.dtype == np.uint8 and (restored == np.rint(100 + 255 / 4)).all()
    mask, value = engine.encode(np.full((2, 64, 64, 3), 128, np.uint8))
    assert mask.shape == value.shape == (2, 7), "the encoder is the float one"


def test_a_float_graph_that_is_called_int8(toy_copy, reseal):
    def edit(manifest):
        manifest["models"]["restorer"]["onnx"]["int8"] = "restorer.onnx"

    engine = OnnxEngine(ModelBundle.open(reseal(edit)), "int8")
    with pytest.raises(EngineError, match=r"restorer\.onnx: has .*tensor\(float\).* not tensor\(uint8\) throughout"):
        engine.restore(np.zeros((32, 32, 3), np.uint8), np.zeros(7, np.float32))


def test_engines_by_name(toy_bundle):
    bundle = ModelBundle.open(toy_bundle)
    assert isinstance(make_engine(bundle), OnnxEngine)
    with pytest.raises(EngineError, match="cuda: no such engine; choose one of onnx, tflite, coreml"):
        make_engine(bundle, "cuda")
    with pytest.raises(EngineError, match=r"no TFLite float32 encoder \(it holds: onnx float32\)"):
        make_engine(bundle, "tflite")
    with pytest.raises(EngineError, match=r"no Core ML float32 encoder"):
        make_engine(bundle, "coreml")
