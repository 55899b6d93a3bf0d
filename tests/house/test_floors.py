"""The lowest versions that setup.py allows: the SDK does its work with them, in an environment of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("onnx>=1.18", "hypothesis>=6.110", "pytest>=8.2", "pytest-timeout>=2.3", "opencv-python-headless>=4.10")
"""What the tests below need beside the SDK."""
NAMES = ("fidelity_pixels", "fidelity_metadata", "cli_restore", "engine", "misread")
TESTS = tuple(f"test_{name}.py" for name in NAMES)


def floors() -> list[str]:
    """The base install, each package in the lowest version that is allowed."""
    text = (ROOT / "setup.py").read_text(encoding="utf-8")
    listed = re.search(r"^BASE = \[(.*)\]$", text, re.MULTILINE)
    assert listed is not None
    return [requirement.replace(">=", "==") for requirement in re.findall(r'"([^"]+)"', listed[1])]


def test_every_floor_is_stated() -> None:
    assert len(floors()) == 5 and all(re.fullmatch(r"[a-z]+==[\d.]+", floor) for floor in floors())


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_sdk_works_at_its_floors(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    words = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *floors(), *TOOLS]
    made = subprocess.run(words, capture_output=True, text=True, check=False)
    if made.returncode and ("No matching distribution" in made.stderr or "onnection" in made.stderr):
        pytest.skip("no index of packages with these versions can be reached")
    assert made.returncode == 0, made.stderr
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"tests/sdk/{name}" for name in TESTS)]
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
