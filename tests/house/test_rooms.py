"""The SDK's rooms: imports between them run one way, and the two that phones mirror need nothing but numpy."""

import json
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from import_names import imported

ROOT = Path(__file__).parents[2]
SDK = ROOT / "sdk" / "amirnet"
MIRRORED = ("runtime", "bundle")
BELOW = {
    "errors": (),
    "contract": (),
    "runtime": ("errors",),
    "bundle": ("runtime", "errors"),
    "engines": ("bundle", "runtime", "errors"),
    "photo": ("runtime", "errors"),
    "restorer": ("engines", "photo", "bundle", "runtime", "errors"),
    "batch": ("restorer", "engines", "photo", "bundle", "runtime", "errors"),
    "cli": ("batch", "restorer", "engines", "photo", "bundle", "runtime", "errors"),
}
"""Room -> what it may import. `restorer` is the public face, the modules beside the folders."""
OUTSIDE = {
    "errors": set(),
    "contract": set(),
    "runtime": {"numpy"},
    "bundle": set(),
    "engines": {"numpy", "onnxruntime", "ai_edge_litert", "coremltools"},
    "photo": {"numpy", "PIL", "pillow_heif"},
    "restorer": {"PIL"},
    "batch": {"ray"},
    "cli": {"click", "rich"},
}
"""Room -> the packages that it imports, beside the standard library."""


def files() -> list[Path]:
    return sorted(SDK.rglob("*.py"))


def module(file: Path) -> str:
    return ".".join(["amirnet", *file.relative_to(SDK).with_suffix("").parts]).removesuffix(".__init__")


MODULES = {module(file): file for file in files()}


def room_of(name: str) -> str:
    """The room of a module of the SDK, or of something in it."""
    part = (name.split(".") + [""])[1]
    if part == "__main__":  # `python -m amirnet`, which is the command
        return "cli"
    return part if part in BELOW else "restorer"


def names(file: Path, strings: bool = True) -> set[str]:
    package = ".".join(["amirnet", *file.parent.relative_to(SDK).parts])
    return imported(file.read_text(encoding="utf-8"), package, strings)


def own(file: Path) -> set[str]:
    """What a file imports of the SDK."""
    return {name for name in names(file) if name.split(".")[0] == "amirnet"}


@pytest.mark.parametrize("room", BELOW)
def test_imports_between_rooms_run_one_way(room: str) -> None:
    inside = [file for file in files() if room_of(module(file)) == room]
    assert inside
    for file in inside:
        wrong = {name for name in own(file) if room_of(name) not in (room, *BELOW[room])}
        assert not wrong, f"{file.relative_to(ROOT)} imports {', '.join(sorted(wrong))}"


def test_no_circle_is_allowed_between_rooms() -> None:
    order = list(TopologicalSorter(BELOW).static_order())
    assert {*order[:2]} == {"errors", "contract"} and order[-1] == "cli"


@pytest.mark.parametrize("room", MIRRORED)
def test_no_circle_between_modules_that_phones_mirror(room: str) -> None:
    """They can be written in another language one after the other."""
    inside = {name: {other for other in own(file) & MODULES.keys() if other not in (name, f"amirnet.{room}")}
              for name, file in MODULES.items() if room_of(name) == room}  # fmt: skip
    assert set(TopologicalSorter(inside).static_order()) >= inside.keys()


@pytest.mark.parametrize("room", BELOW)
def test_a_room_needs_its_own_packages_only(room: str) -> None:
    found: set[str] = set()
    for file in files():
        if room_of(module(file)) == room:
            found |= {name.split(".")[0] for name in names(file, strings=False)}
    assert found - {"amirnet"} - sys.stdlib_module_names == OUTSIDE[room]


ALONE = """
import importlib, json, pathlib, sys, types
place, *names = sys.argv[1:]
house = types.ModuleType("amirnet")  # without its __init__, which brings all the rooms
house.__path__ = [place]
sys.modules["amirnet"] = house
for name in names:
    importlib.import_module(name)
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def test_what_phones_mirror_loads_without_the_other_rooms() -> None:
    mirrored = [name for name in MODULES if room_of(name) in MIRRORED]
    words = [sys.executable, "-c", ALONE, str(SDK), *mirrored]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert "numpy" in loaded
    assert not loaded & {"PIL", "onnxruntime", "click", "rich", "torch"}


def test_the_readmes_map_is_the_house() -> None:
    """Rooms and what each may import, beside errors, which all do."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| `(?:sdk/amirnet/)?(\w+)(?:/|\.py)` \|[^|]+\|([^|]*)\|$", text)
    drawn = {room: set(re.findall(r"`(\w+)`", below)) for room, below in rows if room in BELOW}
    assert drawn == {room: set(below) - {"errors"} for room, below in BELOW.items() if room != "errors"}
    rooms = {init.parent.name for init in SDK.glob("*/__init__.py")}
    assert rooms == drawn.keys() - {"restorer"}
