"""The pages: their examples run, or say why not; what they name exists; they fit a window."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]
NOT_RUN = "# not run by the tests: "
BLOCK = re.compile(r"(?ms)^```(\w*)\n(.*?)^```$")
PLACE = re.compile(r"`((?:sdk|training|export|benchmarks|tests|docs|models)/[\w./]+)`")


def blocks():
    return [(page.name, *found) for page in PAGES for found in BLOCK.findall(page.read_text("utf-8"))]


def runnable():
    return [pytest.param(kind, text, id=f"{name}-{place}") for place, (name, kind, text) in enumerate(blocks())
            if not text.startswith(NOT_RUN)]  # fmt: skip


def test_every_example_is_run_or_says_why_not():
    for name, kind, text in blocks():
        assert kind in ("sh", "python"), f"{name}: an example of no language: {text[:60]}"
        if text.startswith(NOT_RUN):
            assert len(text.splitlines()[0]) > len(NOT_RUN) + 10, f"{name}: no reason"
    assert len(runnable()) >= 3


@pytest.fixture
def place(tmp_path):
    """A folder with the photos that examples speak of, the command `amirnet`, and the environment to run them in."""
    photo = Image.effect_mandelbrot((48, 40), (-2, -1.5, 1, 1.5), 60).convert("RGB")
    for name in ("photo.jpg", "night.jpg", "one.png", "FOLDER/a.jpg", "FOLDER/sub/b.png", "photos/c.jpg",
                 "photos/sub/d.webp", "more/e.jpg"):  # fmt: skip
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        photo.rotate(9 * len(name)).save(file)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, words in (("amirnet", "-m amirnet"), ("python", "")):
        file = programs / name
        file.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {words} "$@"\n')
        file.chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return tmp_path, {**os.environ, "PATH": path, "PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(os.name != "posix", reason="examples are for a shell")
@pytest.mark.parametrize(("kind", "text"), runnable())
def test_the_example_runs(place, kind, text):
    if "tflite" in text:
        pytest.importorskip("ai_edge_litert.interpreter")
    folder, environment = place
    words = ["sh", "-ec", text] if kind == "sh" else [sys.executable, "-c", text]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
    assert "error:" not in done.stderr
    results = [file for file in folder.rglob("*") if "restored" in file.as_posix() or file.name == "better.jpg"]
    assert any(file.is_file() for file in results)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_exists(page):
    text = page.read_text("utf-8")
    named = set(PLACE.findall(text)) - {"docs/HOUSE.md"}
    links = {link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link}
    missing = [name for name in named if not any(ROOT.glob(name.rstrip("/").replace("...", "*")))]
    missing += [link for link in links if link and not (page.parent / link).exists()]
    assert missing == []


def test_the_six_walks_name_the_files_they_touch():
    walks = (ROOT / "docs" / "HOUSE.md").read_text("utf-8").split("\n## ")[1:]
    assert len(walks) == 6
    for walk in walks:
        assert len(PLACE.findall(walk)) >= 4, walk[:40]
        assert walk.strip().count("\n\n") == 1, f"one paragraph each: {walk[:40]}"
