"""What may not get in: weights from outside by any name, pipes and devices, and text that commands a terminal."""

import os
import shutil
import threading

import numpy as np
import onnx
import pytest
from click.testing import CliRunner
from made_files import manifest_of, seal
from onnx import TensorProto
from PIL import Image

from amirnet import AmirnetError, ModelBundle, Restorer
from amirnet.batch.ledger import Ledger
from amirnet.bundle import model_bundle
from amirnet.cli import cli
from amirnet.cli.console import shown
from amirnet.errors import BundleError, EngineError, ExternalDataError, ManifestError, OutputError, UnsafePathError

ESCAPE = "\x1b]0;owned\x07\x1b[31m"
ODD = f"line one\nline two {ESCAPE} \u202eright to left\u2028end\x9b31m"


def renamed(folder, name, content=None):
    """The toy bundle sealed again, its restorer under another name."""
    manifest = manifest_of(folder)
    manifest["models"]["restorer"]["onnx"]["float32"] = name
    model = (folder / "restorer.onnx").read_bytes()
    (folder / "restorer.onnx").unlink()
    (folder / name).write_bytes(model if content is None else content)
    return seal(folder, manifest)


def with_weights_outside(content, location):
    model = onnx.load_from_string(content)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", location
    return model.SerializeToString()


@pytest.mark.parametrize("name", ["restorer.bin", "restorer.ONNX", "restorer", "restorer.ort", "restorer.tflite"])
def test_weights_outside_are_found_by_use_and_not_by_name(toy_copy, form, name):
    content = with_weights_outside((toy_copy / "restorer.onnx").read_bytes(), "weights.bin")
    with pytest.raises(ExternalDataError, match="reads its weights from other files"):
        ModelBundle.open(form(renamed(toy_copy, name, content)))


@pytest.mark.parametrize("name", ["restorer.bin", "restorer.ONNX"])
def test_a_sound_model_by_another_name_runs(toy_copy, toy_photo, name):
    Restorer.from_bundle(renamed(toy_copy, name)).restore(toy_photo)


def test_an_unused_file_with_the_suffix_is_looked_at_too(toy_copy, form):
    (toy_copy / "more.OnnX").write_bytes(with_weights_outside((toy_copy / "restorer.onnx").read_bytes(), "w"))
    with pytest.raises(ExternalDataError):
        ModelBundle.open(form(seal(toy_copy, manifest_of(toy_copy))))


@pytest.mark.parametrize("content", [
    b"\x18\0\0\0ORTM" + bytes(400), b"not a model", b"", bytes(64), b"\x08\x09",
], ids=["ort", "text", "empty", "zeros", "no graph"])  # fmt: skip
def test_what_is_run_as_onnx_is_onnx(toy_copy, form, content):
    with pytest.raises(BundleError, match=r"is not an ONNX model \(damaged, or in another format\); export"):
        ModelBundle.open(form(renamed(toy_copy, "restorer.onnx", content)))


def test_a_model_cut_short_is_refused(toy_copy):
    content = (toy_copy / "restorer.onnx").read_bytes()
    with pytest.raises(BundleError, match="is not an ONNX model"):
        ModelBundle.open(renamed(toy_copy, "restorer.onnx", content[:-7]))


def test_a_folder_is_no_onnx_model(toy_copy):
    model = (toy_copy / "restorer.onnx").read_bytes()
    (toy_copy / "restorer.onnx").unlink()
    (toy_copy / "restorer.onnx").mkdir()
    (toy_copy / "restorer.onnx" / "model").write_bytes(model)
    with pytest.raises(BundleError, match="is a folder, and an ONNX model is a file"):
        ModelBundle.open(seal(toy_copy, manifest_of(toy_copy)))


def within(seconds, work):
    """Raises AssertionError where the work hangs."""
    found = []

    def run():
        try:
            work()
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), "it hangs"
    if found:
        raise found[0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_and_devices_are_refused_at_once(tmp_path, photo, toy_copy):
    os.mkfifo(tmp_path / "pipe.zip")
    (tmp_path / "zero.zip").symlink_to("/dev/zero")
    for name in ("pipe.zip", "zero.zip"):
        with pytest.raises(BundleError, match="not a file; give a bundle's folder or zip file"):
            within(5, lambda name=name: ModelBundle.open(tmp_path / name))
    out = tmp_path / "out"
    (out / ".amirnet").mkdir(parents=True)
    os.mkfifo(out / ".amirnet" / "done.jsonl")
    with pytest.raises(OutputError, match=r"cannot be read \(not a plain file\); remove it"):
        within(5, lambda: Ledger(out))
    files = model_bundle.FolderFiles(toy_copy)
    (toy_copy / "encoder.onnx").unlink()
    os.mkfifo(toy_copy / "encoder.onnx")  # it came after the folder was listed
    with pytest.raises(UnsafePathError, match="not a plain file"):
        within(5, lambda: files.read("encoder.onnx", 10))


@pytest.mark.parametrize("depth", [65, 400, 3000])
def test_metrics_too_deep_are_refused_and_others_are_fine(toy_copy, depth, tmp_path, photo):
    manifest = manifest_of(toy_copy)
    nested = {}
    for _ in range(60):
        nested = {"a": nested}
    manifest["metrics"] = nested
    seal(toy_copy, manifest)
    found = CliRunner().invoke(
        cli, ["restore", str(photo), "-o", f"{tmp_path}/out", "--jobs", "1", "--model", str(toy_copy)]
    )
    assert found.exit_code == 0, found.output
    text = (toy_copy / "manifest.json").read_text()
    at = text.index('"metrics"')
    (toy_copy / "manifest.json").write_text(text[:at] + '"x": ' + "[" * depth + "]" * depth + "," + text[at:])
    with pytest.raises(ManifestError, match=r"nested more than 64 deep|not JSON"):
        ModelBundle.open(toy_copy)


def test_a_fingerprint_is_the_manifests(toy_copy):
    bundle = ModelBundle.open(toy_copy)
    other = ModelBundle.open(seal(toy_copy, {**manifest_of(toy_copy), "metrics": {"a": list(range(1000))}}))
    assert len(bundle.fingerprint) == 64 and bundle.fingerprint != other.fingerprint
    assert ModelBundle.open(toy_copy).fingerprint == other.fingerprint


@pytest.fixture
def shipped(tmp_path, monkeypatch, toy_bundle):
    """A place for shipped bundles with one that an installer linked, file by file."""
    place, store = tmp_path / "bundles", tmp_path / "store"
    shutil.copytree(toy_bundle, store)
    (place / "linked").mkdir(parents=True)
    for file in store.iterdir():
        (place / "linked" / file.name).symlink_to(file)
    (place / "whole").symlink_to(store)
    monkeypatch.setattr(model_bundle, "SHIPPED", place)
    return place


@pytest.mark.parametrize("name", ["linked", "whole"])
def test_an_installed_bundle_may_be_links(shipped, toy_photo, name):
    Restorer.from_bundle(name).restore(toy_photo)
    (shipped.parent / "store" / "encoder.onnx").write_bytes(b"other")
    with pytest.raises(BundleError, match=r"encoder\.onnx"):
        ModelBundle.open(name)


def test_any_other_bundle_may_not(shipped):
    with pytest.raises(UnsafePathError, match="is a link"):
        ModelBundle.open(shipped / "linked")


@pytest.mark.parametrize("text", [ODD, "\udcff\udc1b", "plain", "日本 é", "tab\there"])
def test_what_is_shown_commands_nothing(text):
    found = shown(text)
    assert found.isprintable() and found.encode("utf-8")
    assert (found == text) == (text in ("plain", "日本 é"))


def test_texts_of_a_bundle_are_shown_and_not_obeyed(toy_copy, photo, tmp_path):
    manifest = {**manifest_of(toy_copy), "name": ODD, "description": ODD, "license": ODD, "metrics": {"a": ODD}}
    manifest["identity"] = ODD
    for node in manifest["tree"]["nodes"]:
        node["label"] = ODD
    bundle = str(seal(toy_copy, manifest))
    name = tmp_path / "a\x1b[2Jb\nc.png"
    photo.rename(name)
    for words in (
        ["inspect", bundle], ["inspect", str(name), "--model", bundle], ["restore", str(name), "--model", bundle],
        ["restore", str(name), "-o", f"{tmp_path}/out", "--jobs", "1", "--model", bundle],
        ["inspect", str(name) + "x.png"], ["restore", str(name) + "x", "-o", f"{tmp_path}/out/"],
    ):  # fmt: skip
        found = CliRunner().invoke(cli, words)
        for line in (found.stdout + found.stderr).splitlines():
            assert line.isprintable(), line
        if found.exit_code:
            assert found.stderr.count("\n") == 1
        elif words[0] == "restore" and "--jobs" not in words:
            assert found.stdout.count("\n") == 1


def test_a_failure_in_a_table_commands_nothing(tmp_path, toy_bundle, photo):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a\x1b[31m.jpg").write_bytes(b"no photo")
    words = ["restore", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--model", str(toy_bundle)]
    found = CliRunner().invoke(cli, words)
    assert found.exit_code == 1 and "\x1b" not in found.stderr and "\\x1b[31m.jpg" in found.stderr


def test_hidden_files_are_no_photos_of_a_training_set(tmp_path, toy_photo):
    from amirnet_training.data.images import list_images

    Image.fromarray(toy_photo).save(tmp_path / "a.png")
    (tmp_path / "._a.png").write_bytes(b"\0\5\x16\7 what a copy to another system leaves")
    assert [path.name for path in list_images(tmp_path)] == ["a.png"]
    from amirnet_export.parity.samples import sample_photos

    assert [sample.name for sample in sample_photos(tmp_path)] == ["a.png"]


@pytest.mark.parametrize("content", [b"not a flatbuffer", bytes(2000), b"\x1c\0\0\0TFL3" + bytes(600)])
def test_what_no_tflite_engine_can_load_is_named(toy_copy, content):
    pytest.importorskip("ai_edge_litert.interpreter")
    manifest = manifest_of(toy_copy)
    for role in ("encoder", "restorer"):
        (toy_copy / f"{role}.tflite").write_bytes(content)
        manifest["models"][role]["tflite"] = {"float32": f"{role}.tflite"}
    restorer = Restorer.from_bundle(seal(toy_copy, manifest), engine="tflite")
    with pytest.raises(EngineError, match=r"encoder\.tflite: cannot be loaded .*; export it again"):
        restorer.restore(np.zeros((40, 40, 3), np.uint8))


@pytest.mark.parametrize("content", [b"\xff\xff\xff no protobuf", b"", bytes(64)])
def test_what_no_core_ml_engine_can_load_is_named(toy_copy, content):
    pytest.importorskip("coremltools")
    manifest = manifest_of(toy_copy)
    for role in ("encoder", "restorer"):
        package = toy_copy / f"{role}.mlpackage" / "Data" / "com.apple.CoreML"
        package.mkdir(parents=True)
        (package / "model.mlmodel").write_bytes(content)
        manifest["models"][role]["coreml"] = {"float32" if role == "encoder" else "float16": f"{role}.mlpackage"}
    restorer = Restorer.from_bundle(seal(toy_copy, manifest), engine="coreml")
    with pytest.raises(AmirnetError, match=r"Core ML: the package|cannot be loaded") as caught:
        restorer.restore(np.zeros((40, 40, 3), np.uint8))
    assert len(str(caught.value).splitlines()) == 1
