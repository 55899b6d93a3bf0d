"""The encoder's program with trees of every shape, in every format: what torch computes, and the root's 1 exactly."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from conftest import make_model, tree
from quantised_toys import FACTS, TILE, camera, tiles, toys

from amirnet.runtime.padding import to_tensor
from amirnet_export.bundle_writer import seal
from amirnet_export.exporter import make_manifest
from amirnet_export.formats.parts import placed
from amirnet_export.formats.registry import FORMATS
from amirnet_export.memory_files import memory_bundle
from amirnet_training.network import AMIRNet, build

pytest.importorskip("coremltools")
pytest.importorskip("ai_edge_litert")
PROBE = 64


def grown(levels: int, nodes: int, severity: bool = False, bands: bool = False) -> AMIRNet:
    torch.manual_seed(levels)
    network = build("tiny", levels, severity=severity, bands=bands).eval()
    network.heads.exists[:nodes] = True
    return network


def described(network: AMIRNet) -> dict:
    """A manifest's tree with as many levels, of which only the root is walked to."""
    root = {**tree()["nodes"][0], "children": [], "kinds": {}, "code": [0.0] * network.code_size}
    return {"levels": network.heads.levels, "grid": 64, "conditioning": "soft", "nodes": [root]}


@pytest.mark.parametrize("backend", FORMATS)
@pytest.mark.parametrize(("levels", "nodes"), [(1, 1), (2, 1), (2, 3), (3, 3), (3, 5), (4, 15)])
@pytest.mark.parametrize(("severity", "bands"), [(False, False), (True, False), (False, True)])
def test_the_encoder_is_torchs(backend: str, levels: int, nodes: int, severity: bool, bands: bool) -> None:
    network, format = grown(levels, nodes, severity, bands), FORMATS[backend]
    probes = camera(tiles(2, size=PROBE))
    with torch.no_grad():
        wanted = network.place(torch.from_numpy(to_tensor(probes)))
    manifest = make_manifest(make_model("tiny")) | {"tree": described(network)}
    del manifest["light"]
    paths = {"encoder": "encoder" + format.suffix, "restorer": "restorer" + format.suffix}
    files = placed(paths["encoder"], format.write_encoder(network, PROBE, FACTS))
    files |= placed(paths["restorer"], format.write_restorer(toys().program("float"), TILE, FACTS))
    models = {"encoder": {backend: {"float32": paths["encoder"]}},
              "restorer": {backend: {format.precisions["float"]: paths["restorer"]}}}  # fmt: skip
    bundle = memory_bundle("toy", seal({**manifest, "models": models, "quantization": {}}, files))
    mask, value = format.make_engine(bundle, "float", format.engines[0]).encode(probes)
    assert np.abs(mask - wanted.mask.numpy()).max() <= 1e-5 and np.abs(value - wanted.value.numpy()).max() <= 1e-5
    free = network.heads.free().numpy()
    assert free.any() == (severity and nodes < 2**levels - 1)
    assert (mask[:, 0] == 1).all() and (mask[:, nodes:] == free[nodes:]).all(), (
        "the root always is, what was not grown never"
    )
