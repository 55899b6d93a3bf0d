"""What may not get lost: photos of a batch for the sake of others, messages, the caller's own settings, the way out."""

import os
import signal
import subprocess
import sys
import threading
import warnings

import numpy as np
import pytest
from click.testing import CliRunner
from made_files import saved
from PIL import Image

from amirnet import PhotoFile, Restorer
from amirnet.batch import native_messages
from amirnet.cli import cli
from amirnet.errors import ImageError
from amirnet.photo import photo_decoder


def amirnet(*words, close=(), before="", **options):
    """Runs the command in a process of its own, with some file descriptors closed as a shell does it with `2>&-`."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    program = [sys.executable, "-c", f"{before}\nfrom amirnet.cli import main; main()", *map(str, words)]
    shell = ["sh", "-c", 'exec "$@"' + "".join(f" {number}>&-" for number in close), "sh", *program]
    return subprocess.run(shell, env=environment, capture_output=True, text=True, check=False, **options)


@pytest.mark.parametrize("close", [(2,), (1,), (0, 1, 2)])
def test_with_streams_closed_photos_are_restored_all_the_same(tmp_path, photo, toy_bundle, close):
    found = amirnet("restore", photo, "-o", tmp_path / "out.png", "--model", toy_bundle, close=close)
    assert found.returncode == 0
    Restorer.from_bundle(toy_bundle).restore(photo).save(tmp_path / "same.png")
    assert (tmp_path / "out.png").read_bytes() == (tmp_path / "same.png").read_bytes()
    assert amirnet("restore", tmp_path / "no.png", close=close).returncode == 2


def damaged_fax(toy_photo, code):
    """A fax TIFF with one byte changed: the decoder notices, says so past Python, and goes on."""
    content = bytearray(saved(Image.fromarray(toy_photo[..., 0]).convert("1"), "TIFF", compression="group3"))
    content[code] ^= 0x5A
    return bytes(content)


def noticed(tmp_path, toy_photo):
    """Content of such a file that Pillow reads while libtiff complains, found by trying."""
    for place in range(60, 1200, 7):
        (tmp_path / "try.tif").write_bytes(damaged_fax(toy_photo, place))
        program = "import sys; from PIL import Image; Image.open(sys.argv[1]).load()"
        done = subprocess.run([sys.executable, "-c", program, tmp_path / "try.tif"], capture_output=True, check=False)
        if done.returncode == 0 and done.stderr:
            return (tmp_path / "try.tif").read_bytes()
    raise AssertionError("no such damage was found")


def test_what_a_decoder_says_past_us_becomes_one_warning_of_ours(tmp_path, toy_photo, toy_bundle):
    content = noticed(tmp_path, toy_photo)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.tif").write_bytes(content)
    Image.fromarray(toy_photo).save(folder / "b.png")
    for words in (["-o", tmp_path / "one"], ["-o", tmp_path / "two", "--jobs", "1"]):
        (tmp_path / words[1].name).mkdir()
        found = amirnet("restore", folder / "a.tif", folder / "b.png", *words, "--model", toy_bundle)
        lines = [line for line in found.stderr.splitlines() if "restored" not in line]
        assert found.returncode == 0 and len(lines) == 1, found.stderr
        assert lines[0].startswith(f"warning: {folder / 'a.tif'}: its decoder complains (")
        assert lines[0].endswith("it may be damaged; copy or download it again")


def test_a_damaged_file_is_one_line_and_it_is_ours(tmp_path, toy_photo, toy_bundle):
    content = bytearray(saved(Image.fromarray(toy_photo), "TIFF", compression="tiff_lzw"))
    content[len(content) // 2 : len(content) // 2 + 40] = b"\xff" * 40
    (tmp_path / "a.tif").write_bytes(content)
    found = amirnet("restore", tmp_path / "a.tif", "--model", toy_bundle)
    assert found.returncode == 2 and found.stderr.count("\n") == 1, found.stderr
    assert found.stderr.startswith(f"error: {tmp_path / 'a.tif'}: damaged or cut short")


def test_messages_of_libraries_are_bounded_and_do_not_stop_the_process(tmp_path):
    program = (
        "import os; from amirnet.batch import native_messages as native\n"
        "native.take_over(); native.take_over()\n"
        "for number in range(100_000):\n"
        "    try: os.write(2, b'libtiff: row %d\\n' % (number // 50_000))\n"
        "    except BlockingIOError: pass\n"
        "print(native.taken(), native.taken(), native.complaints(['a', 'b']))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.startswith("['libtiff: row 0'] [] ('its decoder complains (a and 1 more)")


def test_in_a_process_of_others_nothing_is_taken_over():
    assert native_messages._messages == [] and native_messages.taken() == []


def settings():
    handler = signal.getsignal(signal.SIGTERM)
    return list(warnings.filters), Image.MAX_IMAGE_PIXELS, handler, dict(os.environ), os.getcwd()


def test_nothing_of_the_callers_is_touched(tmp_path, photo, toy_bundle):
    """Filters of warnings, Pillow's limits, signals, environment: the same after many threads worked at once."""
    restorer = Restorer.from_bundle(toy_bundle)
    restorer.restore(photo)  # what is loaded once is loaded
    before = settings()
    threads = [threading.Thread(target=lambda: [PhotoFile.open(photo) for _ in range(30)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert settings() == before


def test_no_filter_is_set_aside_while_a_photo_is_open(photo):
    before = warnings.filters
    with photo_decoder.opened(photo):
        assert warnings.filters is before


def test_a_large_photo_warns_nobody(tmp_path, monkeypatch, recwarn):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5_000)
    Image.new("L", (90, 100)).save(tmp_path / "a.png")
    PhotoFile.open(tmp_path / "a.png")
    assert not recwarn.list
    Image.new("L", (200, 100)).save(tmp_path / "b.png")
    with pytest.raises(ImageError, match="more than 0 million pixels"):
        PhotoFile.open(tmp_path / "b.png")


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("cut", [1, 2])
def test_a_jpeg_that_lacks_its_end_marker_is_read(tmp_path, toy_photo, both_ways, progressive, cut):
    content = saved(Image.fromarray(toy_photo), "JPEG", progressive=progressive)
    (tmp_path / "a.jpg").write_bytes(content[:-cut])
    (tmp_path / "whole.jpg").write_bytes(content)
    found = both_ways(tmp_path / "a.jpg", "out.png")
    assert found.warnings == ["the file lacks its end marker; all of the photo is there"]
    np.testing.assert_array_equal(found.result.photo.pixels, PhotoFile.open(tmp_path / "whole.jpg").pixels)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_that_lacks_more_is_damaged(tmp_path, toy_photo, progressive):
    content = saved(Image.fromarray(toy_photo), "JPEG", progressive=progressive)
    last_scan = content.rindex(b"\xff\xda")
    cuts = [4, 10, 300, *([len(content) - last_scan] if progressive else [])]
    for cut in cuts:
        (tmp_path / "a.jpg").write_bytes(content[:-cut])
        with pytest.raises(ImageError, match="damaged or cut short"):
            PhotoFile.open(tmp_path / "a.jpg")


def restore(*words, model):
    return CliRunner().invoke(cli, ["restore", *map(str, words), "--model", str(model)])


def test_files_that_cannot_be_read_claim_no_names(tmp_path, toy_photo, toy_bundle):
    folder = tmp_path / "in"
    folder.mkdir()
    Image.fromarray(toy_photo).save(folder / "a.png")
    (folder / "a.nef").write_bytes(b"II*\0 raw")
    (folder / "a.psd").write_bytes(b"8BPS layers")
    Image.fromarray(255 - toy_photo).save(folder / "a.pcx", "PNG")  # by its content it is one after all
    found = restore(folder, "-o", tmp_path / "out", model=toy_bundle)
    assert found.exit_code == 1 and "2 failed" in found.stderr and "2 restored" in found.stderr
    made = sorted(path.name for path in (tmp_path / "out").iterdir() if not path.name.startswith("."))
    assert made == ["a.pcx_restored.png", "a_restored.png"]
    expected = Restorer.from_bundle(toy_bundle).restore(folder / "a.png")
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "out" / "a_restored.png")), expected.image)


def test_two_photos_with_one_output_are_refused_as_ever(tmp_path, toy_photo, toy_bundle):
    for name in ("a.gif", "a.png"):
        Image.fromarray(toy_photo).save(tmp_path / name)
    found = restore(tmp_path, "-o", tmp_path / "out", model=toy_bundle)
    assert found.exit_code == 2 and "would hold both" in found.stderr


def test_the_remedy_for_an_output_that_is_another_photo_helps(tmp_path, photo, toy_bundle):
    assert restore(photo, model=toy_bundle).exit_code == 0
    both = sorted(tmp_path.glob("photo*.png"))
    for more in ([], ["--overwrite"]):
        found = restore(*both, *more, model=toy_bundle)
        assert found.exit_code == 2 and "--overwrite" not in found.stderr
        assert "would overwrite the input" in found.stderr and "leave that one out, or choose" in found.stderr
    assert restore(*both, "-o", tmp_path / "out", model=toy_bundle).exit_code == 0


def test_a_photo_with_a_zip_behind_it_is_a_photo(tmp_path, toy_bundle, toy_photo, zipped):
    content = saved(Image.fromarray(toy_photo), "JPEG")
    path = tmp_path / "a.jpg"
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "x").write_bytes(b"1")
    path.write_bytes(content + zipped(tmp_path / "toy").read_bytes())
    found = CliRunner().invoke(cli, ["inspect", str(path), "--model", str(toy_bundle)])
    assert found.exit_code == 0 and "130x97 pixels" in found.stdout, found.output


@pytest.mark.parametrize("error", ["MemoryError()", "ImportError('x.so: failed to map segment from shared object')"])
def test_too_little_memory_is_one_line(photo, toy_bundle, error):
    before = f"import amirnet.cli.restore as r\ndef fail(*a, **k): raise {error}\nr.Restorer.from_bundle = fail"
    found = amirnet("restore", photo, "--model", toy_bundle, before=before)
    assert found.returncode == 2 and found.stderr.count("\n") == 1, found.stderr
    assert "memory" in found.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a limit of open files")
def test_too_few_open_files_are_not_a_matter_of_names(tmp_path, photo, toy_bundle):
    for limit in range(6, 17):
        before = f"""
import resource, amirnet.cli.restore, amirnet.engines.onnx as onnx
onnx.load_onnxruntime()
resource.setrlimit(resource.RLIMIT_NOFILE, ({limit}, {limit}))
"""
        found = amirnet("restore", photo, "-o", tmp_path / "out.png", "--model", toy_bundle, before=before)
        assert found.returncode in (0, 2) and "Traceback" not in found.stderr, found.stderr
        if found.returncode:
            assert found.stderr.count("\n") == 1 and "another name" not in found.stderr, found.stderr


def test_our_own_misuse_is_never_called_a_damaged_file(photo, monkeypatch):
    def misuse(image):
        return image.no_such_thing

    monkeypatch.setattr("amirnet.photo.photo_file.deep_samples", misuse)
    was = misuse.__globals__["__name__"]
    misuse.__globals__["__name__"] = "amirnet.photo.photo_file"
    try:
        with pytest.raises(AttributeError):
            PhotoFile.open(photo)
    finally:
        misuse.__globals__["__name__"] = was
