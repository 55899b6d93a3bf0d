"""Vectors of options, diagnoses and whole restores with recorded engines, replayed (CONTRACT E7, R1-R7, S6)."""

import hashlib
from types import SimpleNamespace

import numpy as np
import pytest
from replay import array, document, refused_as, replay, tree
from test_contract_tiles import plan_of

from amirnet import RestoreOptions, Restorer
from amirnet.bundle.json_fields import Fields
from amirnet.bundle.light_fields import light_head
from amirnet.errors import OutOfMemoryError
from amirnet.photo.photo_file import PhotoFile
from amirnet.photo.pixel_rows import PixelRows
from amirnet.runtime.diagnosis import check_options, diagnose
from amirnet.runtime.model_spec import ModelSpec, ProbeGeometry, TileGeometry

WORDS = {"NaN": float("nan"), "Infinity": float("inf")}


def options_of(given):
    return RestoreOptions(**{key: WORDS.get(value, value) for key, value in given.items()})


def model_of(given, tile=None):
    its = tree(given["tree"])
    light = None
    if given["light"] is not None:
        light = light_head(Fields(document("options")["shared"]["lights"][given["light"]], "light"), its.size)
    probe = ProbeGeometry(given["probe_size"], given["probes_per_side"], given["trim"])
    return ModelSpec("toy", its, probe, tile, light)


class RecordedEngine:
    """Gives what was recorded, and holds that it is given what was recorded."""

    title, fixed_tile, memory = "recorded", None, None

    def __init__(self, given):
        self.encoder, self.code = given["encoder"], given.get("code")
        self.tiles = {tile["input"]: tile["output"] for tile in given.get("tiles", [])}
        self.runs = self.tiles_run = 0

    def encode(self, probes):
        self.runs += 1
        np.testing.assert_array_equal(probes, array(self.encoder["probes"]))
        return tuple(np.array(self.encoder[key], np.float32) for key in ("mask", "value"))

    def restore(self, tile, code):
        self.tiles_run += 1
        assert code.ravel().tolist() == self.code
        output = self.tiles[hashlib.sha256(np.ascontiguousarray(tile).tobytes()).hexdigest()]
        if output is None:
            raise OutOfMemoryError("toy: no memory for this tile; choose a smaller one")
        return array(output)


def told(light):
    return None if light is None else {"gain": list(light.gain), "bend": list(light.bend)}


@replay("options", "options")
def test_options(given, expected):
    with refused_as(expected):
        options_of(given)


@replay("options", "model")
def test_options_and_a_model(given, expected):
    with refused_as(expected):
        check_options(model_of(given["model"]), options_of(given["options"]))


@replay("options", "diagnose")
def test_diagnosis(given, expected):
    photo, engine = array(given["photo"]), RecordedEngine(given)
    rows = PixelRows.of(PhotoFile(photo))
    found = diagnose(model_of(given["model"]), engine, rows, options_of(given["options"]))
    assert (list(found.path), list(found.confidences)) == (expected["path"], expected["probabilities"])
    assert (found.node, found.confidence) == (expected["path"][-1], expected["confidence"])
    assert found.code.tolist() == expected["code"]
    assert found.kinds == expected["likelihoods"]
    assert told(found.light) == expected["light"]
    assert engine.runs == (0 if "node" in given["options"] else 1)


def recorded(given):
    """The restorer, the rows and the options of a case."""
    plan = plan_of(given["plan"])
    tile = TileGeometry(plan.size, plan.halo, plan.overlap, plan.alignment, 0, plan.flexible, plan.size)
    bundle = SimpleNamespace(where="toy", spec=model_of(given["model"], tile))
    rows = PixelRows.of(PhotoFile(array(given["photo"])))
    return Restorer(bundle, RecordedEngine(given)), rows, options_of(given["options"])


@replay("restores", "restore")
def test_restore(given, expected):
    restorer, rows, options = recorded(given)
    rows, how = restorer.restore_rows(rows, options)
    assert (list(how.diagnosis.path), told(how.diagnosis.light)) == (expected["path"], expected["light"])
    assert (how.tile, how.tiles) == (expected["size"], expected["tiles"])
    np.testing.assert_array_equal(rows.image, array(expected["photo"]))
    assert (rows.change.squares, rows.change.numbers) == (expected["squares"], expected["numbers"])


@replay("restores", "cancelled")
def test_cancelled(given, expected):
    (case,) = (case for case in document("restores")["groups"]["restore"]["cases"] if case["name"] == given["case"])
    restorer, rows, options = recorded(case["given"])

    def progress(done, total):
        assert total == case["expected"]["tiles"]
        if done == given["after"]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restorer.restore_rows(rows, options, progress=progress)
    assert restorer.engine.tiles_run == expected["tiles"]
    rows, _ = restorer.restore_rows(rows.reopened(), options)
    np.testing.assert_array_equal(rows.image, array(case["expected"]["photo"]))
    assert rows.change.squares == case["expected"]["squares"]


def test_the_recorded_results_are_not_the_photos():
    for case in document("restores")["groups"]["restore"]["cases"]:
        kept = case["given"]["options"].get("strength") == 0.0
        assert (case["expected"]["squares"] == 0) == kept, case["name"]


def test_a_recorded_engine_knows_its_tiles_only():
    (case, *_) = document("restores")["groups"]["restore"]["cases"]
    with pytest.raises(KeyError):
        RecordedEngine(case["given"]).restore(
            np.zeros((24, 24, 3), np.uint8), np.array(case["given"]["code"], np.float32)
        )
