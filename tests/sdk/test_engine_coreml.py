"""The Core ML engine where there is no Core ML, a stand-in for it, and the reference executor as an engine."""

import sys
import types
from pathlib import Path

import numpy as np
import pytest
import torch
from quantised_toys import FACTS, TILE, camera, check_levels, codes, planes, tiles, toys

from amirnet import ModelBundle
from amirnet.engines.coreml import CoremlEngine
from amirnet.engines.registry import make_engine
from amirnet.errors import EngineError

PROBE = 64


@pytest.fixture(scope="module")
def packages():
    pytest.importorskip("coremltools")
    from amirnet_export.formats.coreml.encoder import write_encoder as encoder_coreml
    from amirnet_export.formats.coreml.restorer import write_restorer as restorer_coreml

    return {
        "encoder.mlpackage": encoder_coreml(toys().network, PROBE, FACTS),
        "restorer.mlpackage": restorer_coreml(toys().program("float"), TILE, FACTS),
        "restorer_int8.mlpackage": restorer_coreml(toys().program("int8"), TILE, FACTS),
    }


@pytest.fixture
def sealed(toy_copy, reseal):
    """sealed(packages) -> a toy bundle with these packages."""

    def make(packages):
        for package, files in packages.items():
            for name, content in files.items():
                file = toy_copy / package / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)

        def edit(manifest):
            manifest["geometry"]["tile"]["size"] = TILE
            manifest["models"]["encoder"]["coreml"] = {"float32": "encoder.mlpackage"}
            manifest["models"]["restorer"]["coreml"] = {
                "float16": "restorer.mlpackage", "int8": "restorer_int8.mlpackage"
            }  # fmt: skip

        return ModelBundle.open(reseal(edit))

    return make


@pytest.fixture
def stand_ins(sealed):
    """A bundle whose packages are not Core ML's: for tests that never run one."""
    names = ("encoder", "restorer", "restorer_int8")
    return sealed({f"{name}.mlpackage": {"Data/model": name.encode()} for name in names})


@pytest.mark.skipif(sys.platform == "darwin", reason="it runs there")
def test_elsewhere_the_reference_is_named(stand_ins):
    assert "not Core ML itself" in make_engine(stand_ins, "coreml").title
    with pytest.raises(EngineError, match=r"macOS only; use .*formats\.coreml\.reference_engine\.ReferenceEngine"):
        CoremlEngine(stand_ins)


@pytest.mark.skipif(sys.platform == "darwin", reason="it runs there")
def test_without_the_export_package_its_extra_is_named(stand_ins, monkeypatch):
    monkeypatch.setitem(sys.modules, "amirnet_export.formats.coreml.reference_engine", None)
    with pytest.raises(EngineError, match=r"no Core ML on this system.*pip install 'amirnet\[export\]'"):
        make_engine(stand_ins, "coreml")


def test_without_coremltools_the_extra_is_named(stand_ins, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setitem(sys.modules, "coremltools", None)
    with pytest.raises(EngineError, match=r"coremltools is not installed; pip install 'amirnet\[coreml\]'"):
        make_engine(stand_ins, "coreml")


def test_the_package_reaches_core_ml_whole(stand_ins, monkeypatch):
    """With a stand-in for coremltools: what the engine hands over, and what it makes of the answer."""

    class Model:
        def __init__(self, path):
            self.content = (Path(path) / "Data" / "model").read_bytes().decode()

        def predict(self, inputs):
            if self.content == "encoder":
                answer = inputs["probes"].mean(axis=(1, 2, 3), keepdims=False).repeat(7).reshape(1, 7)
                return {"mask": answer, "value": -answer}
            assert set(inputs) == {"tile", "code"}
            return {"restored": inputs["tile"].astype(np.float64) / 2}

    monkeypatch.setattr(sys, "platform", "darwin")
    fake = types.SimpleNamespace(models=types.SimpleNamespace(MLModel=Model))
    monkeypatch.setitem(sys.modules, "coremltools", fake)
    engine = make_engine(stand_ins, "coreml")
    assert engine.fixed_tile == TILE
    restored = engine.restore(camera(tiles())[0], codes().numpy())
    assert restored.dtype == np.float32 and np.allclose(planes(restored), tiles().numpy() / 2)
    probes = np.stack([np.full((PROBE, PROBE, 3), level, np.uint8) for level in (51, 102)])
    mask, value = engine.encode(probes)
    assert np.allclose(mask, [[0.2] * 7, [0.4] * 7]) and np.array_equal(value, -mask)
    Model.predict = lambda self, inputs: {"restored": inputs["tile"][:, :, :4]}
    with pytest.raises(EngineError, match=r"returned \(4, 64, 3\)"):
        engine.restore(camera(tiles())[0], codes().numpy())


def test_the_reference_runs_the_bundles_packages(sealed, packages):
    from amirnet_export.formats.coreml.reference_engine import ReferenceEngine

    bundle = sealed(packages)
    tile, code = tiles(), codes()
    engine = ReferenceEngine(bundle)
    assert engine.fixed_tile == TILE
    restored = planes(engine.restore(camera(tile)[0], code.numpy()))
    assert np.abs(restored - toys().expected("float", tile, code)).max() < 1 / 255
    restored = planes(ReferenceEngine(bundle, "int8").restore(camera(tile)[0], code.numpy()))
    check_levels(restored, toys().expected("int8", tile, code))
    probes = tiles(2, size=PROBE)
    mask, value = engine.encode(camera(probes))
    with torch.no_grad():
        place = toys().network.place(probes)
    assert np.abs(mask - place.mask.numpy()).max() <= 1e-5 and np.abs(value - place.value.numpy()).max() <= 1e-5
