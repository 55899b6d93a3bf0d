"""The runtime in three languages: what Python's rooms `runtime` and `bundle` hold, Kotlin and Swift hold too, under the
same names, in the same files and in the same order."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SDK = ROOT / "sdk" / "amirnet"
ROOMS = ("runtime", "bundle")
LINES = 300
KOTLIN = ROOT / "android_demo" / "runtime" / "src" / "main" / "kotlin" / "amirnet"
SWIFT = ROOT / "ios_demo" / "Sources" / "AMIRNetRuntime"
HELD_BY_TYPES = {
    "Kotlin": {"checkTile", "realPixels"},
    "Swift": {"checkProbes", "checkTile", "divided"},
}
"""Functions of Python that check, or turn into another form, what the language's types hold already."""
OTHER_NAMES = {"Swift": {"loneLevels": "loneLevel"}}
"""A function that does the same for one where Python does it for an array."""
OWN = {
    "Kotlin": {"Errors", "GraphEngine", "JsonReader", "Processors", "RestoreResult", "RestoreSession", "Restorer",
               "ZipReader"},
    "Swift": {"Errors", "Inflate", "JsonReader", "RestoreResult", "Restorer", "Sha256", "Text", "ZipArchive"},
}  # fmt: skip
"""Files of what Python's runtime has from elsewhere: its other rooms, or its standard library."""
_KOTLIN = re.compile(
    r"(?m)^(?:(?:public|internal|open|abstract|sealed|data|value|enum|annotation|fun|inline|const|suspend|operator) )*"
    r"(?:class|interface|object|fun) (?:<[^>]+> )?(?:[\w.?<>]+\.)?(\w+)"
)
_SWIFT = re.compile(
    r"(?m)^(?:(?:public|package|final|open|indirect|nonisolated|@\w+) )*(?:class|struct|enum|protocol|actor|func) (\w+)"
)


def kotlin_names(source: str) -> list[str]:
    """Types and functions of a Kotlin file that stand by themselves, in order."""
    return _KOTLIN.findall(source)


def swift_names(source: str) -> list[str]:
    """The same of a Swift file."""
    return _SWIFT.findall(source)


LANGUAGES: dict[str, tuple[Path, str, Callable[[str], list[str]]]] = {
    "Kotlin": (KOTLIN, "*.kt", kotlin_names),
    "Swift": (SWIFT, "*.swift", swift_names),
}


def python_names(source: str) -> list[str]:
    """Public classes and functions of a module, in order, as the other languages spell them."""
    kinds = (ast.ClassDef, ast.FunctionDef)
    names = [node.name for node in ast.parse(source).body if isinstance(node, kinds) and not node.name.startswith("_")]
    return [name if name[0].isupper() else spelled(name) for name in names]


def spelled(name: str, upper: bool = False) -> str:
    """tile_plan as tilePlan, or as TilePlan."""
    first, *others = name.split("_")
    return (first.capitalize() if upper else first) + "".join(part.capitalize() for part in others)


def modules() -> list[Path]:
    return [file for room in ROOMS for file in sorted((SDK / room).glob("*.py")) if file.stem != "__init__"]


def files(language: str) -> dict[str, Path]:
    folder, pattern, _ = LANGUAGES[language]
    return {file.stem: file for file in folder.rglob(pattern)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_module_has_its_file_and_every_file_its_module(language: str) -> None:
    wanted = {spelled(module.stem, upper=True) for module in modules()}
    assert len(wanted) >= 30
    assert files(language).keys() == wanted | OWN[language]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("module", modules(), ids=lambda module: f"{module.parent.name}-{module.stem}")
def test_types_and_functions_stand_in_the_same_order(language: str, module: Path) -> None:
    here = files(language)[spelled(module.stem, upper=True)]
    other = OTHER_NAMES.get(language, {})
    wanted = [other.get(name, name) for name in python_names(module.read_text(encoding="utf-8"))
              if name not in HELD_BY_TYPES[language]]  # fmt: skip
    found = LANGUAGES[language][2](here.read_text(encoding="utf-8"))
    # A function may have several forms there, and a file helpers of its own.
    assert list(dict.fromkeys(name for name in found if name in wanted)) == wanted


def test_what_types_hold_is_an_exception_of_what_there_is() -> None:
    names = {name for module in modules() for name in python_names(module.read_text(encoding="utf-8"))}
    for left_out in (*HELD_BY_TYPES.values(), *OTHER_NAMES.values()):
        assert set(left_out) <= names


def test_names_are_found_in_each_language() -> None:
    assert python_names("def axis_positions(): ...\nclass ProbePlan: ...\ndef _own(): ...") == [
        "axisPositions", "ProbePlan"
    ]  # fmt: skip
    kotlin = "internal fun axisPositions(n: Int) = 1\n    fun inside() = 2\npublic data class ProbePlan(val x: Int)\n"
    assert kotlin_names(kotlin + "fun <T> List<T>.second(): T = this[1]\n") == ["axisPositions", "ProbePlan", "second"]
    assert swift_names("public func axisPositions() {}\n    func inside() {}\npublic struct ProbePlan {}\n") == [
        "axisPositions", "ProbePlan"
    ]  # fmt: skip


def test_kotlin_and_swift_files_read_in_one_sitting() -> None:
    sources = [file for demo in ("android_demo", "ios_demo") for suffix in ("kt", "swift", "java")
               for file in (ROOT / demo).rglob(f"*.{suffix}") if "build" not in file.parts]  # fmt: skip
    assert len(sources) > 150
    long = {str(file.relative_to(ROOT)): count for file in sources
            if (count := len(file.read_text(encoding="utf-8").splitlines())) > LINES}  # fmt: skip
    assert long == {}
