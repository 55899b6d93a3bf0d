"""The exported graphs: they compute what torch does, of operations that a phone has, and name no machine."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

import amirnet_export
from amirnet import ModelBundle
from amirnet.engines.onnx import OnnxEngine
from amirnet.runtime.padding import to_tensor
from amirnet_export.bundle_writer import seal
from amirnet_export.errors import ExportError
from amirnet_export.exporter import LICENSE
from amirnet_export.memory_files import memory_bundle
from amirnet_export.torch_check import check_with_torch
from amirnet_training.checkpoint import load_model, model_identity
from amirnet_training.network.receptive_field import measure

GRAPHS = ("encoder.onnx", "restorer.onnx")
RESTORER_OPS = {"Conv", "Relu", "Add", "Mul", "Resize"}


@pytest.fixture(scope="module")
def engine(bundle_folder: Path) -> OnnxEngine:
    return OnnxEngine(ModelBundle.open(bundle_folder))


def graph(folder: Path, name: str) -> onnx.ModelProto:
    return onnx.load(folder / name)


@pytest.mark.parametrize("size", [(128, 128), (136, 160), (208, 184)])
def test_the_restorer_is_torchs(engine, checkpoint, size: tuple[int, int]) -> None:
    """Inside: within the radius of a tile's border they pad different tensors (see `check_with_torch`)."""
    network = load_model(checkpoint).network
    rng = np.random.default_rng(size[0])
    pixels = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
    tile = to_tensor(pixels)
    code = rng.uniform(-1, 1, (1, network.code_size, 1, 1)).astype(np.float32)
    with torch.no_grad():
        wanted = network.restorer(torch.from_numpy(tile)[None], torch.from_numpy(code)).numpy()[0].transpose(1, 2, 0)
    radius = measure(network)
    inside = np.s_[radius:-radius, radius:-radius]
    assert np.abs(engine.restore(pixels, code) - wanted)[inside].max() <= 1e-5
    assert np.abs(wanted - tile.transpose(1, 2, 0)).max() > 0.01, "the network should do something"
    assert np.abs(engine.restore(pixels, -code) - wanted)[inside].max() > 1e-3, "and the code should matter"


@pytest.mark.parametrize("size", [(8, 8), (8, 64), (40, 24)])
def test_small_tiles_run(engine, size: tuple[int, int]) -> None:
    restored = engine.restore(np.full((*size, 3), 128, np.uint8), np.zeros(7, np.float32))
    assert restored.shape == (*size, 3) and np.isfinite(restored).all()


@pytest.mark.parametrize("count", [1, 2, 3, 16])
def test_the_encoder_is_torchs(engine, checkpoint, count: int) -> None:
    network = load_model(checkpoint).network
    probes = np.random.default_rng(count).integers(0, 256, (count, 64, 64, 3), dtype=np.uint8)
    with torch.no_grad():
        place = network.place(torch.from_numpy(to_tensor(probes)))
    mask, value = engine.encode(probes)
    assert mask.shape == value.shape == (count, 7)
    assert np.abs(mask - place.mask.numpy()).max() <= 1e-5
    assert np.abs(value - place.value.numpy()).max() <= 1e-5
    assert np.allclose([mask[:, 0], mask[:, 1:3].sum(axis=1), mask[:, 3:].sum(axis=1)], 1, atol=1e-5)
    assert not mask[:, 5:].any(), "nodes that do not exist"


def test_the_restorer_is_made_of_what_every_delegate_has(bundle_folder) -> None:
    model = graph(bundle_folder, "restorer.onnx")
    assert {node.op_type for node in model.graph.node} <= RESTORER_OPS
    inferred = onnx.shape_inference.infer_shapes(model)
    shapes = {value.name: len(value.type.tensor_type.shape.dim)
              for value in [*inferred.graph.value_info, *inferred.graph.input, *inferred.graph.output]}  # fmt: skip
    outputs = [name for node in model.graph.node for name in node.output]
    assert outputs and all(name in shapes for name in outputs), "every tensor's rank is known"
    assert all(rank <= 4 for rank in shapes.values())
    for node in model.graph.node:
        if node.op_type == "Resize":
            attributes = {item.name: onnx.helper.get_attribute_value(item) for item in node.attribute}
            assert attributes["mode"] == b"nearest"
        if node.op_type == "Conv":
            attributes = {item.name: onnx.helper.get_attribute_value(item) for item in node.attribute}
            assert attributes.get("group", 1) == 1


def test_nothing_in_the_encoder_is_above_rank_4(bundle_folder) -> None:
    inferred = onnx.shape_inference.infer_shapes(graph(bundle_folder, "encoder.onnx"))
    assert all(len(value.type.tensor_type.shape.dim) <= 4 for value in inferred.graph.value_info)


def test_names_and_shapes_are_the_contracts(bundle_folder) -> None:
    def described(values: object) -> dict[str, list[object]]:
        return {value.name: [dim.dim_value or "any" for dim in value.type.tensor_type.shape.dim] for value in values}

    encoder, restorer = (graph(bundle_folder, name).graph for name in GRAPHS)
    assert described(encoder.input) == {"probes": ["any", 3, 64, 64]}
    assert described(encoder.output) == {"mask": ["any", 7], "value": ["any", 7]}
    assert described(restorer.input) == {"tile": [1, 3, "any", "any"], "code": [1, 7, 1, 1]}
    assert [value.name for value in restorer.output] == ["restored"]


@pytest.mark.parametrize("name", GRAPHS)
def test_metadata_says_which_weights(bundle_folder, checkpoint, name: str) -> None:
    metadata = {item.key: item.value for item in graph(bundle_folder, name).metadata_props}
    identity = model_identity(load_model(checkpoint).network, None)
    about = {"amirnet.identity": identity, "amirnet.name": "toy", "amirnet.license": LICENSE}
    assert metadata.items() >= about.items() and "10 steps" in metadata["amirnet.description"]


@pytest.mark.parametrize("name", [*GRAPHS, "manifest.json"])
def test_nothing_names_the_machine(bundle_folder, checkpoint, name: str) -> None:
    content = (bundle_folder / name).read_bytes()
    places = [os.getcwd(), str(Path.home()), str(checkpoint.parent), str(Path(amirnet_export.__file__).parents[1])]
    for word in [*places, socket.gethostname(), "site-packages", "/tmp/", ".py"]:
        assert len(word) < 3 or word.encode() not in content, word


def spoilt(content: bytes) -> bytes:
    """A graph whose largest constant is a tenth too large."""
    model = onnx.load_from_string(content)
    biggest = max(model.graph.initializer, key=lambda item: len(item.raw_data))
    array = onnx.numpy_helper.to_array(biggest) * 1.1
    biggest.CopyFrom(onnx.numpy_helper.from_array(array.astype(np.float32), biggest.name))
    return model.SerializeToString()


@pytest.mark.parametrize(("name", "output"), [("encoder", "mask"), ("restorer", "restored")])
def test_a_graph_that_differs_is_told(bundle_folder, checkpoint, name: str, output: str) -> None:
    network, bundle = load_model(checkpoint).network, ModelBundle.open(bundle_folder)
    check_with_torch(bundle, network)
    files = {path: bundle.read(path) for path in bundle.manifest.files}
    files[f"{name}.onnx"] = spoilt(files[f"{name}.onnx"])
    manifest = json.loads((bundle_folder / "manifest.json").read_text())
    with pytest.raises(ExportError, match=rf"ONNX: {output} differs from torch by .*: not exported"):
        check_with_torch(memory_bundle("toy", seal(manifest, files)), network)
