"""Rows of docs/FIDELITY.md: a result is there whole or not at all, whatever happens and whatever its name is."""

import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from amirnet import Restorer
from amirnet.errors import OutputError
from amirnet.photo.atomic_file import write_file, write_with
from amirnet.photo.photo_file import PhotoFile

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX signals, limits and permissions")


@pytest.fixture
def in_child(tmp_path, toy_bundle):
    """Runs `amirnet restore ARGS` in a process of its own, after some lines of Python."""

    def run(before, *args):
        program = f"{before}\nimport amirnet.cli\namirnet.cli.main()"
        return subprocess.run(
            [sys.executable, "-c", program, "restore", *map(str, args), "--model", str(toy_bundle)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    return run


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_row_overwrite(photo, toy_bundle, toy_photo, refused_both_ways, in_child, tmp_path):
    restorer = Restorer.from_bundle(toy_bundle)
    result = restorer.restore(photo)
    before = photo.read_bytes()
    with pytest.raises(OutputError, match="would overwrite the input; choose another name, or give overwrite=True"):
        result.save(photo)
    refused = in_child("", photo, "-o", photo)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "would overwrite the input; choose another -o, or allow it with --overwrite" in refused.stderr
    assert photo.read_bytes() == before
    assert in_child("", photo, "-o", photo, "--overwrite").returncode == 0
    np.testing.assert_array_equal(np.asarray(Image.open(photo)), result.image)
    photo.write_bytes(before)
    result.save(photo, overwrite=True)
    np.testing.assert_array_equal(np.asarray(Image.open(photo)), result.image)
    assert names(tmp_path) == ["photo.png"]


def test_row_overwrite_link(photo, toy_bundle, tmp_path):
    photo.chmod(0o600)
    (tmp_path / "link.png").symlink_to(photo)
    result = Restorer.from_bundle(toy_bundle).restore(tmp_path / "link.png")
    result.save(tmp_path / "link.png", overwrite=True)
    assert (tmp_path / "link.png").is_symlink()
    np.testing.assert_array_equal(np.asarray(Image.open(photo)), result.image)
    assert photo.stat().st_mode & 0o777 == 0o600


def test_overwrite_never_takes_another_input(photo, tmp_path, toy_bundle, toy_photo):
    from click.testing import CliRunner

    from amirnet.cli import cli

    Image.fromarray(toy_photo).save(tmp_path / "photo_restored.png")
    inputs = [str(photo), str(tmp_path / "photo_restored.png")]
    found = CliRunner().invoke(cli, ["restore", *inputs, "--overwrite", "--model", str(toy_bundle)])
    assert found.exit_code == 2
    assert "photo_restored.png: would overwrite the input" in found.stderr


KILLS = {
    "written": "import os; os.fsync = lambda f: KILL",
    "half": """
import os
real = os.fdopen
def open_(number, *args, **kwargs):
    handle = real(number, *args, **kwargs)
    class Half:
        def __enter__(self): handle.__enter__(); return self
        def __exit__(self, *error): return handle.__exit__(*error)
        def fileno(self): return handle.fileno()
        def write(self, content): handle.write(content[: len(content) // 2]); handle.flush(); KILL
    return Half()
os.fdopen = open_""",
    "flushed": "import os; real = os.fsync; os.fsync = lambda f: (real(f), KILL)",
    "renaming": "import os; os.replace = lambda a, b: KILL",
    "renamed": "import os; real = os.replace; os.replace = lambda a, b: (real(a, b), KILL)",
}
"""Where a real SIGKILL strikes the writer."""


@pytest.mark.parametrize("moment", KILLS)
def test_row_killed(photo, toy_bundle, in_child, tmp_path, moment):
    before = photo.read_bytes()
    after = tmp_path / "after" / "photo.png"
    Restorer.from_bundle(toy_bundle).restore(photo).save(after)
    kill = "os.kill(os.getpid(), 9)"
    found = in_child(KILLS[moment].replace("KILL", kill), photo, "-o", photo, "--overwrite")
    assert found.returncode == -signal.SIGKILL, found.stderr
    assert photo.read_bytes() == (after.read_bytes() if moment == "renamed" else before)
    left = [name for name in names(tmp_path) if name not in ("after", "photo.png")]
    assert all(name.startswith(".photo.png.") and name.endswith(".part") for name in left)
    assert len(left) == (0 if moment == "renamed" else 1)
    Restorer.from_bundle(toy_bundle).restore(photo).save(photo, overwrite=True)
    assert names(tmp_path) == ["after", "photo.png"], "the next run cleans up"


def test_a_writer_at_work_is_left_alone(tmp_path):
    """Another process's temporary file is locked while it writes; only a dead one's is taken away."""
    program = (
        "import sys, fcntl; f = open(sys.argv[1], 'wb'); fcntl.flock(f, fcntl.LOCK_EX); print('on', flush=True); "
        "sys.stdin.read()"
    )
    other = tmp_path / ".a.bin.12345.part"
    child = subprocess.Popen([sys.executable, "-c", program, other], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"on\n"
    write_file(tmp_path / "a.bin", b"one")
    assert names(tmp_path) == [".a.bin.12345.part", "a.bin"]
    child.communicate(b"")
    write_file(tmp_path / "b.bin", b"another file's leftovers are not this writer's business")
    assert other.exists()
    write_file(tmp_path / "a.bin", b"two")
    assert names(tmp_path) == ["a.bin", "b.bin"]
    assert (tmp_path / "a.bin").read_bytes() == b"two"


@pytest.mark.parametrize("name", ["фото 日本 é.png", "two  spaces .png", "-dash.png", "100%[x]*.png", "new\nline.png"])
def test_row_names(photo, tmp_path, both_ways, name):
    path = tmp_path / name
    photo.rename(path)
    assert both_ways(path, name).path.is_file()


def test_row_read_only(photo, toy_bundle):
    """Permissions do not bind root, who therefore becomes nobody for a moment. The command: test_cli_restore.py."""
    result = Restorer.from_bundle(toy_bundle).restore(photo)
    user, folder = os.geteuid(), Path(tempfile.mkdtemp())
    folder.chmod(0o555)
    try:
        os.seteuid(user or 65534)
        with pytest.raises(OutputError, match=r"cannot be written \(Permission denied\); choose another place"):
            result.save(folder / "out.png")
        assert names(folder) == []
    finally:
        os.seteuid(user)
        folder.rmdir()


def test_row_full_disk(photo, tmp_path, in_child):
    limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    limit += f"resource.setrlimit(resource.RLIMIT_FSIZE, (1000, {resource.RLIM_INFINITY}))"
    before = photo.read_bytes()
    found = in_child(limit, photo, "-o", photo, "--overwrite")
    assert found.returncode == 2
    assert found.stderr == f"error: {photo}: cannot be written (File too large); choose another place\n"
    assert (photo.read_bytes(), names(tmp_path)) == (before, ["photo.png"])


def test_two_threads_with_one_name_write_one_file_or_the_other(tmp_path):
    """Neither writes into the other's temporary file, nor takes it away."""
    contents = [bytes([letter]) * 200_000 for letter in b"ab"]
    seen = set()

    def fill(handle, content):
        for at in range(0, len(content), 1000):
            handle.write(content[at : at + 1000])
            handle.flush()

    def write(content):
        for _ in range(20):
            write_with(tmp_path / "a.bin", partial(fill, content=content))
            seen.add((tmp_path / "a.bin").read_bytes())

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen <= set(contents)
    assert names(tmp_path) == ["a.bin"]


@pytest.mark.skipif(os.name == "nt", reason="names of 255 bytes")
def test_a_name_that_is_too_long_is_one_line(photo, toy_bundle, tmp_path, in_child):
    long = tmp_path / ("x" * 245 + ".png")
    long.write_bytes(photo.read_bytes())
    for given in (long, tmp_path / ("y" * 300 + ".jpg")):
        found = in_child("", given)
        assert (found.returncode, found.stdout, found.stderr.count("\n")) == (2, "", 1)
        assert found.stderr.startswith("error: ") and "File name too long" in found.stderr
    assert names(tmp_path) == [photo.name, long.name]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs Linux")
def test_nowhere_to_print_is_one_line(toy_bundle):
    with open("/dev/full", "w") as full:
        words = [sys.executable, "-m", "amirnet", "inspect", str(toy_bundle)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=environment)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr and "No space left on device" in done.stderr


def test_a_photo_that_avif_cannot_hold(tmp_path, toy_bundle):
    wide = Image.new("RGB", (70_000, 1))
    result = PhotoFile.of(wide)
    with pytest.raises(OutputError, match=r"a\.avif: AVIF cannot hold 70000x1 pixels \(.*\); choose \.png or \.tif"):
        result.save(result.pixels, tmp_path / "a.avif")
    assert names(tmp_path) == []
