"""The formats' rooms: none knows another, none reaches into training, and nobody looks into one but the registry."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from import_names import imported

EXPORT = Path(__file__).parents[2] / "export" / "amirnet_export"
FORMATS = EXPORT / "formats"
ROOMS = sorted(init.parent.name for init in FORMATS.glob("*/__init__.py"))


def names(file: Path) -> set[str]:
    package = ".".join(["amirnet_export", *file.parent.relative_to(EXPORT).parts])
    return imported(file.read_text(encoding="utf-8"), package)


def rooms_in(modules: set[str]) -> set[str]:
    """The rooms that these modules lie in."""
    parts = (name.split(".") for name in modules)
    return {part[2] for part in parts if part[:2] == ["amirnet_export", "formats"] and len(part) > 2} & set(ROOMS)


def test_the_rooms_are_the_registrys() -> None:
    assert rooms_in(names(FORMATS / "registry.py")) == set(ROOMS) == {"onnx", "tflite", "coreml"}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_no_other_and_nothing_of_training(room: str) -> None:
    for file in (FORMATS / room).glob("*.py"):
        found = names(file)
        assert rooms_in(found) <= {room}, file.name
        assert not {name for name in found if name.split(".")[0] == "amirnet_training"}, file.name


def test_nobody_else_looks_into_a_room() -> None:
    outside = [file for file in EXPORT.rglob("*.py") if file.parent.name not in ROOMS and file.name != "registry.py"]
    assert len(outside) > 20
    for file in outside:
        assert not rooms_in(names(file)), file.relative_to(EXPORT)


def test_nobody_else_asks_which_format_it_is() -> None:
    for file in EXPORT.rglob("*.py"):
        if file.parent.name in ROOMS or file == FORMATS / "registry.py":
            continue
        held = {node.value for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)}  # fmt: skip
        assert not held & set(ROOMS), file.relative_to(EXPORT)
