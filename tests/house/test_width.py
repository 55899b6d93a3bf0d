"""Lines of text that are read as text are at most 120 wide."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WIDTH = 120
CONTRACT = ROOT / "sdk" / "contract"
WHOLE = [CONTRACT / "CONTRACT.md", CONTRACT / "vectors" / "README.md"]
PHONES = ROOT / "android_demo", ROOT / "ios_demo"
DOCS = sorted([
    ROOT / "README.md", ROOT / "SECURITY.md", *(ROOT / "docs").glob("*.md"),
    *(page for demo in PHONES for pattern in ("*.md", "?pp/*.md") for page in demo.glob(pattern)),
])  # fmt: skip


def wide(text: str, tables: bool) -> list[int]:
    """The numbers of the lines that are too wide; with `tables`, a table's row may be, which cannot be wrapped."""
    lines = enumerate(text.splitlines(), 1)
    return [number for number, line in lines if len(line) > WIDTH and not (tables and line.startswith("|"))]


@pytest.mark.parametrize("file", WHOLE, ids=lambda file: file.name)
def test_the_contract_is_not_wide(file: Path) -> None:
    assert wide(file.read_text(encoding="utf-8"), tables=False) == []


def test_docs_are_not_wide() -> None:
    assert len(DOCS) >= 10
    found = {
        str(file.relative_to(ROOT)): lines
        for file in DOCS
        if (lines := wide(file.read_text(encoding="utf-8"), tables=True))
    }
    assert found == {}


def test_a_wide_line_is_seen() -> None:
    text = f"{'a' * 120}\n{'b' * 121}\n| {'c' * 121} |\n"
    assert wide(text, tables=False) == [2, 3]
    assert wide(text, tables=True) == [2]
