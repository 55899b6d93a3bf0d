"""Imports between the components run one way: benchmarks -> export -> training, and everything -> amirnet."""

from pathlib import Path

import pytest
from import_names import computed, imported

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
SOCKETS = {
    "amirnet/cli/__init__.py": {"amirnet_training", "amirnet_export"},
    "amirnet/engines/registry.py": {"amirnet_export"},
}
"""Where the SDK takes what another component brings, by a name in a table, if it is installed: a subcommand, an
engine. Such a file names the component, and never has an import statement for it."""
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


def tops(file: Path) -> set[str]:
    """The top-level packages that a file imports."""
    root = next(root for root in SOURCES.values() if file.is_relative_to(root))
    package = ".".join(file.parent.relative_to(root).parts)
    return {name.split(".")[0] for name in imported(file.read_text(encoding="utf-8"), package)}


def modules(component: str) -> list[Path]:
    files = sorted((SOURCES[component] / component).rglob("*.py"))
    assert files, f"{component} has no module: the test looks in the wrong place"
    return files


@pytest.mark.parametrize("component", SOURCES)
def test_imports_run_one_way(component: str) -> None:
    others = set(SOURCES) - MAY_IMPORT[component] - {component}
    for file in modules(component):
        wrong = tops(file) & others - SOCKETS.get(str(file.relative_to(SOURCES[component])), set())
        assert not wrong, f"{file.relative_to(ROOT)} imports {', '.join(sorted(wrong))}"


def test_sockets_are_used_and_are_the_only_imports_by_a_computed_name() -> None:
    for name, components in SOCKETS.items():
        assert tops(SOURCES["amirnet"] / name) >= components
    loaders = {str(f.relative_to(SOURCES["amirnet"])) for f in modules("amirnet") if computed(f.read_text("utf-8"))}
    assert loaders == {"amirnet/cli/command_group.py", "amirnet/engines/registry.py"}


def test_the_sdk_needs_only_its_five_packages() -> None:
    for file in modules("amirnet"):
        wrong = tops(file) & HEAVY
        assert not wrong, f"{file.relative_to(ROOT)} imports {', '.join(sorted(wrong))}"


def test_benchmarks_need_no_torch() -> None:
    for file in modules("amirnet_benchmarks"):
        assert "torch" not in tops(file), file.relative_to(ROOT)


def test_the_walk_sees_imports_wherever_they_hide() -> None:
    source = '''"""Prose of amirnet.prose and
import amirnet_prose
"""
if TYPE_CHECKING:
    from amirnet.restorer import Restorer
def late():
    """A word."""
    import torch.nn
    importlib.import_module("onnx")
    importlib.import_module(name)
TABLE = {"a": "amirnet_export.coreml:Engine"}
PROGRAM = "import sys, amirnet.cli; from PIL import Image"
from . import own
from ..photo.exif import Entry
'''
    assert imported(source, "amirnet.runtime") == {
        "amirnet.restorer", "amirnet.restorer.Restorer", "torch.nn", "onnx", "amirnet_export.coreml", "sys",
        "amirnet.cli", "PIL", "PIL.Image", "amirnet.runtime", "amirnet.runtime.own", "amirnet.photo.exif",
        "amirnet.photo.exif.Entry",
    }  # fmt: skip
    assert computed(source) == [10]
