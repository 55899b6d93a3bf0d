"""`amirnet restore`: outputs where they were asked for, whole; one line and status 2 for everything that cannot be."""

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from amirnet import Restorer
from amirnet.cli import cli

FACTS = "input output node path confidence kind light curve strength tile tiles change_psnr left_alone seconds"
"""What `--json` says of a photo, in this order."""


@pytest.fixture
def restore(toy_bundle):
    """Runs `amirnet restore ARGS --model TOY` in this process."""

    def run(*args, model=toy_bundle):
        return CliRunner().invoke(cli, ["restore", *map(str, args), "--model", str(model)])

    return run


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def refused(result, *words):
    """Status 2, nothing on stdout, one line on stderr that holds the words."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    for word in words:
        assert word in result.stderr
    return True


def test_default_output_lies_beside_the_photo(restore, photo, toy_photo, toy_bundle):
    result = restore(photo)
    assert result.exit_code == 0, result.output
    assert result.stdout.count("\n") == 1
    assert "photo_restored.png" in result.stdout
    assert "% sure" in result.stdout
    assert result.stderr == ""
    expected = Restorer.from_bundle(toy_bundle).restore(toy_photo).image
    np.testing.assert_array_equal(np.asarray(Image.open(photo.with_name("photo_restored.png"))), expected)
    assert names(photo.parent) == ["photo.png", "photo_restored.png"]


def test_json_is_one_object_a_photo(restore, photo, tmp_path):
    second = tmp_path / "second.png"
    second.write_bytes(photo.read_bytes())
    result = restore(photo, second, "-o", tmp_path / "out", "--json", "--tile", "40")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["input"] for line in lines] == [str(photo), str(second)]
    assert [line["output"] for line in lines] == [
        str(tmp_path / "out" / f"{n}_restored.png") for n in ("photo", "second")
    ]
    for line in lines:
        assert " ".join(line) == FACTS
        assert list(line["seconds"]) == ["decode", "encode", "restore", "save", "total"]
        assert line["path"][-1] == line["node"]
        assert line["tiles"] > 1
    assert (tmp_path / "out" / "photo_restored.png").read_bytes() == (
        tmp_path / "out" / "second_restored.png"
    ).read_bytes()


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("out.jpg", "out.jpg"),
        ("new/", "new/photo_restored.png"),
        ("old", "old/photo_restored.png"),
        ("a/b/c.webp", "a/b/c.webp"),
    ],
)
def test_output_is_a_file_or_a_folder(restore, photo, tmp_path, output, expected):
    (tmp_path / "old").mkdir()
    result = restore(photo, "-o", f"{tmp_path}/{output}")
    assert result.exit_code == 0, result.output
    assert Image.open(tmp_path / expected).size == (130, 97)


def test_a_format_that_cannot_be_written_becomes_png(restore, photo, tmp_path):
    Image.open(photo).save(tmp_path / "anim.gif")
    assert restore(tmp_path / "anim.gif").exit_code == 0
    assert (tmp_path / "anim_restored.png").is_file()


def test_a_forced_node(restore, photo):
    assert json.loads(restore(photo, "--node", "4", "--json").stdout)["path"] == [0, 1, 4]
    assert refused(restore(photo, "--node", "99"), "node 99", "choose one of")


@pytest.mark.parametrize("output", [".", "photo.png", "link.png", "hard.png"])
def test_the_input_is_never_overwritten(restore, photo, tmp_path, output, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = photo.read_bytes()
    (tmp_path / "link.png").symlink_to(photo)
    os.link(photo, tmp_path / "hard.png")
    if output == ".":  # the folder of the photo is fine: the name differs
        assert restore(photo, "-o", output).exit_code == 0
    else:
        assert refused(restore(photo, "-o", output), "would overwrite the input; choose another -o")
    assert photo.read_bytes() == before


def test_two_photos_of_one_name_do_not_share_an_output(restore, photo, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "photo.png").write_bytes(photo.read_bytes())
    assert refused(restore(photo, tmp_path / "sub" / "photo.png", "-o", tmp_path / "out"), "would hold both")
    assert not (tmp_path / "out").exists()


def bad_photo(tmp_path, kind, photo):
    path = tmp_path / f"{kind}.jpg"
    if kind == "text":
        path.write_text("hello\n")
    elif kind == "empty":
        path.touch()
    elif kind == "cut":
        path.write_bytes(photo.read_bytes()[:2000])
    elif kind == "folder":
        path.mkdir()
    elif kind == "line\nbreak":
        path.write_bytes(b"")
    return path


@pytest.mark.parametrize("kind", ["missing", "text", "empty", "cut", "folder", "line\nbreak"])
def test_a_bad_photo_is_one_line_and_no_output(restore, photo, tmp_path, kind):
    bad = bad_photo(tmp_path, kind, photo)
    before = names(tmp_path)
    assert refused(restore(bad), kind.split()[0])
    assert names(tmp_path) == before


def test_all_photos_are_looked_for_before_the_first_is_restored(restore, photo, tmp_path):
    assert refused(restore(photo, tmp_path / "nosuch.png", "-o", tmp_path / "out"), "nosuch.png: no such file")
    assert not (tmp_path / "out").exists()


def test_a_damaged_photo_does_not_stop_the_others(restore, photo, tmp_path):
    bad = bad_photo(tmp_path, "cut", photo)
    result = restore(bad, photo, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "cut.jpg" in result.stderr
    assert names(tmp_path / "out") == ["photo_restored.png"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--tile", "30"], ["tile 30", "choose 28 or 32"]),
        (["--tile", "0"], ["tile 0", "choose 28 or more"]),
        (["--tile", "many"], ["many", "amirnet restore --help"]),
        (["--frobnicate"], ["--frobnicate"]),
        (["-o", "{tmp}/out.xyz"], ["out.xyz", ".jpg"]),
        (["-o", "{tmp}/photo.png/out.png"], ["photo.png is not a folder"]),
        (["-o", "{tmp}/photo.png/"], ["photo.png is not a folder"]),
    ],
)
def test_bad_options(restore, photo, tmp_path, args, words):
    before = names(tmp_path)
    assert refused(restore(photo, *(arg.format(tmp=tmp_path) for arg in args)), *words)
    assert names(tmp_path) == before


def test_no_photo_at_all(restore):
    assert refused(restore(), "PHOTO")


def test_bad_models(restore, photo, toy_copy, tmp_path):
    assert refused(restore(photo, model="nosuch"), "nosuch")
    assert refused(restore(photo, model=photo), "not a whole zip file")
    (toy_copy / "encoder.onnx").write_bytes(b"x")
    assert refused(restore(photo, model=toy_copy), "encoder.onnx has 1 bytes")
    assert not photo.with_name("photo_restored.png").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_folder_that_may_not_be_written(restore, photo, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    assert refused(restore(photo, "-o", tmp_path / "locked"), "no permission")


def test_a_full_disk_is_one_line(restore, photo, tmp_path, monkeypatch):
    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert refused(restore(photo), "No space left on device")
    assert names(tmp_path) == ["photo.png"]


REPORTING = """
import amirnet.runtime.blender, amirnet.cli
add = amirnet.runtime.blender.Blender.add
def reporting(self, tile, core):
    print("tile", flush=True)
    return add(self, tile, core)
amirnet.runtime.blender.Blender.add = reporting
amirnet.cli.main()
"""
"""The command line, saying on stdout when tiles are being blended."""


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_ctrl_c_ends_with_130_and_leaves_nothing(tmp_path, toy_bundle):
    Image.fromarray(np.zeros((1000, 1000, 3), np.uint8)).save(tmp_path / "big.png")
    process = subprocess.Popen(
        [sys.executable, "-c", REPORTING, "restore", "big.png", "--model", str(toy_bundle), "--tile", "28"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Below a shell's background job Ctrl-C is ignored; the child must begin with Python's default.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stdout.readline() == "tile\n"
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert stderr.strip() == "error: interrupted"
    assert names(tmp_path) == ["big.png"]
