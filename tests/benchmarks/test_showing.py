"""Numbers on written pages: put where they belong, nothing else touched, and every command run in its order."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from amirnet_benchmarks import showing
from amirnet_benchmarks.evaluation_file import to_bytes
from amirnet_benchmarks.pages import short_table
from amirnet_training.errors import DataError
from amirnet_training.evaluation.measure import Row, summary
from amirnet_training.pages import fill

ROOT = Path(__file__).parents[2]
PAGE = "# Card\n\n<!-- a -->\n\nold\n\n<!-- end of a -->\n\nwords <!-- b -->\n"


def record(name: str, kind: str, rows: list[Row], int8: list[Row] | None = None) -> dict[str, Any]:
    return {"set": name, "group": "real", "kind": kind, "photos": len(rows), "whole": False, **summary(rows),
            "int8": summary(int8) if int8 else None, "psnr_node_code": 30.0,
            "rows": [asdict(row) for row in rows], "rows_int8": [asdict(row) for row in int8 or []]}  # fmt: skip


def row(before: float, after: float, node: int = 0) -> Row:
    return Row("a", before, after, 0.5, 0.5, node, 1.0, 1.0, 1.0)


def test_a_table_takes_its_place_and_nothing_else_moves(tmp_path) -> None:
    page = tmp_path / "README.md"
    page.write_text(PAGE)
    for content in ("| new |\n", "| newer |\nwith \\1 in it"):
        fill(page, "a", content)
        assert page.read_text() == PAGE.replace("old", content.strip())


@pytest.mark.parametrize("text", ["", "<!-- a -->\n", "<!-- end of a -->\n<!-- a -->\n", PAGE + PAGE])
def test_a_page_without_the_place_is_refused(tmp_path, text: str) -> None:
    page = tmp_path / "README.md"
    page.write_text(text)
    with pytest.raises(DataError, match="once each"):
        fill(page, "a", "x")
    assert page.read_text() == text
    with pytest.raises(DataError, match="write it first"):
        fill(tmp_path / "none.md", "a", "x")


def test_the_readmes_table() -> None:
    records = [
        record("SIDD_val65", "noise", [row(20, 35, 3), row(20, 19.5, 3)], [row(20, 34), row(20, 19)]),
        record("Kodak24 none", "none", [row(100, 80, 5)]),
        record("not shown", "noise", [row(20, 30, 3)]),
    ]
    text = short_table(records)
    assert "| SIDD blocks, real phone noise | 20.00 | 27.25 | 26.50 | 1 of 2 |" in text
    assert "| Kodak24, nothing wrong | same | 80.00 | - |  |" in text and "not shown" not in text
    assert "100% of the photos" in text


def test_the_pages_of_the_project_have_their_places() -> None:
    places = {"README.md": ["quality"], "models/mobile/README.md": ["evaluation", "targets", "classical"]}
    for page, names in places.items():
        text = (ROOT / page).read_text(encoding="utf-8")
        for name in names:
            assert text.count(f"\n<!-- {name} -->\n") == text.count(f"\n<!-- end of {name} -->") == 1


def test_everything_is_run_and_shown(tmp_path, monkeypatch) -> None:
    names = ("evaluation", "targets", "classical")
    card = "".join(f"<!-- {name} -->\n\nold\n\n<!-- end of {name} -->\n" for name in names)
    for model in ("mobile", "tiny"):
        (tmp_path / "models" / model).mkdir(parents=True)
        (tmp_path / "models" / model / "README.md").write_text(card)
    (tmp_path / "README.md").write_text("<!-- quality -->\n\nold\n\n<!-- end of quality -->\n")
    ran: list[tuple[str, list[str]]] = []

    def run(command: str, words: list[object]) -> str:
        ran.append((command, [str(word) for word in words]))
        if command == "evaluation":
            records = [record("SIDD_val65", "noise", [row(20, 35)])]
            Path(str(words[-1])).write_bytes(to_bytes({"identity": "x"}, records))
        return f"what {command} printed"

    monkeypatch.setattr(showing, "_run", run)
    opened = SimpleNamespace(open=lambda model: SimpleNamespace(tree=f"tree of {model}"))
    monkeypatch.setattr(showing, "ModelBundle", opened)
    monkeypatch.setattr(showing, "render", lambda records, tree: f"{len(records)} sets, {tree}")
    showing.show("mobile", Path("e"), Path("t"), tmp_path, measure=True, limit=3)
    commands = ["evaluation", "targets", "classical", "worst", "real_photos", "readme_picture"]
    assert [command for command, _ in ran] == commands
    assert ran[0][1][-4:-2] == ["--limit", "3"] and "--against" not in ran[1][1]
    page = (tmp_path / "models" / "mobile" / "README.md").read_text()
    assert "1 sets, tree of mobile" in page and "old" not in page
    assert "what targets printed" in page and "what classical printed" in page
    assert "| SIDD blocks, real phone noise | 20.00 | 35.00 |" in (tmp_path / "README.md").read_text()

    ran.clear()
    (tmp_path / "models" / "tiny" / "evaluation.json").write_bytes(
        (tmp_path / "models" / "mobile" / "evaluation.json").read_bytes()
    )
    showing.show("tiny", Path("e"), Path("t"), tmp_path, measure=False, limit=None)
    assert [command for command, _ in ran] == commands[1:4], "no evaluation, and the README is not its"
    assert ran[0][1][-2:] == ["--against", str(tmp_path / "models" / "mobile" / "evaluation.json")]


def test_a_command_that_fails_stops_it(monkeypatch, tmp_path, capfd) -> None:
    with pytest.raises(showing.CommandError, match="targets failed"):
        showing._run("targets", [tmp_path / "none.json"])
    assert "cannot be read" in capfd.readouterr().err
