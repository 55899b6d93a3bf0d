"""TensorFlow's own interpreter of TFLite files, with XNNPACK's kernels and with its reference ones, beside LiteRT."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from click.testing import CliRunner
from quantised_toys import FACTS, TILE, camera, check_levels, codes, planes, tiles, toys

from amirnet import ModelBundle
from amirnet.cli import cli
from amirnet.errors import EngineError
from amirnet_export.bundle_writer import write_bundle
from amirnet_export.formats.model_files import model_files
from amirnet_export.formats.parts import parts_in
from amirnet_export.formats.registry import FORMATS
from amirnet_export.parity.check import check
from amirnet_export.parity.samples import sample_photos

pytest.importorskip("coremltools")
pytest.importorskip("ai_edge_litert")
ENGINES = ("tensorflow", "tensorflow-reference")
TFLITE = FORMATS["tflite"]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory) -> ModelBundle:
    root = {"id": 0, "level": 0, "index": 0, "parent": None, "children": [], "confidence": 0.0, "code": [0.25] * 7}
    made = model_files(toys().network, toys().quantized, 64, TILE, FACTS)
    manifest = {
        "schema": "1.1", "name": FACTS.name, "identity": FACTS.identity, "models": made.models,
        "quantization": made.quantization,
        "geometry": {
            "probe": {"size": 64, "grid": 2},
            "tile": {"size": TILE, "halo": 24, "overlap": 8, "alignment": 8, "radius": 24, "flexible": True},
        },
        "tree": {"levels": 3, "grid": 64, "conditioning": "node", "nodes": [root]},
    }  # fmt: skip
    folder = tmp_path_factory.mktemp("bundle") / "toy"
    write_bundle(folder, manifest, made.files)
    return ModelBundle.open(folder)


@pytest.fixture
def _tensorflow() -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed: pip install 'amirnet[tensorflow]'")


def test_without_tensorflow_it_says_how_to_get_it(bundle, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    for engine in ENGINES:
        with pytest.raises(EngineError, match=r"TensorFlow is not installed; pip install 'amirnet\[tensorflow\]'"):
            TFLITE.make_engine(bundle, "int8", engine)
    done = CliRunner().invoke(cli, ["parity", bundle.where, "--engines", "onnx,tensorflow"])
    assert done.exit_code == 2 and "amirnet[tensorflow]" in done.stderr and done.stderr.count("\n") == 1


def test_an_export_never_asks_for_it() -> None:
    assert TFLITE.engines == ("tflite", *ENGINES)


@pytest.mark.usefixtures("_tensorflow")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", ["float", "int8"])
def test_it_computes_what_litert_does(bundle, engine: str, kind: str) -> None:
    own, other = (TFLITE.make_engine(bundle, kind, name) for name in ("tflite", engine))
    tile, code = camera(tiles())[0], codes().numpy()
    wanted, found = own.restore(tile, code), other.restore(tile, code)
    assert "TensorFlow" in other.title and found.dtype == wanted.dtype
    if kind == "float":
        assert np.abs(found - wanted).max() <= 1e-5
    elif engine == "tensorflow":
        assert np.array_equal(found, wanted), "XNNPACK's integers are XNNPACK's integers"
    else:
        check_levels(planes(found), planes(wanted))
    probes = camera(tiles(2))
    assert all(
        np.abs(one - two).max() <= 1e-5 for one, two in zip(own.encode(probes), other.encode(probes), strict=True)
    )


@pytest.mark.usefixtures("_tensorflow")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", ["float", "int8"])
def test_its_steps_are_told(bundle, engine: str, kind: str) -> None:
    model = parts_in(bundle, bundle.manifest.models["restorer"]["tflite"][TFLITE.precisions[kind]])
    inputs = {"tile": tiles().numpy(), "code": codes().numpy()}
    wanted, found = (TFLITE.step_outputs(model, inputs, name) for name in ("tflite", engine))
    assert list(found) == list(wanted)
    assert all(found[step].shape == wanted[step].shape for step in wanted)
    apart = np.abs(found["stem"] - wanted["stem"])
    assert apart.max() <= (1e-5 if kind == "float" else 1.01 * toys().quantized.grid.activations["stem"].scale)


@pytest.mark.usefixtures("_tensorflow")
def test_parity_takes_it_by_its_name(bundle) -> None:
    report = check(bundle, sample_photos()[:1], ("onnx", "tflite", "tensorflow"))
    pairs = {(*pair.engines, pair.precision): pair for pair in report.pairs}
    assert report.passed and len(pairs) == 6 and not report.half
    assert pairs["tflite", "tensorflow", "int8"].max_levels == 0
