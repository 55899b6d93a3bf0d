"""`amirnet restore FOLDER`: all that can be restored is, what cannot is listed, and the next run goes on from there."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from amirnet import Restorer
from amirnet.cli import cli

GOOD = ["photos/a.png", "photos/b.jpg", "photos/sub/c.png"]

FACTS = "input output node path confidence kind light curve strength tile tiles change_psnr left_alone seconds"
"""What `--json` says of a photo, in this order."""


@pytest.fixture
def photos(tmp_path, toy_photo, monkeypatch):
    """A folder with three photos, two bad files and a text; the tests run in the folder above it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos" / "sub").mkdir(parents=True)
    for place, name in enumerate(GOOD):
        Image.fromarray(np.roll(toy_photo, 7 * place, axis=1)).save(tmp_path / name)
    (tmp_path / "photos" / "cut.png").write_bytes((tmp_path / "photos" / "a.png").read_bytes()[:2000])
    (tmp_path / "photos" / "sub" / "empty.jpg").touch()
    (tmp_path / "photos" / "notes.txt").write_text("x")
    return tmp_path / "photos"


@pytest.fixture
def batch(toy_bundle):
    """Runs `amirnet restore ... --recursive --model TOY` in this process (its workers are processes of their own)."""

    def run(*arguments):
        arguments = [*map(str, arguments), "--recursive", "--model", str(toy_bundle)]
        return CliRunner().invoke(cli, ["restore", *arguments])

    return run


def contents(folder):
    """Name -> bytes of every file but the ledger."""
    files = [path for path in Path(folder).rglob("*") if path.is_file() and path.parent.name != ".amirnet"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def objects(result):
    return {line["input"]: line for line in map(json.loads, result.stdout.splitlines())}


def test_the_good_are_restored_and_the_bad_are_listed(photos, batch, toy_bundle):
    result = batch("photos", "-o", "out")
    assert result.exit_code == 1, result.output
    assert sorted(line.split(" → ")[0] for line in result.stdout.splitlines()) == GOOD
    rows = [line.split(maxsplit=1) for line in result.stderr.splitlines() if "photos/" in line]
    assert [row[0] for row in rows] == ["photos/cut.png", "photos/sub/empty.jpg"]
    assert "damaged or cut short" in rows[0][1]
    assert rows[1][1].startswith("the file is empty (0 bytes)")
    assert result.stderr.endswith("3 restored, 2 failed; passed over: no photos by their names: 1\n")
    restorer = Restorer.from_bundle(toy_bundle)
    for name in GOOD:
        by_class = Path("by_class", name)
        restorer.restore(name).save(by_class)
        output = Path("out", *Path(name).parts[1:])
        output = output.with_stem(f"{output.stem}_restored")
        assert output.read_bytes() == by_class.read_bytes()
    assert len(contents("out")) == 3, "and nothing else"


def test_the_number_of_jobs_changes_no_byte(photos, batch):
    one = batch("photos", "-o", "one", "--json", "--jobs", 1)
    three = batch("photos", "-o", "three", "--json", "--jobs", 3)
    assert contents("one") == contents("three") != {}
    assert objects(one).keys() == objects(three).keys() == {*GOOD, "photos/cut.png", "photos/sub/empty.jpg"}
    for name, line in objects(three).items():
        if name in GOOD:
            assert " ".join(line) == FACTS
        else:
            assert list(line) == ["input", "error"]
            assert not line["error"].startswith(name), "the name stands before it"


def test_the_next_run_goes_on(photos, batch):
    assert batch("photos/a.png", "-o", "out").exit_code == 0
    stamp = os.stat("out/a_restored.png").st_mtime_ns
    Path("photos/sub/empty.jpg").unlink()
    Path("photos/cut.png").unlink()
    again = batch("photos", "-o", "out", "--json")
    assert again.exit_code == 0
    assert objects(again)["photos/a.png"] == {
        "input": "photos/a.png",
        "output": "out/a_restored.png",
        "done_before": "a_restored.png",
    }
    assert os.stat("out/a_restored.png").st_mtime_ns == stamp
    assert again.stderr.startswith("2 restored, 1 done before")


def test_warnings_name_the_photo(photos, batch):
    Image.fromarray(np.full((40, 40), 30_000, np.uint16)).save("photos/deep.png")
    assert "warning: photos/deep.png: 16 bits a channel" in batch("photos", "-o", "out").stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["photos"], "error: photos: is a folder; say with -o FOLDER where the restored photos go"),
        (["photos/a.png"], "error: many photos; say with -o FOLDER"),
        (["photos", "-o", "out", "--overwrite"], "error: --overwrite: is for single photos"),
        (["photos", "-o", "out", "--jobs", "0"], "error: Invalid value for '--jobs'"),
        (["photos", "-o", "out", "--jobs", "2", "--ray", "local"], "leave one out"),
        (["photos", "-o", "out", "--node", "99"], "error: node 99"),
        (["photos", "-o", "out", "--tile", "30"], "error: tile 30"),
        (["photos", "-o", "out", "--quality", "0"], "error: quality 0"),
        (["photos", "nosuch", "-o", "out"], "error: nosuch: no such file"),
        (["photos", "-o", "photos"], "error: photos: is the folder of the photos itself"),
        (["photos", "-o", "photos/notes.txt"], "is not a folder"),
    ],
)
def test_what_is_wrong_from_the_beginning_is_one_line_and_status_2(photos, batch, arguments, words):
    result = batch(*arguments)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert result.stderr.count("\n") == 1
    assert words in result.stderr
    assert not Path("out").exists()


def test_an_odd_name_is_one_row(photos, batch):
    Path("photos/line\nbreak.png").touch()
    result = batch("photos", "-o", "out")
    assert [line.split("  ")[1] for line in result.stderr.splitlines() if "line" in line] == ["photos/line break.png"]
    assert "the file is empty (0 bytes)" in result.stderr


def test_an_output_that_cannot_be_written_stops_no_other(photos, batch):
    Path("out").mkdir()
    Path("out/sub").write_text("in the way")
    result = batch("photos", "-o", "out", "--json")
    assert result.exit_code == 1
    assert "cannot be written" in objects(result)["photos/sub/c.png"]["error"]
    assert {"a_restored.png", "b_restored.jpg"} < contents("out").keys()


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_one_bar_for_all_and_stdout_stays_clean(photos, toy_bundle, on_a_terminal):
    done, screen = on_a_terminal("restore", "photos", "-o", "out", "--json", "--model", str(toy_bundle))
    assert done.returncode == 1
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == 3
    assert "/3" in screen
    assert "photos/cut.png" in screen, "the table"
