"""Every public field of a public class says below itself what it holds: its unit, its range, its layout."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(file for room in ("sdk", "training", "export", "benchmarks") for file in (ROOT / room).rglob("*.py"))


def unexplained(source: str) -> Iterator[str]:
    """The fields that no string follows, as Class.field."""
    for cls in ast.walk(ast.parse(source)):
        if not isinstance(cls, ast.ClassDef) or cls.name.startswith("_"):
            continue
        for line, following in zip(cls.body, [*cls.body[1:], None], strict=True):
            if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name):
                continue
            told = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
            if not line.target.id.startswith("_") and not told:
                yield f"{cls.name}.{line.target.id}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_field_is_explained(file: Path) -> None:
    assert list(unexplained(file.read_text(encoding="utf-8"))) == []


def test_a_field_without_a_word_is_found() -> None:
    source = 'class A:\n    told: int\n    """Pixels."""\n    silent: int = 0\n    _own: int = 1\n    last: str\n'
    assert list(unexplained(source)) == ["A.silent", "A.last"]
