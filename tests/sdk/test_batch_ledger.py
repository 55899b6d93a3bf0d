"""The ledger: what it remembers, and that a torn line, a changed output or another recipe is no memory."""

import hashlib
import json

import pytest

from amirnet import ModelBundle, RestoreOptions, SaveOptions
from amirnet.batch.ledger import Ledger
from amirnet.batch.recipe import Recipe, fingerprint
from amirnet.errors import OutputError


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def done(tmp_path):
    """An output folder with one photo done: input "in", recipe "how"."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.png").write_bytes(b"restored")
    Ledger(tmp_path).record("in", "how", "sub/a.png", sha256(b"restored"))
    return tmp_path


def test_what_was_recorded_is_found_again(done):
    assert Ledger(done).find("in", "how", "sub/a.png") == ("sub/a.png", sha256(b"restored"))
    assert json.loads((done / ".amirnet" / "done.jsonl").read_text()) == {
        "input": "in",
        "recipe": "how",
        "output": "sub/a.png",
        "sha256": sha256(b"restored"),
    }


def test_another_name_finds_the_same_photo_but_no_other_format(done):
    assert Ledger(done).find("in", "how", "b.PNG") == ("sub/a.png", sha256(b"restored"))
    assert Ledger(done).find("in", "how", "b.jpg") is None


@pytest.mark.parametrize(("photo", "recipe"), [("other", "how"), ("in", "other")])
def test_another_photo_or_recipe_is_not_done(done, photo, recipe):
    assert Ledger(done).find(photo, recipe, "sub/a.png") is None


def test_a_changed_or_missing_output_is_not_done(done):
    (done / "sub" / "a.png").write_bytes(b"edited")
    assert Ledger(done).find("in", "how", "sub/a.png") is None
    (done / "sub" / "a.png").unlink()
    assert Ledger(done).find("in", "how", "sub/a.png") is None


def test_every_torn_last_line_costs_that_line_only(done):
    file = done / ".amirnet" / "done.jsonl"
    whole = file.read_bytes()
    for length in range(1, len(whole) - 1):
        file.write_bytes(whole + whole[:length])
        ledger = Ledger(done)
        assert ledger.find("in", "how", "sub/a.png") is not None
        ledger.record("in", "new", "sub/a.png", sha256(b"restored"))
        assert Ledger(done).find("in", "new", "sub/a.png") is not None, "the next line does not stick to the torn one"


@pytest.mark.parametrize(
    "line", [b"{}", b"[]", b"7", b"null", b"\xff\xfe", b'{"input": 1, "recipe": 2}', b"[" * 100_000]
)
def test_lines_of_no_use_are_passed_over(done, line):
    file = done / ".amirnet" / "done.jsonl"
    file.write_bytes(line + b"\n" + file.read_bytes())
    assert Ledger(done).find("in", "how", "sub/a.png") is not None


def test_nothing_is_made_before_the_first_photo(tmp_path):
    Ledger(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_ledger_that_cannot_be_is_one_line(tmp_path):
    (tmp_path / ".amirnet").write_text("a file")
    with pytest.raises(OutputError, match=r"done\.jsonl: cannot be written"):
        Ledger(tmp_path).record("in", "how", "a.png", "")
    (tmp_path / "b" / ".amirnet" / "done.jsonl").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"done\.jsonl: cannot be read"):
        Ledger(tmp_path / "b")


def test_the_key_of_a_recipe_is_all_that_changes_the_result(toy_bundle, toy_copy):
    recipe = Recipe(str(toy_bundle), fingerprint(ModelBundle.open(toy_bundle)))
    options = [{"engine": "tflite"}, {"precision": "int8"}, {"tile": 40}, {"saving": SaveOptions(80)}]
    options += [{"saving": SaveOptions(strip_gps=True)}, {"version": "2"}]
    asked = [{"node": 1}, {"first_frame": True}, {"light": "keep"}, {"light": 0.5}, {"kind": "noise"}]
    asked += [{"strength": 0.5}]
    options += [{"options": RestoreOptions(**wish)} for wish in asked]
    keys = {Recipe(recipe.model, recipe.fingerprint, **option).key for option in [{}, *options]}
    assert len(keys) == 1 + len(options)
    assert Recipe("elsewhere", recipe.fingerprint).key == recipe.key
    assert fingerprint(ModelBundle.open(toy_copy)) == recipe.fingerprint
    manifest = toy_copy / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"overlap": 6', '"overlap": 4'))
    assert fingerprint(ModelBundle.open(toy_copy)) != recipe.fingerprint
