"""TFLite: what torch computes, in the operations that every delegate has, integers from end to end."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from quantised_toys import CODE_GRID, FACTS, STAGES, TILE, check_levels, codes, tile_bytes, tiles, toys

from amirnet.runtime.int8 import code_bytes, real_pixels, signed, unsigned
from amirnet_export.errors import ExportError
from amirnet_export.formats.tflite.encoder import write_encoder
from amirnet_export.formats.tflite.metadata import BLOCK, read_metadata
from amirnet_export.formats.tflite.reading import TfliteFile, read_grid
from amirnet_export.formats.tflite.restorer import write_restorer
from amirnet_export.model_facts import UNITS
from amirnet_training.network import build

litert = pytest.importorskip("ai_edge_litert.interpreter")
KINDS = ("float", "int8", "folded")
PROBE = 64


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {kind: write_restorer(toys().program(kind), TILE, FACTS) for kind in KINDS}


def nhwc(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array.transpose(0, 2, 3, 1))


def run(content: bytes, kind: str, tile, code) -> np.ndarray:
    feeds = {"tile": tile.numpy(), "code": code.numpy()}
    if kind != "float":
        feeds = {"tile": signed(tile_bytes(feeds["tile"])), "code": signed(code_bytes(feeds["code"], CODE_GRID))}
    if kind == "folded":
        del feeds["code"]
    runner = litert.Interpreter(model_content=content, num_threads=1).get_signature_runner("restorer")
    restored = runner(**{name: nhwc(value) for name, value in feeds.items()})["restored"].transpose(0, 3, 1, 2)
    return restored if kind == "float" else real_pixels(unsigned(restored))


@pytest.mark.parametrize("sign", [1, -1])
def test_float_is_torchs(files, sign: int) -> None:
    tile, code = tiles(), sign * codes()
    assert np.abs(run(files["float"], "float", tile, code) - toys().expected("float", tile, code)).max() <= 1e-5


@pytest.mark.parametrize("kind", ["int8", "folded"])
@pytest.mark.parametrize("sign", [1, -1])
def test_int8_is_the_quantised_restorers(files, kind: str, sign: int) -> None:
    tile, code = tiles(), sign * codes()
    check_levels(run(files[kind], kind, tile, code), toys().expected(kind, tile, code))


def test_the_code_matters_in_int8(files) -> None:
    one, other = (run(files["int8"], "int8", tiles(), code) for code in (codes(), -codes()))
    assert np.abs(one - other).max() > 2 / 255


@pytest.mark.parametrize("kind", KINDS)
def test_the_operations(files, kind: str) -> None:
    """No TRANSPOSE, RESHAPE, SPLIT, PAD, QUANTIZE or DEQUANTIZE anywhere; one operation a step."""
    file = TfliteFile(files[kind])
    assert set(file.operations) == STAGES - ({"MUL"} if kind == "folded" else set())
    steps = {tensor.name for tensor in file.tensors if tensor.content is None and "/upsampled" not in tensor.name}
    assert len(file.operations) == len(steps - {"tile", "code"}) + file.operations.count("RESIZE_NEAREST_NEIGHBOR")


@pytest.mark.parametrize("kind", ["int8", "folded"])
def test_int8_throughout(files, kind: str) -> None:
    file = TfliteFile(files[kind])
    values = [tensor for tensor in file.tensors if tensor.content is None]
    assert {tensor.dtype for tensor in values} == {np.dtype(np.int8)}
    ends = {tensor.name: tensor.quantization for tensor in [*file.inputs, *file.outputs]}
    pixels = ((float(np.float32(1 / 255)),), -128)
    assert ends["tile"] == ends["restored"] == pixels
    assert kind == "folded" or ends["code"] == ((1 / CODE_GRID,), 0)
    assert all(len(tensor.shape) <= 4 for tensor in file.tensors)


def test_biases_lie_on_the_product_of_scales(files) -> None:
    tensors = {tensor.name: tensor for tensor in TfliteFile(files["int8"]).tensors}
    source, weight, bias = (tensors[name] for name in ("descend", "middle0/spatial/weight", "middle0/spatial/bias"))
    assert bias.dtype == np.int32 and weight.dtype == np.int8 and weight.shape == (32, 3, 3, 32)
    wanted = np.float32(source.quantization.scales[0]) * np.array(weight.quantization.scales, np.float32)
    assert bias.quantization.scales == tuple(wanted.tolist())


@pytest.mark.parametrize("kind", ["int8", "folded"])
def test_the_grid_is_in_the_file(files, kind: str) -> None:
    assert read_grid(files[kind]) == toys().program(kind).grid


def test_a_float_file_has_no_grid(files) -> None:
    with pytest.raises(ExportError, match="TFLite: holds no int8 grid"):
        read_grid(files["float"])


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(ExportError, match="not a TFLite file"):
        TfliteFile(b"not a model at all")


def test_signature_and_metadata(files) -> None:
    for kind in KINDS:
        file, names = TfliteFile(files[kind]), ["tile"] if kind == "folded" else ["tile", "code"]
        assert file.signatures == {"restorer": (names, ["restored"])}
        about = read_metadata(file.metadata[BLOCK])
        assert about.name == FACTS.name and about.description == FACTS.description
        assert about.license == FACTS.license and about.version == FACTS.identity
        assert about.inputs == {name: UNITS[name] for name in names}
        assert about.outputs == {"restored": UNITS["restored"]}
        assert {key: file.metadata[key].decode() for key in FACTS.entries()} == FACTS.entries()


def test_metadata_of_another_schema_is_refused() -> None:
    with pytest.raises(ExportError, match="not of the known schema"):
        read_metadata(b"\0" * 64)


def test_two_exports_are_the_same_bytes(files) -> None:
    assert {kind: write_restorer(toys().program(kind), TILE, FACTS) for kind in KINDS} == files


def test_the_encoder_is_torchs() -> None:
    network = toys().network
    content = write_encoder(network, PROBE, FACTS)
    probes = tiles(3, size=PROBE)
    with torch.no_grad():
        place = network.place(probes)
    runner = litert.Interpreter(model_content=content, num_threads=1).get_signature_runner("encoder")
    for index, probe in enumerate(probes.numpy()):
        found = runner(probes=nhwc(probe[None]))
        assert np.abs(found["mask"] - place.mask[index].numpy()).max() <= 1e-5
        assert np.abs(found["value"] - place.value[index].numpy()).max() <= 1e-5
        assert not found["mask"][0, 5:].any(), "nodes that do not exist"
    file = TfliteFile(content)
    assert file.signatures == {"encoder": (["probes"], ["mask", "value"])}
    assert not {"TRANSPOSE", "RESHAPE", "SPLIT"} & set(file.operations)


def test_the_papers_encoder_is_refused() -> None:
    with pytest.raises(ExportError, match="not a phone preset's"):
        write_encoder(build("paper", 3, 4), PROBE, FACTS)
