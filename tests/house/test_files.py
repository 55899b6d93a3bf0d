"""Every file of the project: readable in one sitting, and free of what belongs to one machine."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = 300
# Written in pieces, so that this file does not hold what it forbids.
REGISTRIES = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry." + "npmjs",
    "repo" + ".maven",
    "repo1" + ".maven",
    "cocoa" + "pods.org",
    "crates" + ".io",
]
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:" + "work|root|home/[a-z]+|Users/[A-Za-z]+|opt/wheels" + r")(?:/|\b)")
BINARY = {".png", ".jpg", ".webp", ".onnx", ".safetensors", ".bin", ".jar", ".tflite", ".mlmodel", ".npz", ".zip"}


@cache
def project_files() -> tuple[Path, ...]:
    """The files that are, or would be, committed; in an unpacked archive without git, those outside made folders."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        files = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        made = {
            ".venv",
            "build",
            "out",
            "dist",
            ".mypy_cache",
            ".ruff_cache",
            ".pytest_cache",
            ".hypothesis",
            "amirnet.egg-info",
        }
        files = [path for path in ROOT.rglob("*") if not made & set(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in files if path.is_file() and path.suffix not in BINARY))


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_the_listing_finds_the_project() -> None:
    assert {ROOT / "setup.py", Path(__file__).resolve()} <= set(project_files())


@pytest.mark.parametrize("registry", REGISTRIES)
def test_no_file_names_a_package_registry(registry: str) -> None:
    assert [str(path) for path in project_files() if registry in text(path)] == []


def test_no_file_holds_a_path_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in project_files()
        if (match := MACHINE_PATH.search(text(path)))
    ]
    assert found == []


@pytest.mark.parametrize("line", ["at /" + "work/main/x", '"/' + 'home/ann/a.jpg"', "cd /" + "root"])
def test_the_path_pattern_can_fail(line: str) -> None:
    assert MACHINE_PATH.search(line)


def test_python_files_read_in_one_sitting() -> None:
    sources = [path for path in project_files() if path.suffix == ".py"]
    long = {str(path.relative_to(ROOT)): count for path in sources if (count := len(text(path).splitlines())) > LINES}
    assert long == {}


def test_text_files_end_with_one_newline() -> None:
    sources = [
        path
        for path in project_files()
        if path.suffix in {".py", ".md", ".toml", ".txt", ".yaml", ".css", ".js", ".j2"}
    ]
    wrong = [str(path.relative_to(ROOT)) for path in sources if text(path) and not re.search(r"[^\n]\n\Z", text(path))]
    assert wrong == []
