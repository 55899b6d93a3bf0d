"""What can be wrong with a zip and with no folder: entries, links, duplicates, damage, bombs."""

import json
import stat
import zipfile
from functools import cache
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amirnet import ModelBundle
from amirnet.errors import BundleError, ChangedFileError, ExtraFileError, MissingFileError, UnsafePathError


@cache
def whole_zip(folder):
    """The bytes of the folder as a zip."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for item in sorted(folder.iterdir()):
            file.write(item, item.name)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["../evil", "/evil", "a\\evil", "a/../../evil"])
def test_a_zip_entry_that_could_leave_the_folder(toy_copy, name, zipped):
    with pytest.raises(UnsafePathError, match="unsafe path"):
        ModelBundle.open(zipped(toy_copy, **{name: b""}))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_a_link_or_a_device_in_a_zip(toy_copy, zipped, kind):
    path = zipped(toy_copy)
    with zipfile.ZipFile(path, "a") as file:
        link = zipfile.ZipInfo("link")
        link.external_attr = (kind | 0o777) << 16
        file.writestr(link, "/etc/passwd")
    with pytest.raises(UnsafePathError, match="is a link"):
        ModelBundle.open(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_twice_in_a_zip(toy_copy, zipped):
    with pytest.raises(ExtraFileError, match="twice"):
        ModelBundle.open(zipped(toy_copy, **{"encoder.onnx": b"other"}))


def test_a_zip_of_the_folder_itself_says_how_to_zip(toy_copy):
    path = toy_copy.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as file:
        for item in toy_copy.iterdir():
            file.write(item, "toy/" + item.name)
    with pytest.raises(MissingFileError, match="zip the files, not the folder"):
        ModelBundle.open(path)


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.999])
def test_a_truncated_zip(toy_copy, keep, zipped):
    path = zipped(toy_copy)
    content = path.read_bytes()
    path.write_bytes(content[: keep if isinstance(keep, int) else int(len(content) * keep)])
    with pytest.raises(BundleError, match="not a whole zip file"):
        ModelBundle.open(path)


def test_a_damaged_zip_entry(toy_copy, zipped):
    path = zipped(toy_copy)
    content = bytearray(path.read_bytes())
    at = content.index(b"encoder.onnx") + 200  # inside the packed bytes of the first entry
    content[at : at + 40] = b"\xff" * 40
    path.write_bytes(content)
    with pytest.raises(ChangedFileError, match=r"encoder\.onnx"):
        ModelBundle.open(path)


def test_a_zip_bomb_is_never_unpacked_beyond_its_seal(toy_copy, monkeypatch, zipped):
    manifest = json.loads((toy_copy / "manifest.json").read_text())
    manifest["files"]["bomb"] = {"sha256": "0" * 64, "bytes": 5}
    (toy_copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ChangedFileError, match="bomb has more bytes, not 5"):
        ModelBundle.open(zipped(toy_copy, bomb=b"0" * 50_000_000))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=4), st.booleans())
def test_whatever_is_damaged_in_a_zip_it_opens_as_sealed_or_is_refused(toy_bundle, tmp_path, changes, directory):
    content = bytearray(whole_zip(toy_bundle))
    for at, byte in changes:
        # The directory at the end is small and full of offsets: aim at it half of the time.
        content[-1 - at % 260 if directory else at % len(content)] = byte
    path = tmp_path / "damaged.zip"
    path.write_bytes(content)
    try:
        opened = ModelBundle.open(path)
    except BundleError as error:
        assert "\n" not in str(error)
    else:
        assert opened.read("encoder.onnx") == (toy_bundle / "encoder.onnx").read_bytes()
