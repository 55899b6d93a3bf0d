"""The check of the Xcode project finds what is wrong with one."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

IOS = Path(__file__).parents[2] / "ios_demo"


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The check, of a copy of the project in `tmp_path`."""
    spec = importlib.util.spec_from_file_location("check_project", IOS / "tools" / "check_project.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "check_project", module)
    spec.loader.exec_module(module)
    copy = tmp_path / "ios_demo" / "App"
    shutil.copytree(IOS / "App", copy)
    shutil.copy(IOS / "Package.swift", copy.parent)
    (tmp_path / "sdk" / "amirnet" / "bundles").mkdir(parents=True)
    monkeypatch.setattr(module, "APP", copy)
    return module


def changed(check: ModuleType, before: str, after: str) -> list[str]:
    """The problems of the project with one text in place of another."""
    file = check.APP / "AMIRNet.xcodeproj" / "project.pbxproj"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    return list(check.problems())


def test_the_project_is_sound(check: ModuleType) -> None:
    assert list(check.problems()) == []


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("archiveVersion = 1;", "archiveVersion = 1", "stands where ; should"),
        ("productRefGroup = A10000000000000000000023", "productRefGroup = A10000000000000000000099", "0099 is named"),
        ("path = ../../sdk/amirnet/bundles", "path = ../../sdk/bundles", "../../sdk/bundles, which is not there"),
        ("INFOPLIST_FILE = Info.plist", "INFOPLIST_FILE = Other.plist", "no Other.plist"),
        ("productName = AMIRNetApp;", "productName = AMIRNetLogic;", "no product AMIRNetLogic"),
    ],
)
def test_what_is_wrong_is_named(check: ModuleType, before: str, after: str, named: str) -> None:
    found = changed(check, before, after)
    assert any(named in problem for problem in found), found


def test_a_broken_property_list_is_named(check: ModuleType) -> None:
    (check.APP / "Info.plist").write_text("<plist><dict></plist>", encoding="utf-8")
    assert any("Info.plist" in problem for problem in check.problems())


def test_parses_what_xcode_writes(check: ModuleType) -> None:
    text = '// !$*UTF8*$!\n{ a = "b \\"c\\""; /* note */ "d-e" = ( 1, { f = g.h/i; }, ); }'
    assert check.parse(text) == {"a": 'b \\"c\\"', "d-e": ["1", {"f": "g.h/i"}]}
    for broken in ("{ a = 1; a = 2; }", "{ a = ; }", "{ } }", "( 1 2 )", "{ a = @; }", ""):
        with pytest.raises(ValueError):
            check.parse(broken)
