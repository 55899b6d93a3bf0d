"""A bundle in the place of another: one of them is there at every moment, and nothing is left beside them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from amirnet_export import exchange
from amirnet_export.bundle_writer import check_target
from amirnet_export.errors import ExportError

KILLED = """
import os, sys
from pathlib import Path
from amirnet_export import exchange
kill = lambda *args: os.kill(os.getpid(), 9)
%s
target = Path(sys.argv[1])
with exchange.temporary(target) as place:
    (place / "manifest.json").write_text("new")
    exchange.put_in_place(place, target)
"""
MOMENTS = {
    "writing": "exchange.put_in_place = kill",
    "exchanged": "exchange.remove = kill",
    "aside": "exchange.exchange = lambda *names: False; real = os.replace; calls = []\n"
    "os.replace = lambda *names: kill() if calls else (calls.append(1), real(*names))",
    "placed": "exchange.exchange = lambda *names: False; exchange.remove = kill",
}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    target = tmp_path / "toy"
    target.mkdir()
    (target / "manifest.json").write_text("old")
    return target


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_loses_nothing(old: Path, moment: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, "-c", KILLED % MOMENTS[moment], str(old)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with pytest.raises(ExportError, match="exists already"):
        check_target(old, overwrite=False)  # the next export, before it begins
    assert (old / "manifest.json").read_text() == ("old" if moment in ("writing", "aside") else "new")
    assert names(old.parent) == ["toy"]


@pytest.mark.parametrize("way", [True, False])
def test_exchanged_or_aside_the_new_one_is_there(old: Path, monkeypatch: pytest.MonkeyPatch, way: bool) -> None:
    if not way:
        monkeypatch.setattr(exchange, "exchange", lambda *names: False)
    with exchange.temporary(old) as place:
        (place / "manifest.json").write_text("new")
        exchange.put_in_place(place, old)
    assert ((old / "manifest.json").read_text(), names(old.parent)) == ("new", ["toy"])


def test_without_an_exchange_a_failure_puts_the_old_one_back(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.replace

    def refuse(source: Path, target: Path) -> None:
        if Path(source).suffix == ".part":
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(exchange, "exchange", lambda *names: False)
    monkeypatch.setattr(exchange.os, "replace", refuse)
    with pytest.raises(OSError, match="No space left"), exchange.temporary(old) as place:
        exchange.put_in_place(place, old)
    assert ((old / "manifest.json").read_text(), names(old.parent)) == ("old", ["toy"])


def test_what_another_export_is_writing_is_left_alone(old: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from amirnet_export import exchange\n"
        "with exchange.temporary(Path(sys.argv[1])) as place: print(place.name, flush=True); sys.stdin.read()"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, "-c", program, str(old)]
    other = subprocess.Popen(words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    place = other.stdout.readline().strip()
    exchange.sweep(old)
    assert place in names(old.parent)
    other.kill()
    other.communicate()
    exchange.sweep(old)
    assert names(old.parent) == ["toy"]


def test_files_of_others_are_not_swept(old: Path) -> None:
    kept = [".toy.part", ".toys.12.part", ".toy.12.part.txt", ".other.12.part"]
    for name in kept:
        (old.parent / name).write_text("")
    (old.parent / ".toy.12-ab.part.zip").write_text("")
    (old.parent / ".toy.12.part").symlink_to(old)
    exchange.sweep(old)
    assert names(old.parent) == sorted([*kept, ".toy.12.part", "toy"])
