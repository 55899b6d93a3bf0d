"""The ONNX restorer written from the program: what torch computes, on the grid, in integer kernels."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import pytest
from quantised_toys import CODE_GRID, FACTS, check_levels, codes, tile_bytes, tiles, toys

from amirnet.engines.onnx import load_onnxruntime
from amirnet.runtime.int8 import code_bytes, real_pixels
from amirnet_export.errors import ExportError
from amirnet_export.formats.onnx.reading import read_grid
from amirnet_export.formats.onnx.restorer import write_restorer
from amirnet_export.model_facts import UNITS

KINDS = ("float", "int8", "folded")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {kind: write_restorer(toys().program(kind), FACTS) for kind in KINDS}


def run(content: bytes, kind: str, tile, code, **options: str) -> np.ndarray:
    runtime = load_onnxruntime()
    chosen = runtime.SessionOptions()
    chosen.intra_op_num_threads = 1
    chosen.log_severity_level = 4
    for name, value in options.items():
        setattr(chosen, name, value)
    session = runtime.InferenceSession(content, chosen, providers=["CPUExecutionProvider"])
    feeds = {"tile": tile.numpy(), "code": code.numpy()}
    if kind != "float":
        feeds = {"tile": tile_bytes(feeds["tile"]), "code": code_bytes(feeds["code"], CODE_GRID)}
    if kind == "folded":
        del feeds["code"]
    (restored,) = session.run(["restored"], feeds)
    return restored if kind == "float" else real_pixels(restored)


@pytest.mark.parametrize("size", [64, 104])
@pytest.mark.parametrize("sign", [1, -1])
def test_float_is_torchs(files, size: int, sign: int) -> None:
    tile, code = tiles(size=size), sign * codes()
    found, wanted = run(files["float"], "float", tile, code), toys().expected("float", tile, code)
    assert np.abs(found - wanted).max() <= 1e-5
    assert np.abs(wanted - tile.numpy()).max() > 0.05, "the network should do something"


@pytest.mark.parametrize("kind", ["int8", "folded"])
@pytest.mark.parametrize("size", [64, 104])
@pytest.mark.parametrize("sign", [1, -1])
def test_int8_is_the_quantised_restorers(files, kind: str, size: int, sign: int) -> None:
    tile, code = tiles(size=size), sign * codes()
    check_levels(run(files[kind], kind, tile, code), toys().expected(kind, tile, code))


def test_the_code_matters_in_int8(files) -> None:
    tile = tiles()
    one, other = (run(files["int8"], "int8", tile, code) for code in (codes(), -codes()))
    assert np.abs(one - other).max() > 2 / 255


@pytest.mark.parametrize("kind", ["int8", "folded"])
def test_the_grid_is_in_the_file(files, kind: str) -> None:
    assert read_grid(files[kind]) == toys().program(kind).grid


def test_a_file_with_another_grid_is_told_apart(files) -> None:
    model = onnx.load_from_string(files["int8"])
    (scale,) = (item for item in model.graph.initializer if item.name == "encode0/sum/scale")
    next_up = np.nextafter(onnx.numpy_helper.to_array(scale), np.float32(1))
    scale.CopyFrom(onnx.numpy_helper.from_array(next_up, scale.name))
    assert read_grid(model.SerializeToString()) != toys().quantized.grid


def test_a_float_file_has_no_grid(files) -> None:
    with pytest.raises(ExportError, match="ONNX: holds no int8 grid"):
        read_grid(files["float"])


@pytest.mark.parametrize("kind", ["int8", "folded"])
def test_every_step_runs_in_an_integer_kernel(files, kind: str, tmp_path: Path) -> None:
    optimised = tmp_path / "optimised.onnx"
    run(files[kind], kind, tiles(), codes(), optimized_model_filepath=str(optimised))
    written = Counter(node.op_type for node in onnx.load_from_string(files[kind]).graph.node)
    found = Counter(node.op_type for node in onnx.load(optimised).graph.node)
    assert found.keys() <= {"QLinearConv", "QLinearAdd", "QLinearMul", "Resize", "Transpose"}
    assert found["QLinearConv"] == written["Conv"] > 20
    assert found["QLinearAdd"] + found["QLinearMul"] == written["Add"] + written["Mul"]
    assert found["Transpose"] <= 4, "the layout changes at the ends only"


def test_the_relu_of_int8_is_its_grid(files) -> None:
    relus = [n for n in onnx.load_from_string(files["int8"]).graph.node if n.op_type == "Relu"]
    zeros = {step for step, scale in toys().quantized.grid.activations.items() if scale.zero_point == -128}
    assert not relus and "refine" in zeros


def test_names_types_and_metadata(files) -> None:
    for kind, number in (("float", onnx.TensorProto.FLOAT), ("int8", onnx.TensorProto.UINT8)):
        model = onnx.load_from_string(files[kind])
        values = {value.name: value for value in [*model.graph.input, *model.graph.output]}
        assert list(values) == ["tile", "code", "restored"]
        assert {value.type.tensor_type.elem_type for value in values.values()} == {number}
        metadata = {item.key: item.value for item in model.metadata_props}
        units = {f"amirnet.unit.{name}": UNITS[name] for name in values}
        assert metadata == {**FACTS.entries(), **units}
    assert [value.name for value in onnx.load_from_string(files["folded"]).graph.input] == ["tile"]


def test_two_exports_are_the_same_bytes(files) -> None:
    assert {kind: write_restorer(toys().program(kind), FACTS) for kind in KINDS} == files


def test_a_bias_beyond_32_bits_is_refused() -> None:
    program = toys().program("int8")
    weights = {**program.grid.weights, "down": (1e-30,) * len(program.grid.weights["down"])}
    broken = type(program)(program.layers, type(program.grid)(program.grid.activations, weights), program.blocks)
    with pytest.raises(ExportError, match="down: a bias is too large"):
        write_restorer(broken, FACTS)


def test_a_step_without_a_scale_is_refused() -> None:
    program = toys().program("int8")
    steps = {name: scale for name, scale in program.grid.activations.items() if name != "merge"}
    broken = type(program)(program.layers, type(program.grid)(steps, program.grid.weights), program.blocks)
    with pytest.raises(ExportError, match="merge: the int8 grid has no such step"):
        write_restorer(broken, FACTS)
