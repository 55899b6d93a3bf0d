"""What holds for every test: ONNX Runtime phones nobody, and the slow tests run after all the others."""

import os

import pytest

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # read when ONNX Runtime loads, so before any test imports it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests marked `slow` last; within either group the order stays as collected."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)
