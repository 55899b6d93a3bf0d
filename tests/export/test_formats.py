"""All formats of one checkpoint in one bundle: every engine opens its own and computes what the others do."""

from __future__ import annotations

import numpy as np
import pytest
from quantised_toys import FACTS, TILE, camera, check_levels, codes, planes, tiles, toys

from amirnet import ModelBundle
from amirnet.engines.registry import make_engine
from amirnet_export.bundle_writer import write_bundle
from amirnet_export.formats.coreml.reference_engine import ReferenceEngine
from amirnet_export.formats.model_files import model_files
from amirnet_export.formats.parts import parts_in
from amirnet_export.formats.registry import FORMATS

pytest.importorskip("coremltools")
pytest.importorskip("ai_edge_litert")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory) -> ModelBundle:
    root = {"id": 0, "level": 0, "index": 0, "parent": None, "children": [], "confidence": 0.0, "code": [0.0] * 7}
    made = model_files(toys().network, toys().quantized, 64, TILE, FACTS)
    manifest = {
        "schema": "1.0", "name": FACTS.name, "identity": FACTS.identity, "models": made.models,
        "geometry": {
            "probe": {"size": 64, "grid": 4},
            "tile": {"size": TILE, "halo": 24, "overlap": 8, "alignment": 8, "radius": 24, "flexible": True},
        },
        "tree": {"levels": 3, "grid": 64, "conditioning": "node", "nodes": [root]},
    }  # fmt: skip
    folder = tmp_path_factory.mktemp("bundle") / "toy"
    write_bundle(folder, manifest, made.files)
    return ModelBundle.open(folder)


def test_the_three_files_hold_one_grid(bundle) -> None:
    grid = toys().quantized.grid
    for backend, precisions in bundle.manifest.models["restorer"].items():
        assert FORMATS[backend].read_grid(parts_in(bundle, precisions["int8"])) == grid, backend
    assert type(grid).from_json(grid.to_json(), "manifest") == grid


@pytest.mark.parametrize("precision", ["float", "int8"])
def test_engines_agree(bundle, precision: str) -> None:
    named = None if precision == "float" else precision
    engines = [make_engine(bundle, backend, named, threads=1) for backend in ("onnx", "tflite")]
    engines.append(ReferenceEngine(bundle, named or "float16"))
    tile, code = camera(tiles()), codes().numpy()
    one, two, three = (planes(engine.restore(tile[0], code)) for engine in engines)
    assert np.abs(one - planes(tile[0])).max() > 0.05, "the network should do something"
    for other in (two, three):
        check_levels(other, one)
    probes = camera(tiles(2))
    masks = [engine.encode(probes)[0] for engine in engines]
    assert all(np.abs(mask - masks[0]).max() <= 1e-5 for mask in masks[1:])
