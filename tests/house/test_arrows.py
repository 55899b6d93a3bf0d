"""Imports between the components run one way: benchmarks -> export -> training, and everything -> amirnet."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = {
    "amirnet": ROOT / "sdk",
    "amirnet_training": ROOT / "training",
    "amirnet_export": ROOT / "export",
    "amirnet_benchmarks": ROOT / "benchmarks",
}
MAY_IMPORT = {
    "amirnet": set(),
    "amirnet_training": {"amirnet"},
    "amirnet_export": {"amirnet", "amirnet_training"},
    "amirnet_benchmarks": {"amirnet", "amirnet_training", "amirnet_export"},
}
HEAVY = {
    "torch",
    "onnx",
    "onnxscript",
    "cv2",
    "skimage",
    "sklearn",
    "scipy",
    "matplotlib",
    "jinja2",
    "pydantic",
    "yaml",
}


def imported(source: str) -> set[str]:
    """Top-level names that a module imports anywhere in it, functions included; relative imports are its own."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def modules(component: str) -> list[Path]:
    files = sorted((SOURCES[component] / component).rglob("*.py"))
    assert files, f"{component} has no module: the test looks in the wrong place"
    return files


@pytest.mark.parametrize("component", SOURCES)
def test_imports_run_one_way(component: str) -> None:
    others = set(SOURCES) - MAY_IMPORT[component] - {component}
    for file in modules(component):
        wrong = imported(file.read_text(encoding="utf-8")) & others
        assert not wrong, f"{file.relative_to(ROOT)} imports {', '.join(sorted(wrong))}"


def test_the_sdk_needs_only_its_five_packages() -> None:
    for file in modules("amirnet"):
        wrong = imported(file.read_text(encoding="utf-8")) & HEAVY
        assert not wrong, f"{file.relative_to(ROOT)} imports {', '.join(sorted(wrong))}"


def test_benchmarks_need_no_torch() -> None:
    for file in modules("amirnet_benchmarks"):
        assert "torch" not in imported(file.read_text(encoding="utf-8")), file.relative_to(ROOT)


def test_the_walk_sees_imports_in_functions() -> None:
    source = "def late():\n    import torch.nn\n    from amirnet_export.onnx import write\nfrom . import own\n"
    assert imported(source) == {"torch", "amirnet_export"}
