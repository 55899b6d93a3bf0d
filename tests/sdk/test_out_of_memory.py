"""Where memory is short: the next smaller tile, for the whole photo, and never anything of an earlier one."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from amirnet import EngineState, ModelBundle, OnnxEngine, Restorer
from amirnet.cli import cli
from amirnet.errors import EngineError, OutOfMemoryError
from amirnet.photo.photo_encoder import WRITERS
from amirnet.photo.pixel_cost import cost_of
from amirnet.runtime.memory_plan import MEGABYTE, PixelCost, peak, sizes_within

SIZES = (56, 48, 40, 36, 32)
"""What is tried with the toy bundle."""


class ShortEngine(OnnxEngine):
    """An engine without memory for tiles above a size, from its n-th such tile on, and with one buffer for all
    answers, which still holds the last one's numbers when it fails."""

    def __init__(self, bundle, largest, after=0, error=OutOfMemoryError):
        super().__init__(bundle)
        self.largest, self.after, self.error = largest, after, error
        self.buffer = np.full((64, 64, 3), 0.5, np.float32)
        self.seen, self.run = [], 0

    def restore(self, tile, code):
        side = max(tile.shape[:2])
        self.run = self.run + 1 if self.seen[-1:] == [side] else 1
        self.seen.append(side)
        if side > self.largest and self.run > self.after:
            raise self.error("no memory for that")
        answer = self.buffer.ravel()[: tile.size].reshape(tile.shape)
        answer[...] = super().restore(tile, code)
        return answer


@pytest.fixture
def bundle(toy_bundle):
    return ModelBundle.open(toy_bundle)


@pytest.mark.parametrize("after", [0, 1, 9, 14])
@pytest.mark.parametrize("error", [OutOfMemoryError, MemoryError])
def test_the_next_smaller_tile_restores_the_whole_photo(bundle, photo, toy_photo, after, error):
    expected = Restorer(bundle, tile=40).restore(toy_photo)
    engine = ShortEngine(bundle, 40, after, error)
    restorer, out = Restorer(bundle, engine), photo.with_name("out.png")
    counted = []
    result = restorer.restore(toy_photo, progress=lambda done, total: counted.append((done, total)))
    np.testing.assert_array_equal(result.image, expected.image)
    assert result.tiles == expected.tiles
    assert counted[-expected.tiles - 1 :] == [(done, expected.tiles) for done in range(expected.tiles + 1)]
    found = restorer.restore_file(photo, out)
    np.testing.assert_array_equal(np.asarray(Image.open(out)), expected.image)
    assert (found.tile, found.tiles, found.diagnosis.node) == (40, expected.tiles, expected.diagnosis.node)
    assert len([side for side in engine.seen if side > 40]) == 2 * 2 * (after + 1), "two sizes failed, in both ways"


def test_a_photo_is_overwritten_in_place_before_that_test_fails(bundle, photo, toy_photo, monkeypatch):
    """The check above can fail: with the half-overwritten photo taken again, other pixels come out."""
    from amirnet.photo.photo_stream import PhotoStream

    monkeypatch.setattr(PhotoStream, "reopened", lambda self: self)
    out = photo.with_name("out.png")
    Restorer(bundle, ShortEngine(bundle, 40, after=9)).restore_file(photo, out)
    expected = Restorer(bundle, tile=40).restore(toy_photo).image
    assert (np.asarray(Image.open(out)) != expected).any()


def test_no_size_suffices(bundle, photo, toy_photo):
    engine = ShortEngine(bundle, 0)
    line = r"tile 32: not enough memory \(no memory for that\); close other programs, or cut the photo"
    with pytest.raises(OutOfMemoryError, match=line):
        Restorer(bundle, engine).restore(toy_photo)
    with pytest.raises(OutOfMemoryError, match=line):
        Restorer(bundle, engine).restore_file(photo, photo.with_name("out.png"))
    assert [path.name for path in photo.parent.iterdir()] == ["photo.png"]
    assert list(dict.fromkeys(engine.seen)) == list(SIZES)


def test_other_errors_are_not_tried_again(bundle, photo):
    engine = ShortEngine(bundle, 0, error=EngineError)
    with pytest.raises(EngineError, match="no memory for that"):
        Restorer(bundle, engine).restore_file(photo, photo.with_name("out.png"))
    assert len(engine.seen) == 1


def test_an_answer_of_an_earlier_size_is_refused(bundle, toy_photo):
    class Stale:
        title, fixed_tile = "stale", None

        def restore(self, tile, code):
            return np.zeros((64, 64, 3), np.float32)

    with pytest.raises(EngineError, match=r"returned \(64, 64, 3\) for a tile of"):
        Restorer(bundle, Stale()).restore(toy_photo, node=0)


@pytest.mark.parametrize(
    "message", ["std::bad_alloc", "bad allocation", "Failed to allocate memory for requested buffer"]
)
def test_what_onnx_runtime_says_when_memory_runs_out(bundle, message, monkeypatch):
    class Session:
        def run(self, *args):
            raise RuntimeError(f"[ONNXRuntimeError] : 6 : {message}")

    engine = OnnxEngine(bundle)
    monkeypatch.setattr(engine, "_load", lambda role: Session())
    with pytest.raises(OutOfMemoryError, match="choose a smaller tile"):
        engine.restore(np.zeros((32, 32, 3), np.uint8), np.zeros(7, np.float32))
    assert engine.state is EngineState.UNLOADED, "the session and its memory are let go"


LIMITED = """
import re, resource, sys
from amirnet import Restorer
bundle, small, large, output = sys.argv[1:]
restorer = Restorer.from_bundle(bundle, tile=1784)
restorer.restore_file(small, output)  # loads all there is to load
used = 1024 * int(re.search("VmSize:[^0-9]*([0-9]+)", open("/proc/self/status").read())[1])
resource.setrlimit(resource.RLIMIT_AS, (used + 100 * 2**20,) * 2)
print(restorer.restore_file(large, output).tile)
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs Linux")
def test_a_process_that_may_have_no_more_memory(toy_bundle, tmp_path, photo):
    """The system itself refuses: ONNX Runtime's own failure, and no stand-in for it."""
    rng = np.random.default_rng(1)
    Image.fromarray(rng.integers(0, 256, (1700, 1800, 3), dtype=np.uint8)).save(tmp_path / "a.png")
    words = [sys.executable, "-c", LIMITED, toy_bundle, photo, tmp_path / "a.png", tmp_path / "out.png"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    tile = int(done.stdout)
    assert tile < 1784
    Restorer.from_bundle(toy_bundle, tile=tile).restore_file(tmp_path / "a.png", tmp_path / "expected.png")
    assert (tmp_path / "out.png").read_bytes() == (tmp_path / "expected.png").read_bytes()


def test_a_limit_takes_the_largest_tile_it_allows(bundle, photo):
    restorer = Restorer(bundle)
    plan, cost = restorer.plan_for(130, 97), PixelCost(4, 4)
    peaks = [peak(plan.__class__(130, 97, size, 12, 6, 4), cost, restorer.engine.memory) for size in SIZES]
    assert peaks == sorted(peaks, reverse=True)
    for place, size in enumerate(SIZES):
        needed = -(-peaks[place] // MEGABYTE)
        found = sizes_within(needed, photo, plan, SIZES, restorer.engine, cost)
        assert found == tuple(s for s, most in zip(SIZES, peaks, strict=True) if most <= needed * MEGABYTE)
        assert size in found


def test_an_engine_that_nobody_measured_takes_no_limit(bundle, photo):
    engine = OnnxEngine(bundle)
    engine.memory = None
    with pytest.raises(EngineError, match=r"^ONNX Runtime: what it takes in memory is not known; leave --memory out$"):
        Restorer(bundle, engine).restore_file(photo, photo.with_name("out.png"), memory=500)
    assert not photo.with_name("out.png").exists()


def test_the_command_takes_a_limit(photo, toy_bundle):
    def run(*args):
        words = ["restore", photo, "-o", photo.with_name("out.png"), "--model", toy_bundle, *args]
        return CliRunner().invoke(cli, [str(word) for word in words])

    assert "of 56" in run("--memory", 500).stdout
    refused = run("--memory", 20)
    assert (refused.exit_code, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
    needed = re.search(r"takes (\d+) MB with tiles of 32, .*, more than 20; allow --memory (\d+), or", refused.stderr)
    assert needed and needed[1] == needed[2]
    assert run("--memory", needed[1]).exit_code == 0
    assert run("--memory", int(needed[1]) - 1).exit_code == 2
    assert run("--memory", "much").exit_code == 2


def test_a_model_of_one_tile_size_names_it(reseal, photo):
    fixed = reseal(lambda manifest: manifest["geometry"]["tile"].update(flexible=False))
    with pytest.raises(OutOfMemoryError, match=r"takes \d+ MB with tiles of 56, the only size there is, more than 9"):
        Restorer.from_bundle(fixed).restore_file(photo, photo.with_name("out.png"), memory=9)


@pytest.mark.parametrize(
    ("mode", "suffix", "output", "most", "held"),
    [
        ("RGB", ".jpg", ".jpg", 4, 4), ("L", ".jpg", ".jpg", 1, 1), ("RGBA", ".png", ".png", 4, 4),
        ("RGBA", ".png", ".jpg", 8, 4), ("P", ".png", ".png", 5, 4), ("CMYK", ".jpg", ".jpg", 8, 4),
        ("L", ".png", ".webp", 19, 1),
    ],
)  # fmt: skip
def test_what_a_pixel_costs(tmp_path, mode, suffix, output, most, held):
    Image.new(mode, (8, 8)).save(tmp_path / f"a{suffix}")
    with Image.open(tmp_path / f"a{suffix}") as image:
        assert cost_of(image, WRITERS[output]) == PixelCost(most, held)


def test_a_turned_tiff_costs_twice(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (20, 10)).save(tmp_path / "a.tif", exif=exif)
    with Image.open(tmp_path / "a.tif") as image:
        assert cost_of(image, WRITERS[".jpg"]) == PixelCost(8, 4)
