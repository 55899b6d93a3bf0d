"""Small bundles that ask for much: of time, of memory, of entries. Refused by name, or opened in seconds."""

import hashlib
import json
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from amirnet import ModelBundle
from amirnet.bundle import bundle_files
from amirnet.bundle.manifest import BUNDLE_BYTES
from amirnet.errors import BundleError, ExtraFileError, ManifestError, MissingFileError

SECONDS = 5.0


def edited(folder, edit):
    """The folder with its manifest changed, and its seals left as they are."""
    manifest = json.loads((folder / "manifest.json").read_text())
    edit(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_many_models_among_many_files_do_not_take_long(toy_copy):
    def fill(manifest):
        manifest["files"] |= {f"f{number}": {"sha256": "0" * 64, "bytes": 1} for number in range(60_000)}
        manifest["files"]["z/a"] = {"sha256": "0" * 64, "bytes": 1}
        manifest["models"]["many"] = {"onnx": {str(number): "z" for number in range(100_000)}}

    edited(toy_copy, fill)
    start = time.process_time()
    with pytest.raises(MissingFileError):
        ModelBundle.open(toy_copy)
    assert time.process_time() - start < SECONDS


def test_a_model_that_is_no_file_and_no_folder_is_still_noticed(toy_copy):
    def fill(manifest):
        manifest["models"]["encoder"]["onnx"]["float32"] = "encoder"

    with pytest.raises(ManifestError, match="names 'encoder', which is not among the files"):
        ModelBundle.open(edited(toy_copy, fill))


@pytest.mark.parametrize("sizes", [[BUNDLE_BYTES + 1], [BUNDLE_BYTES // 2 + 1] * 2, [BUNDLE_BYTES]])
def test_files_that_add_up_to_too_much(toy_copy, sizes):
    def fill(manifest):
        manifest["files"] |= {f"f{at}": {"sha256": "0" * 64, "bytes": size} for at, size in enumerate(sizes)}

    with pytest.raises(ManifestError, match="bytes"):
        ModelBundle.open(edited(toy_copy, fill))


def test_too_many_entries_are_noticed_before_they_are_listed(toy_copy, zipped, monkeypatch):
    monkeypatch.setattr(bundle_files, "ENTRIES", 10)
    path = zipped(toy_copy, **{f"f{number}": b"" for number in range(25)})
    monkeypatch.setattr(zipfile, "ZipFile", lambda *given: pytest.fail("listed"))
    with pytest.raises(ExtraFileError, match="more than 10 entries"):
        ModelBundle.open(path)


def test_a_large_entry_is_unpacked_in_pieces(toy_copy, zipped, monkeypatch):
    large = bytes(8 * 2**20 + 5)

    def fill(manifest):
        manifest["files"]["large"] = {"sha256": hashlib.sha256(large).hexdigest(), "bytes": len(large)}

    path = zipped(edited(toy_copy, fill), large=large)
    asked = []
    read = zipfile.ZipExtFile.read
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda self, n=-1: asked.append(n) or read(self, n))
    assert ModelBundle.open(path).read("large") == large
    assert max(asked) <= 2**20 and min(asked) >= 0


def no_memory(*given):
    raise MemoryError


@pytest.mark.parametrize("form", ["folder", "zip", "entry"])
def test_too_little_memory_is_named(toy_copy, zipped, monkeypatch, form):
    path = toy_copy if form == "folder" else zipped(toy_copy)
    if form == "folder":
        monkeypatch.setattr(bundle_files, "open", lambda *given: Unreadable(), raising=False)
    elif form == "zip":
        monkeypatch.setattr(Path, "read_bytes", no_memory)
    else:
        monkeypatch.setattr(zipfile.ZipExtFile, "read", no_memory)
    with pytest.raises(BundleError, match="memory") as caught:
        ModelBundle.open(path)
    assert len(str(caught.value).splitlines()) == 1


class Unreadable(BytesIO):
    """A file too large for the memory."""

    read = no_memory
