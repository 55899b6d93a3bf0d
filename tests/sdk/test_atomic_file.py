"""Files written whole: who may read them meanwhile, who owns them, and several writers of one name."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from amirnet import Restorer
from amirnet.cli import cli
from amirnet.errors import OutputError
from amirnet.photo import atomic_file
from amirnet.photo.atomic_file import write_file, write_with

WRITER = """
import sys
from pathlib import Path
from amirnet.photo.atomic_file import write_file
for number in range(300):
    write_file(Path(sys.argv[1]), sys.argv[2].encode() * 5000)
"""


def mode_of(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def environment():
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def test_a_private_file_is_private_while_it_is_overwritten(tmp_path):
    file, seen = tmp_path / "a.jpg", []
    file.write_bytes(b"old")
    file.chmod(0o600)

    def fill(handle):
        seen.extend(mode_of(path) for path in tmp_path.iterdir() if path != file)
        handle.write(b"new")

    write_with(file, fill)
    assert (seen, mode_of(file), file.read_bytes()) == ([0o600], 0o600, b"new")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o444])
def test_permissions_stay(tmp_path, mode):
    file = tmp_path / "a.jpg"
    file.write_bytes(b"old")
    file.chmod(mode)
    write_file(file, b"new")
    assert mode_of(file) == mode


def test_a_new_file_is_as_the_system_makes_files(tmp_path):
    (tmp_path / "made").write_bytes(b"")
    write_file(tmp_path / "a.jpg", b"new")
    assert mode_of(tmp_path / "a.jpg") == mode_of(tmp_path / "made")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_stays(tmp_path):
    file = tmp_path / "a.jpg"
    file.write_bytes(b"old")
    os.chown(file, 1234, 2345)
    file.chmod(0o640)
    write_file(file, b"new")
    found = file.stat()
    assert (found.st_uid, found.st_gid, mode_of(file)) == (1234, 2345, 0o640)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs a file of another group")
def test_where_the_group_cannot_stay_ours_gets_no_more(tmp_path, monkeypatch):
    file = tmp_path / "a.jpg"
    file.write_bytes(b"old")
    os.chown(file, 1234, 2345)
    file.chmod(0o664)

    def refuse(*args):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refuse)
    write_file(file, b"new")
    assert mode_of(file) == 0o644


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
def test_what_a_kill_leaves_of_a_private_file_is_private(tmp_path):
    file = tmp_path / "a.jpg"
    file.write_bytes(b"old")
    file.chmod(0o600)
    kill = "import os; os.fsync = lambda handle: os.kill(os.getpid(), 9)\n" + WRITER
    done = subprocess.run([sys.executable, "-c", kill, file, "x"], env=environment(), check=False)
    assert done.returncode == -signal.SIGKILL
    (left,) = [path for path in tmp_path.iterdir() if path != file]
    assert mode_of(left) == 0o600
    write_file(file, b"new")
    assert os.listdir(tmp_path) == ["a.jpg"]


def test_writers_of_one_name_do_not_fail_each_other(tmp_path):
    words = [sys.executable, "-c", WRITER, tmp_path / "a.bin"]
    writers = [subprocess.Popen([*words, name], env=environment(), stderr=subprocess.PIPE) for name in "abc"]
    errors = [writer.communicate()[1].decode() for writer in writers]
    assert errors == ["", "", ""]
    assert os.listdir(tmp_path) == ["a.bin"]
    assert (tmp_path / "a.bin").read_bytes() in [name * 5000 for name in (b"a", b"b", b"c")]


def test_a_name_swept_away_before_it_was_locked_is_made_anew(tmp_path, monkeypatch):
    real, swept = atomic_file.lock, []

    def sweep_once(handle):
        if not swept:
            swept.extend(tmp_path.iterdir())
            swept[0].unlink()
        real(handle)

    monkeypatch.setattr(atomic_file, "lock", sweep_once)
    write_file(tmp_path / "a.bin", b"new")
    assert swept and (tmp_path / "a.bin").read_bytes() == b"new"


def test_a_name_that_is_about_to_be_swept_away_is_made_anew(tmp_path, monkeypatch):
    real, tried = atomic_file.lock, []

    def taken_once(handle):
        tried.append(handle)
        if len(tried) == 1:  # another writer is sweeping: it looks, locks, and will remove the name
            raise BlockingIOError
        real(handle)

    monkeypatch.setattr(atomic_file, "lock", taken_once)
    write_file(tmp_path / "a.bin", b"new")
    assert len(tried) == 2 and os.listdir(tmp_path) == ["a.bin"]


@pytest.mark.parametrize("length", [200, 201, 230, 250, 255])
def test_names_as_long_as_the_system_allows(tmp_path, length):
    file = tmp_path / ("é" * 20 + "x" * (length - 44) + ".png")
    assert len(os.fsencode(file.name)) == length
    write_file(file, b"one")
    write_file(file, b"two")
    assert (file.read_bytes(), os.listdir(tmp_path)) == (b"two", [file.name])


@pytest.mark.skipif(os.name == "nt", reason="needs pipes with names")
def test_a_pipe_that_looks_like_a_leftover_is_left_alone(tmp_path):
    os.mkfifo(tmp_path / ".a.bin.77.part")
    write_file(tmp_path / "a.bin", b"new")
    assert sorted(os.listdir(tmp_path)) == [".a.bin.77.part", "a.bin"]


@pytest.mark.parametrize("way", ["file", "folder"])
def test_a_circle_of_links_is_one_line(tmp_path, photo, toy_bundle, way):
    loop = tmp_path / ("loop.png" if way == "file" else "loop")
    loop.symlink_to(loop)
    output = loop if way == "file" else loop / "out.png"
    found = CliRunner().invoke(cli, ["restore", str(photo), "-o", str(output), "--model", str(toy_bundle)])
    assert (found.exit_code, found.stdout, found.stderr.count("\n")) == (2, "", 1)
    assert "leads back to itself; remove it" in found.stderr
    assert loop.is_symlink()
    if way == "file":
        result = Restorer.from_bundle(toy_bundle).restore(photo)
        with pytest.raises(OutputError, match="leads back to itself"):
            result.save(loop)


def test_too_many_open_files_are_not_a_matter_of_the_name(tmp_path, monkeypatch):
    def refuse(*args):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OutputError, match=r"Too many open files\); allow more open files \(ulimit -n\)"):
        write_file(Path(tmp_path / "a.bin"), b"new")
