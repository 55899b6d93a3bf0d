"""Bundles: opened when they are exactly what was sealed, otherwise refused by name, as a folder and as a zip."""

import json
import os
import shutil

import pytest

from amirnet import ModelBundle
from amirnet.bundle import bundle_files, model_bundle
from amirnet.errors import (
    BundleError,
    ChangedFileError,
    ExtraFileError,
    ManifestError,
    MissingFileError,
    UnknownBundleError,
    UnsafePathError,
    UnsupportedSchemaError,
)


def test_a_sound_bundle_opens(toy_copy, form):
    opened = ModelBundle.open(form(toy_copy))
    assert opened.manifest.name == "toy"
    assert opened.manifest.tile.halo == 12
    assert opened.tree.size == 7
    assert opened.manifest.models["encoder"]["onnx"]["float32"] == "encoder.onnx"
    assert opened.read("encoder.onnx") == (toy_copy / "encoder.onnx").read_bytes()


def test_a_later_minor_version_and_unknown_fields_are_read(reseal, form):
    folder = reseal(lambda manifest: manifest.update(schema="1.7", novelty={"a": 1}))
    assert ModelBundle.open(form(folder)).manifest.schema == "1.7"


def test_a_model_that_is_a_folder_is_sealed_file_by_file(toy_copy, reseal, form):
    (toy_copy / "net.mlpackage" / "Data").mkdir(parents=True)
    (toy_copy / "net.mlpackage" / "Data" / "weight.bin").write_bytes(b"w")
    folder = reseal(lambda manifest: manifest["models"]["encoder"].update(coreml={"float16": "net.mlpackage"}))
    assert ModelBundle.open(form(folder)).read("net.mlpackage/Data/weight.bin") == b"w"


def test_missing_file(toy_copy, form):
    (toy_copy / "encoder.onnx").unlink()
    with pytest.raises(MissingFileError, match=r"encoder\.onnx is missing"):
        ModelBundle.open(form(toy_copy))


def test_missing_manifest(toy_copy, form):
    (toy_copy / "manifest.json").unlink()
    with pytest.raises(MissingFileError, match=r"no manifest\.json"):
        ModelBundle.open(form(toy_copy))


@pytest.mark.parametrize("name", ["notes.txt", ".DS_Store", "deep/er/notes.txt"])
def test_extra_file(toy_copy, form, name):
    (toy_copy / name).parent.mkdir(parents=True, exist_ok=True)
    (toy_copy / name).write_bytes(b"")
    with pytest.raises(ExtraFileError, match=name):
        ModelBundle.open(form(toy_copy))


def test_changed_file(toy_copy, form):
    content = bytearray((toy_copy / "encoder.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (toy_copy / "encoder.onnx").write_bytes(content)
    with pytest.raises(ChangedFileError, match=r"encoder\.onnx was changed"):
        ModelBundle.open(form(toy_copy))


@pytest.mark.parametrize("grow", [b"x", b""])
def test_truncated_or_grown_file(toy_copy, form, grow):
    content = (toy_copy / "encoder.onnx").read_bytes()
    (toy_copy / "encoder.onnx").write_bytes(content + grow if grow else content[:-10])
    with pytest.raises(ChangedFileError, match=rf"encoder\.onnx has .* bytes, not {len(content)}"):
        ModelBundle.open(form(toy_copy))


def test_a_file_changed_after_opening_is_noticed(toy_copy):
    opened = ModelBundle.open(toy_copy)
    (toy_copy / "encoder.onnx").write_bytes(b"x")
    with pytest.raises(ChangedFileError):
        opened.read("encoder.onnx")


@pytest.mark.parametrize("schema", ["2.0", "0.9", "10.0"])
def test_unknown_major_version_is_refused_before_anything_else(reseal, form, schema):
    def edit(manifest):
        manifest.clear()
        manifest["schema"] = schema

    with pytest.raises(UnsupportedSchemaError, match=f"schema {schema}, but this release reads 1"):
        ModelBundle.open(form(reseal(edit)))


@pytest.mark.parametrize(
    "name",
    [
        "../evil.onnx",
        "/etc/passwd",
        "a\\b.onnx",
        "C:evil",
        "a//b",
        "./a",
        "a/../b",
        "",
        "a/",
        "n\u00e4me",
        "a\x00b",
        "..",
    ],
)
def test_a_listed_path_that_could_leave_the_folder(toy_copy, form, name):
    manifest = json.loads((toy_copy / "manifest.json").read_text())
    manifest["files"][name] = {"sha256": "0" * 64, "bytes": 1}
    (toy_copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(UnsafePathError, match="unsafe path"):
        ModelBundle.open(form(toy_copy))


@pytest.mark.parametrize("name", ["encoder.onnx", "manifest.json", "extra.txt"])
def test_a_link_in_the_folder(toy_copy, tmp_path, name):
    outside = tmp_path / "outside"
    if (toy_copy / name).exists():
        shutil.move(toy_copy / name, outside)
    else:
        outside.write_bytes(b"")
    (toy_copy / name).symlink_to(outside)
    with pytest.raises(UnsafePathError, match="is a link"):
        ModelBundle.open(toy_copy)


def test_a_link_in_the_bundles_own_place_is_followed(toy_copy, tmp_path, form):
    place = form(toy_copy)
    (tmp_path / "link").symlink_to(place)
    assert ModelBundle.open(tmp_path / "link").fingerprint == ModelBundle.open(place).fingerprint


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_the_folder_is_refused_and_not_waited_for(toy_copy):
    os.mkfifo(toy_copy / "pipe")
    with pytest.raises(UnsafePathError, match="not a plain file"):
        ModelBundle.open(toy_copy)


def test_too_many_files(toy_copy, form, monkeypatch):
    monkeypatch.setattr(bundle_files, "ENTRIES", 2)
    with pytest.raises(ExtraFileError, match="more than 2"):
        ModelBundle.open(form(toy_copy))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[1]",
        b"\xff\xfe",
        b"nul",
        b'{"schema": "1.0", "schema": "1.0"}',
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b"[" * 99999,
    ],
)
def test_a_manifest_that_is_not_json(toy_copy, form, content):
    (toy_copy / "manifest.json").write_bytes(content)
    with pytest.raises(ManifestError, match=r"manifest\.json: "):
        ModelBundle.open(form(toy_copy))


def test_an_endless_manifest(toy_copy, form, monkeypatch):
    monkeypatch.setattr(model_bundle, "MANIFEST_BYTES", 100)
    with pytest.raises(BundleError, match="larger than 100 bytes"):
        ModelBundle.open(form(toy_copy))


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (lambda m: m.pop("schema"), "schema is missing"),
        (lambda m: m.update(schema="1"), "not MAJOR.MINOR"),
        (lambda m: m.update(schema=1.0), "schema is not a text"),
        (lambda m: m.pop("name"), "name is missing"),
        (lambda m: m.update(geometry=[]), "geometry is not an object"),
        (lambda m: m["geometry"]["probe"].update(size=0), "size is not a whole number from 1"),
        (lambda m: m["geometry"]["probe"].update(size=True), "size is not a whole number"),
        (lambda m: m["geometry"]["tile"].update(radius=13), "radius is 13, more than the halo of 12"),
        (lambda m: m["geometry"]["tile"].update(halo=10), "halo 10: must be a multiple"),
        (lambda m: m["geometry"]["tile"].update(size=57), "tile 57: must be a multiple"),
        (lambda m: m["geometry"]["tile"].update(flexible=1), "flexible is not true or false"),
        (lambda m: m["geometry"]["tile"].update(preferred=52), "preferred is 52, but it is at least the size"),
        (lambda m: m["geometry"]["tile"].update(preferred=60, flexible=False), "preferred is 60, but .* all are one"),
        (lambda m: m["geometry"]["tile"].update(preferred=61), "tile 61: must be a multiple"),
        (lambda m: m["tree"].update(conditioning="hard"), "'hard', not \"node\" or \"soft\""),
        (lambda m: m["tree"].update(levels=10**9), "levels is not a whole number"),
        (lambda m: m["tree"]["nodes"][1].update(code=["a"] * 7), r"nodes\[1\]: code is not a list of finite numbers"),
        (lambda m: m["tree"]["nodes"][1].update(parent=4), "disagree"),
        (lambda m: m["tree"]["nodes"][1].pop("parent"), "parent is missing"),
        (lambda m: m.update(quantization=5), "quantization is not"),
        (lambda m: m["models"]["encoder"]["onnx"].update(float32="no.onnx"), "'no.onnx', which is not among the files"),
    ],
)  # fmt: skip
def test_a_field_that_is_wrong_is_named(reseal, edit, problem):
    with pytest.raises(ManifestError, match=problem) as caught:
        ModelBundle.open(reseal(edit))
    assert "manifest.json" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("sha256", ["", "A" * 64, "0" * 63, "g" * 64])
def test_a_seal_that_is_none(toy_copy, sha256):
    manifest = json.loads((toy_copy / "manifest.json").read_text())
    manifest["files"]["encoder.onnx"]["sha256"] = sha256
    (toy_copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ManifestError, match="64 lower-case hex"):
        ModelBundle.open(toy_copy)


def test_unknown_names_say_what_there_is(monkeypatch, tmp_path, toy_copy):
    with pytest.raises(UnknownBundleError, match="nosuch: no such shipped bundle"):
        ModelBundle.open("nosuch")
    with pytest.raises(UnknownBundleError, match="no such folder or zip file"):
        ModelBundle.open(tmp_path / "nosuch.zip")
    monkeypatch.setattr(model_bundle, "SHIPPED", toy_copy.parent)
    with pytest.raises(UnknownBundleError, match="shipped: toy"):
        ModelBundle.open("nosuch")


def test_a_bare_shipped_name_wins_over_a_folder_of_that_name(monkeypatch, tmp_path, toy_copy):
    monkeypatch.setattr(model_bundle, "SHIPPED", toy_copy.parent)
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "toy").mkdir(parents=True)
    monkeypatch.chdir(elsewhere)
    assert ModelBundle.open("toy").manifest.name == "toy"
    with pytest.raises(MissingFileError):
        ModelBundle.open("./toy")
