"""Vectors of manifests, bundles and ONNX models, replayed (CONTRACT B)."""

import os

import pytest
from replay import content, refused_as, replay

from amirnet import Manifest, ModelBundle
from amirnet.bundle.onnx_file import check_complete, check_model


@replay("manifests", "sound")
def test_a_sound_manifest_is_read(given, expected):
    found = Manifest.parse(content(given["content"]), "small")
    probe = {"size": found.probe.size, "probes_per_side": found.probe.probes_per_side, "trim": found.probe.trim}
    light = None if found.light is None else len(found.light.hidden.bias)
    assert expected == {
        "name": found.name,
        "schema": found.schema,
        "identity": found.identity,
        "probe": probe,
        "tile": vars(found.tile),
        "levels": found.tree.levels,
        "code_steps": found.tree.code_steps,
        "conditioning": found.tree.conditioning,
        "nodes": [node.id for node in found.tree.nodes],
        "models": found.models,
        "files": {name: seal.bytes for name, seal in found.files.items()},
        "light": light,
    }


@replay("manifests", "wrong")
def test_a_wrong_manifest_is_refused(given, expected):
    with refused_as(expected):
        Manifest.parse(content(given["content"]), "small")


@replay("manifests", "paths")
def test_paths_of_a_manifest(given, expected):
    with refused_as(expected):
        assert given["path"] in Manifest.parse(content(given["content"]), "small").files


@replay("onnx_models", "model")
def test_onnx_models(given, expected):
    whole = content(given["content"]) * given.get("times", 1)
    with refused_as(expected):
        (check_model if given["run"] else check_complete)(whole, "small: a.onnx")


@replay("bundles", "folder")
def test_a_folder(given, expected, tmp_path):
    for path, entry in given["entries"].items():
        _made(tmp_path / path, entry)
    (tmp_path / "empty").mkdir()
    for number in range(given.get("empty", 0)):
        (tmp_path / "empty" / str(number)).touch()
    _open(tmp_path, expected)


@replay("bundles", "zip")
def test_a_zip(given, expected, tmp_path):
    (tmp_path / "small.zip").write_bytes(content(given["content"]))
    _open(tmp_path / "small.zip", expected)


@replay("bundles", "place")
def test_a_place_where_there_is_no_bundle(given, expected, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with refused_as(expected):
        ModelBundle.open(given["given"])


def _made(place, entry):
    place.parent.mkdir(parents=True, exist_ok=True)
    if "file" in entry:
        place.write_bytes(content(entry["file"]))
    elif "folder" in entry:
        place.mkdir()
    elif "link" in entry:
        place.symlink_to(entry["link"])
    elif hasattr(os, "mkfifo"):
        os.mkfifo(place)
    else:
        pytest.skip("this system has no named pipes")


def _open(place, expected):
    with refused_as(expected):
        bundle = ModelBundle.open(place)
        assert bundle.manifest.name == expected["name"]
        assert sorted(bundle.manifest.files) == expected["files"]
        for name in expected["files"]:
            assert len(bundle.read(name)) == bundle.manifest.files[name].bytes
