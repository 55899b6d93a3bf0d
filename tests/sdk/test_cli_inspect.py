"""`amirnet inspect`: a photo's place in the tree, a bundle's contents."""

import json
import shutil

import pytest
from click.testing import CliRunner

from amirnet import Restorer
from amirnet.cli import cli
from amirnet.cli.console import say, tree_lines


def run(*args):
    return CliRunner().invoke(cli, ["inspect", *map(str, args)])


def test_photo_as_json_is_the_examination(photo, toy_photo, toy_bundle):
    result = run(photo, "--model", toy_bundle, "--json")
    assert result.exit_code == 0, result.output
    facts = json.loads(result.stdout)
    diagnosis = Restorer.from_bundle(toy_bundle).diagnose(toy_photo)
    assert (facts["width"], facts["height"], facts["model"]) == (130, 97, "toy")
    assert (facts["node"], tuple(facts["path"])) == (diagnosis.node, diagnosis.path)
    assert facts["code"] == diagnosis.code.tolist()
    assert facts["confidence"] == diagnosis.confidence


def test_photo_as_text_marks_the_path(photo, toy_photo, toy_bundle):
    lines = run(photo, "--model", toy_bundle).stdout.splitlines()
    diagnosis = Restorer.from_bundle(toy_bundle).diagnose(toy_photo)
    assert lines[0].endswith("130x97 pixels")
    assert sum("●" in line for line in lines) == len(diagnosis.path)
    assert sum("○" in line for line in lines) == 5 - len(diagnosis.path)


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_bundle(toy_bundle, tmp_path, form):
    target = toy_bundle if form == "folder" else shutil.make_archive(str(tmp_path / "toy"), "zip", toy_bundle)
    facts = json.loads(run(target, "--json").stdout)
    manifest = json.loads((toy_bundle / "manifest.json").read_text())
    tile = manifest["geometry"]["tile"]
    manifest["geometry"]["tile"] = {**tile, "preferred": tile["size"]}  # which is what it is where it is not stated
    for key in ("schema", "name", "license", "identity", "geometry", "tree", "models", "metrics", "files"):
        assert facts[key] == manifest[key]
    text = run(target).stdout
    for word in (
        "toy: a toy for tests",
        "Apache-2.0",
        "ab" * 32,
        "dark and noisy",
        "38 % of photos",
        "restorer.onnx",
        "30.5",
    ):
        assert word in text


@pytest.mark.parametrize("target", ["nosuch", "nosuch.jpg", "no/such.zip"])
def test_what_is_not_there(target):
    result = run(target)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {target}: no such")
    assert result.stderr.count("\n") == 1


def test_tree_lines_show_the_branches(toy_bundle):
    tree = Restorer.from_bundle(toy_bundle).bundle.tree
    assert tree_lines(tree, lambda node: str(node.id)) == ["0", "├─ 1", "│  ├─ 3", "│  └─ 4", "└─ 2"]


def test_text_is_plain_where_the_stream_is_plain(monkeypatch, tmp_path):
    with open(tmp_path / "out.txt", "w", encoding="ascii") as plain:
        monkeypatch.setattr("sys.stdout", plain)
        say("└─ ● name → \u732b")
    assert (tmp_path / "out.txt").read_text() == "`- * name > ?\n"
