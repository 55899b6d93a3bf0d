"""Hostile files: five hundred of them in the bounded process, and that the bounds, and the judge, are real."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from PIL import Image

from amirnet_benchmarks.fuzz import campaign, guard, intent, worker
from amirnet_benchmarks.fuzz.__main__ import main
from amirnet_benchmarks.fuzz.campaign import run
from amirnet_benchmarks.fuzz.damage import Case
from amirnet_benchmarks.fuzz.fields import fields, mended
from amirnet_benchmarks.fuzz.guard import Guard, Outcome
from amirnet_benchmarks.fuzz.seeds import bundle, burdens, photos, zipped

CASES = 500


def test_no_crash_no_hang_and_only_named_errors(tmp_path: Path) -> None:
    tally = run(CASES, 1, tmp_path)
    assert tally.total == CASES
    assert [(case.name, outcome) for case, outcome in tally.failures] == []
    ends = {end for _, end in tally.counts}
    assert ends >= {"opened", "ImageError", "ManifestError", "ChangedFileError", "ExternalDataError"}, ends


def of_kind(kind: str) -> Case:
    files = {"place": "place.jpeg", "bomb": "bomb.png", "outside": ""}
    content = {"place": None, "bomb": photos()["plain.png"], "outside": None}[kind]
    if kind == "outside":
        return Case(kind, "", dict(bundle()))
    if kind == "place":  # the word where it is kept: then it is told
        said = (
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            '<rdf:Description rdf:about=""><dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"{worker.PLACE}</dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"
        )
        buffer = io.BytesIO()
        Image.new("RGB", (20, 20)).save(buffer, "JPEG", xmp=said.encode())
        content = buffer.getvalue()
    return Case(kind, files[kind], {files[kind]: content})


@pytest.mark.parametrize(("kind", "end"), [("place", "unnamed"), ("outside", "unnamed"), ("bomb", "opened")])
def test_the_judge_of_files_with_an_intent_is_real(kind: str, end: str, tmp_path: Path) -> None:
    with Guard(tmp_path) as child:
        assert child.ask(of_kind(kind)).kind == end


def test_files_with_an_intent_are_judged_by_it(tmp_path: Path) -> None:
    assert worker.PLACE == intent.PLACE
    seen: Counter[str] = Counter()

    @settings(max_examples=60, database=None, deadline=None, phases=[Phase.generate])
    @seeded(5)
    @given(st.one_of(intent.hidden_place(), intent.bomb(), intent.outside()))
    def judge(made: intent.Intended) -> None:
        outcome = child.ask(Case(*made))
        assert outcome.allowed, outcome
        seen[f"{made.kind} {outcome.kind}"] += 1

    with Guard(tmp_path) as child:
        judge()
    assert set(seen) >= {"place opened", "bomb refused", "outside refused"} and "outside opened" not in seen


def test_what_was_not_damaged_opens(tmp_path: Path) -> None:
    files = {**photos(), **burdens()}
    sound = [Case("zip" if ".zip" in name else "photo", name, {name: content}) for name, content in files.items()]
    sound += [Case("folder", "", dict(bundle())), Case("zip", "b.zip", {"b.zip": zipped(bundle())})]
    with Guard(tmp_path) as worker:
        ends = {case.name: worker.ask(case) for case in sound}
    assert {name: end for name, end in ends.items() if end.kind != "opened"} == {}


def test_the_same_seed_gives_the_same_files(monkeypatch, tmp_path) -> None:
    seen: list[list[Case]] = []
    monkeypatch.setattr(Guard, "ask", lambda self, case: seen[-1].append(case) or Outcome("opened", "", 0.0, 0))
    for seed in (3, 3, 4):
        seen.append([])
        assert run(30, seed, tmp_path).total == len(seen[-1]) == 30
    assert seen[0] == seen[1] != seen[2]


@pytest.mark.parametrize(
    ("deed", "kind"),
    [
        ("while True: pass", "hang"),
        ("import time; time.sleep(60)", "hang"),
        ("import os; os.kill(os.getpid(), 11)", "crash"),
        ("import os; os._exit(3)", "crash"),
        ("bytearray(2**32)", "unnamed"),
        ("raise KeyError('width')", "unnamed"),
        ("from amirnet.errors import ImageError; raise ImageError('two' + chr(10) + 'lines')", "unnamed"),
        ("from amirnet.errors import ImageError; raise ImageError('one line')", "refused"),
    ],
)
def test_what_the_worker_does_is_told(deed: str, kind: str, monkeypatch, tmp_path: Path) -> None:
    """The worker's own loop and bounds, around something else than the SDK."""
    home = tmp_path / "amirnet_other"
    home.mkdir()
    (home / "__init__.py").touch()
    text = (
        f"from amirnet_benchmarks.fuzz import worker\nworker.open_photo = lambda path: exec({deed!r})\nworker.main()\n"
    )
    (home / "worker.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(guard, "__package__", "amirnet_other")
    monkeypatch.setattr(guard, "SECONDS", 0.5)
    monkeypatch.setattr(guard, "PATIENCE", 8.0)
    with Guard(tmp_path) as worker:
        outcome = worker.ask(Case("photo", "a.png", {"a.png": b""}))
        assert outcome.kind == kind, outcome
        assert outcome.allowed == (kind == "refused")
        assert worker.ask(Case("folder", "", dict(bundle()))).kind == "opened", "a lost worker is replaced"


def test_the_command_keeps_what_failed(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(Guard, "ask", lambda self, case: Outcome("crash", "SIGSEGV", 0.0, 0))
    result = CliRunner().invoke(main, ["--cases", "2", "--keep", str(tmp_path / "kept")])
    assert result.exit_code == 1 and "SIGSEGV" in result.output
    assert len(list((tmp_path / "kept").iterdir())) == 2
    assert CliRunner().invoke(main, ["--cases", "0"]).exit_code == 2


@pytest.mark.parametrize("name", ["plain.jpg", "plain.png", "plain.tif", "lossy.webp", "plain.gif", "plain.bmp"])
def test_the_fields_of_a_format_are_found(name: str) -> None:
    content = photos()[name]
    numbers = {int.from_bytes(content[f.offset : f.offset + f.size], f.order) & 0x3FFF for f in fields(content)}
    assert numbers & {47, 46} and numbers & {61, 60}, "height and width, or one less"


def test_checksums_are_mended() -> None:
    content = bytearray(photos()["plain.png"])
    content[20] ^= 1
    assert mended(bytes(content)) != bytes(content) and mended(photos()["plain.png"]) == photos()["plain.png"]
    assert mended(b"no png") == b"no png"


def test_the_worker_is_a_program_of_lines(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "amirnet_benchmarks.fuzz.worker", str(guard.MEMORY), "5"]
    request = json.dumps({"kind": "photo", "path": str(tmp_path / "none.jpg")}) + "\n"
    environment = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    done = subprocess.run(command, input=request, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["said"].startswith("ImageError")
    assert campaign.Tally().total == 0
