"""The LiteRT engine: NHWC inside, the engine protocol outside."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from quantised_toys import FACTS, TILE, camera, check_levels, codes, planes, tiles, toys

from amirnet import ModelBundle
from amirnet.engines.registry import make_engine
from amirnet.errors import EngineError
from amirnet_export.formats.tflite.encoder import write_encoder
from amirnet_export.formats.tflite.restorer import write_restorer

pytest.importorskip("ai_edge_litert.interpreter")
PROBE = 64


@pytest.fixture(scope="module")
def models():
    return {
        "encoder.tflite": write_encoder(toys().network, PROBE, FACTS),
        "restorer.tflite": write_restorer(toys().program("float"), TILE, FACTS),
        "restorer_int8.tflite": write_restorer(toys().program("int8"), TILE, FACTS),
    }


@pytest.fixture
def sealed(models, toy_copy, reseal):
    """sealed(**replaced) -> a toy bundle with TFLite models, some of them replaced by other bytes."""

    def make(**replaced):
        for name, content in models.items():
            (toy_copy / name).write_bytes(replaced.get(name.removesuffix(".tflite"), content))

        def edit(manifest):
            manifest["geometry"]["tile"]["size"] = TILE
            manifest["models"]["encoder"]["tflite"] = {"float32": "encoder.tflite"}
            manifest["models"]["restorer"]["tflite"] = {"float32": "restorer.tflite", "int8": "restorer_int8.tflite"}

        return ModelBundle.open(reseal(edit))

    return make


def test_float_is_torchs(sealed):
    engine = make_engine(sealed(), "tflite", threads=1)
    assert engine.fixed_tile == TILE
    tile, code = tiles(), codes()
    restored = engine.restore(camera(tile)[0], code.numpy())
    assert restored.dtype == np.float32 and restored.flags.owndata, "no view of what the next tile is written to"
    assert np.abs(planes(restored) - toys().expected("float", tile, code)).max() <= 1e-5


def test_int8_is_the_quantised_restorers(sealed):
    engine = make_engine(sealed(), "tflite", "int8", threads=1)
    tile, code = tiles(), codes()
    restored = engine.restore(camera(tile)[0], code.numpy())
    assert restored.dtype == np.uint8 and restored.flags.owndata
    check_levels(planes(restored), toys().expected("int8", tile, code))


def test_any_number_of_probes(sealed):
    engine = make_engine(sealed(), "tflite")
    probes = tiles(3, size=PROBE)
    with torch.no_grad():
        place = toys().network.place(probes)
    mask, value = engine.encode(camera(probes))
    assert np.abs(mask - place.mask.numpy()).max() <= 1e-5 and np.abs(value - place.value.numpy()).max() <= 1e-5


def test_a_tile_of_another_size_is_refused(sealed):
    engine = make_engine(sealed(), "tflite")
    with pytest.raises(EngineError, match=r"restorer\.tflite: takes tile of \(64, 64, 3\) only, not \(32, 32, 3\)"):
        engine.restore(np.zeros((32, 32, 3), np.uint8), codes().numpy())


def test_a_file_that_is_no_graph(sealed):
    engine = make_engine(sealed(restorer=b"not a graph"), "tflite")
    with pytest.raises(EngineError, match=r"restorer\.tflite: cannot be loaded"):
        engine.restore(camera(tiles())[0], codes().numpy())


def test_a_graph_of_another_role(sealed, models):
    engine = make_engine(sealed(restorer=models["encoder.tflite"]), "tflite")
    with pytest.raises(EngineError, match=r"restorer\.tflite: cannot be loaded"):
        engine.restore(camera(tiles())[0], codes().numpy())


def test_a_float_graph_that_is_called_int8(sealed, models):
    engine = make_engine(sealed(restorer_int8=models["restorer.tflite"]), "tflite", "int8")
    with pytest.raises(EngineError, match="not int8 throughout"):
        engine.restore(camera(tiles())[0], codes().numpy())


def test_without_litert_the_extra_is_named(sealed, monkeypatch):
    bundle = sealed()
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(EngineError, match=r"LiteRT is not installed; pip install 'amirnet\[tflite\]'"):
        make_engine(bundle, "tflite")


LIMITED = """
import re, resource, sys
from ai_edge_litert import interpreter
from amirnet import Restorer
photo, output, precision, more = sys.argv[1:]
restorer = Restorer.from_bundle("mobile", engine="tflite", precision=precision)
restorer.diagnose(photo)  # the encoder, and all libraries
used = 1024 * int(re.search("VmSize:[^0-9]*([0-9]+)", open("/proc/self/status").read())[1])
resource.setrlimit(resource.RLIMIT_AS, (used + int(more) * 2**20,) * 2)
restorer.restore_file(photo, output)
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs Linux")
@pytest.mark.parametrize(("precision", "more"), [("float", 10), ("float", 60), ("int8", 10), ("int8", 40)])
def test_too_little_memory_is_called_so(precision, more, toy_photo, tmp_path):
    """The system itself refuses: LiteRT's own failure, and no stand-in for it."""
    Image.fromarray(toy_photo).save(tmp_path / "a.png")
    words = [sys.executable, "-c", LIMITED, tmp_path / "a.png", tmp_path / "out.png", precision, str(more)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
    last = done.stderr.splitlines()[-1]
    size = ModelBundle.open("mobile").spec.tile.size
    assert last.startswith(f"amirnet.errors.OutOfMemoryError: tile {size}: not enough memory ("), done.stderr
    assert not (tmp_path / "out.png").exists()
