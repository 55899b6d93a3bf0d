"""The root conftest runs slow tests after all the others, and keeps the order otherwise."""

import importlib.util
import os
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).parents[2]


def item(name: str, slow: bool) -> SimpleNamespace:
    return SimpleNamespace(name=name, get_closest_marker=lambda marker: marker if slow and marker == "slow" else None)


def test_slow_tests_run_last() -> None:
    spec = importlib.util.spec_from_file_location("root_conftest", ROOT / "conftest.py")
    assert spec is not None and spec.loader is not None
    conftest = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(conftest)
    items = [item("a", True), item("b", False), item("c", True), item("d", False)]
    conftest.pytest_collection_modifyitems(items)
    assert [entry.name for entry in items] == ["b", "d", "a", "c"]


def test_telemetry_is_off_in_every_test() -> None:
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
