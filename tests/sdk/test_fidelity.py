"""docs/FIDELITY.md and its tests list the same rows in the same order."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ORDER = ("pixels", "color", "metadata", "files", "writing")


def test_every_row_has_its_test_and_every_test_its_row():
    page = (ROOT / "docs" / "FIDELITY.md").read_text("utf-8")
    listed = re.search(r"(?m)^- `(?:.*\n)+?(?=\n)", page)[0]
    rows = re.findall(r"^- `(\w+)`: \S", listed, re.MULTILINE)
    files = [Path(__file__).with_name(f"test_fidelity_{part}.py") for part in ORDER]
    tests = "".join(file.read_text("utf-8") for file in files)
    tested = re.findall(r"^def test_row_(\w+)\(", tests, re.MULTILINE)
    assert len(rows) == listed.count("\n- ") + 1 == listed.count("\n  → ") == len(set(rows)) > 40
    assert rows == tested
    others = [file for file in Path(__file__).parent.glob("test_*.py") if "def test_row_" in file.read_text("utf-8")]
    assert set(others) <= {*files, Path(__file__)}
