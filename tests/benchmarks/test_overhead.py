"""What is neither the model nor the codecs: told by a process that restores a photo, and held against bars."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from amirnet import AmirnetError
from amirnet_benchmarks.overhead import BARS, TIME_BARS, Spent, main, measure, render, restore_once

FLOAT, INT8 = ("onnx", "float"), ("tflite", "int8")


def test_a_photo_is_measured_against_another_checkout(toy_bundle):
    """This one stands for the earlier release."""
    found = measure([FLOAT], "auto", str(toy_bundle), 0.1, 1, Path(__file__).parents[2])
    now, before = found[(FLOAT, False)], found[(FLOAT, True)]
    assert (now.tile, now.tiles) == (before.tile, before.tiles) and now.tiles > 50
    assert 0 < now.model < now.total and 0 < now.codecs < now.total and 0 < now.overhead < 1
    assert now.overhead == pytest.approx(1 - (now.model + now.codecs) / now.total)


def test_bars_are_told():
    quick, slow = Spent(10.0, 0.5, 9.1, 600, 63), Spent(10.0, 0.5, 8.5, 344, 221)
    before = Spent(15.0, 0.5, None, 344, 221)
    held, missed = render({(FLOAT, False): quick, (FLOAT, True): before, (INT8, False): slow, (INT8, True): before}, 12)
    time, part, against = held.split("; ")
    assert time == "onnx float, 12 megapixels: 10.00 s (63 tiles of 600)"
    assert part == "neither model nor codecs 4.0% (bar 5%: held)"
    assert against == "0.67 of the earlier release's 15.00 s (tile 344) (bar 75%: held)"
    assert "10.0% (bar 8%: missed)" in missed and "0.67" in missed and "(bar 60%: missed)" in missed
    assert before.overhead is None, "an earlier release does not say what its model took"
    assert BARS.keys() == TIME_BARS.keys()


def test_a_failure_is_one_line(tmp_path):
    with pytest.raises(AmirnetError, match=r"onnx float: restoring failed .*no such bundle"):
        restore_once(FLOAT, "auto", "no such bundle", tmp_path / "a.jpg", tmp_path / "b.jpg", tmp_path)
    done = CliRunner().invoke(main, ["--model", str(tmp_path / "none"), "--engine", "onnx", "--megapixels", "0.1"])
    assert done.exit_code == 2 and done.stderr.startswith("error: onnx float: restoring failed")
