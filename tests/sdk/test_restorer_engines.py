"""Restorer with engines that differ in what they take: tiles of one size, a stand-in, another precision."""

import numpy as np
import pytest
from click.testing import CliRunner

from amirnet import ModelBundle, OnnxEngine, Restorer
from amirnet.cli import cli
from amirnet.errors import EngineError, TileError


class Fixed(OnnxEngine):
    """Takes tiles of the bundle's size only, as TFLite and Core ML models do."""

    title = "fixed"

    def __init__(self, bundle):
        super().__init__(bundle, threads=1)
        self.fixed_tile = bundle.manifest.tile.size
        self.seen = set()

    def restore(self, tile, code):
        self.seen.add(tile.shape)
        return super().restore(tile, code)


@pytest.fixture(scope="module")
def bundle(toy_bundle):
    return ModelBundle.open(toy_bundle)


def test_an_engine_of_one_tile_size_gets_no_other(bundle, toy_photo):
    engine = Fixed(bundle)
    fixed, free = Restorer(bundle, engine), Restorer(bundle)
    assert not fixed.plan(toy_photo).flexible and free.plan(toy_photo).flexible
    found, wanted = (restorer.restore(toy_photo).image.astype(int) for restorer in (fixed, free))
    assert engine.seen == {(56, 56, 3)}
    assert np.abs(found - wanted).max() <= 1
    assert Restorer(bundle, engine, tile=56).tile == 56
    with pytest.raises(TileError, match="takes tiles of 56 only"):
        Restorer(bundle, engine, tile=60)


def test_engine_and_precision_by_name(toy_bundle):
    assert Restorer.from_bundle(toy_bundle, engine="onnx", precision="float").engine.title == "ONNX Runtime"
    with pytest.raises(EngineError, match="no ONNX int8 restorer"):
        Restorer.from_bundle(toy_bundle, precision="int8")
    with pytest.raises(EngineError, match="no TFLite float32 encoder"):
        Restorer.from_bundle(toy_bundle, engine="tflite")


@pytest.mark.parametrize(("option", "value"), [("--engine", "cuda"), ("--precision", "int4")])
def test_the_command_knows_its_engines(toy_bundle, photo, option, value):
    done = CliRunner().invoke(cli, ["restore", str(photo), "--model", str(toy_bundle), option, value])
    assert done.exit_code == 2 and f"'{value}' is not one of" in done.stderr and done.stderr.count("\n") == 1


def test_the_command_names_what_a_bundle_lacks(toy_bundle, photo, tmp_path):
    wanted = ["--model", str(toy_bundle), "--precision", "int8"]
    done = CliRunner().invoke(cli, ["restore", str(photo), "-o", str(tmp_path / "o.png"), *wanted])
    assert done.exit_code == 2 and "no ONNX int8 restorer" in done.stderr and not (tmp_path / "o.png").exists()
