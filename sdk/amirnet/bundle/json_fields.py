"""Typed reading of a JSON object: every mistake becomes a ManifestError that names the field."""

from __future__ import annotations

import math
from typing import Any, NoReturn

from amirnet.errors import ManifestError

_NONE = object()


class Fields:
    """One JSON object and where it stands, for messages. Readers raise ManifestError for a wrong or missing field."""

    def __init__(self, values: dict[str, Any], where: str) -> None:
        self.values = values
        self.where = where

    def refuse(self, key: str, problem: str) -> NoReturn:
        raise ManifestError(f"{self.where}: {key} {problem}; export the bundle again")

    def _get(self, key: str, default: object = _NONE) -> Any:
        if key in self.values:
            return self.values[key]
        if default is _NONE:
            self.refuse(key, "is missing")
        return default

    def object(self, key: str, default: dict[str, Any] | None = None) -> Fields:
        value = self._get(key, _NONE if default is None else default)
        if not isinstance(value, dict):
            self.refuse(key, "is not an object")
        return Fields(value, f"{self.where}: {key}")

    def objects(self, key: str) -> list[Fields]:
        value = self._get(key)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.refuse(key, "is not a list of objects")
        return [Fields(item, f"{self.where}: {key}[{place}]") for place, item in enumerate(value)]

    def text(self, key: str, default: str | None = None) -> str:
        value = self._get(key, _NONE if default is None else default)
        if not isinstance(value, str):
            self.refuse(key, "is not a text")
        return str(value)

    def boolean(self, key: str) -> bool:
        value = self._get(key)
        if not isinstance(value, bool):
            self.refuse(key, "is not true or false")
        return bool(value)

    def integer(self, key: str, least: int, most: int) -> int:
        """A whole number in least..most, both included."""
        value = self._get(key)
        if not _is_integer(value) or not least <= value <= most:
            self.refuse(key, f"is not a whole number from {least} to {most}")
        return int(value)

    def integers(self, key: str) -> tuple[int, ...]:
        value = self._get(key)
        if not isinstance(value, list) or not all(_is_integer(item) for item in value):
            self.refuse(key, "is not a list of whole numbers")
        return tuple(value)

    def number(self, key: str, default: float | None = None) -> float:
        value = self._get(key, _NONE if default is None else default)
        if not _is_number(value):
            self.refuse(key, "is not a finite number")
        return float(value)

    def numbers(self, key: str) -> tuple[float, ...]:
        value = self._get(key)
        if not _is_row(value):
            self.refuse(key, "is not a list of finite numbers")
        return tuple(float(item) for item in value)

    def rows(self, key: str) -> tuple[tuple[float, ...], ...]:
        """A list of lists of numbers."""
        value = self._get(key)
        if not isinstance(value, list) or not all(_is_row(row) for row in value):
            self.refuse(key, "is not a list of lists of finite numbers")
        return tuple(tuple(float(item) for item in row) for row in value)


def _is_row(value: object) -> bool:
    return isinstance(value, list) and all(_is_number(item) for item in value)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
