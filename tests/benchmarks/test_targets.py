"""The targets: the right number of the right sets, and a verdict that says by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pytest
from click.testing import CliRunner

from amirnet_benchmarks.evaluation_file import read, to_bytes
from amirnet_benchmarks.targets import TARGETS, Target, against, main, render_targets
from amirnet_training.errors import DataError
from amirnet_training.evaluation.measure import Row, summary


def row(before: float, after: float, brightened: float = 1.0) -> Row:
    return Row("a", before, after, 0.5, 0.6, 0, 1.0, brightened, brightened)


def record(
    name: str, rows: list[Row], int8: Sequence[Row] = (), group: str = "real", kind: str = "noise"
) -> dict[str, Any]:
    return {
        "set": name, "group": group, "kind": kind, "photos": len(rows), "whole": False, **summary(rows),
        "int8": summary(list(int8)) if int8 else None, "psnr_node_code": None,
        "rows": [asdict(one) for one in rows], "rows_int8": [asdict(one) for one in int8],
    }  # fmt: skip


def value(name: str, *records: dict[str, Any]) -> float | None:
    (target,) = [target for target in TARGETS if target.name == name]
    return target.value({record["set"]: record for record in records})


def test_harm_is_counted_over_all_real_pairs_in_int8() -> None:
    good, bad, awful = row(30, 33), row(30, 29), row(30, 25)
    records = (
        record("SIDD_val65", [good] * 3, [good, good, bad]),
        record("PolyU100 held-out", [good], [awful], group="held-out"),
        record("Kodak24 none", [row(100, 35)], [row(100, 39), row(100, 41)], group="synthetic", kind="none"),
        record("Kodak24 dim", [row(100, 30, 3.0)], [row(100, 30, 1.0), row(100, 30, 1.2)], group="dark", kind="none"),
    )
    assert value("real pairs worse by more than 0.3 dB, in %", *records) == 50
    assert value("largest loss of a real pair", *records) == 5
    assert value("clean photos that come back below 40 dB", *records) == 1
    assert value("dark photos brightened by more than a tenth", *records) == 1
    assert value("largest brightening of a dark photo, times", *records) == 1.2


def test_sets_are_judged_by_int8_or_by_float_without_it() -> None:
    both = record("SIDD_val65", [row(20, 36)], [row(20, 35.9)])
    assert value("SIDD_val65", both) == 35.9 and value("SIDD_val65", {**both, "int8": None}) == 36
    assert value("DPDD_test12, gain", record("DPDD_test12", [row(22, 22.8)])) == pytest.approx(0.8)
    losing = record("Kodak24 noise:25", [row(20, 31)], [row(20, 30.8)], group="synthetic")
    assert value("int8 against float, mean loss", both, losing) == pytest.approx(0.15)
    assert value("SIDD_val65", losing) is None


@pytest.mark.parametrize(
    ("found", "verdict"),
    [(None, "not measured"), (34.5, "missed by 0.50"), (34.996, "met"), (35.0, "met"), (38.0, "met, and the moonshot")],
)
def test_verdicts(found: float | None, verdict: str) -> None:
    assert Target("x", lambda _: found, 35.0, 38.0).verdict(found) == verdict


def test_verdicts_where_less_is_better() -> None:
    target = Target("x", lambda _: None, 0.10, 0.05, at_least=False, digits=3)
    verdicts = [target.verdict(found) for found in (0.121, 0.1, 0.05)]
    assert verdicts == ["missed by 0.021", "met", "met, and the moonshot"]


def test_a_smaller_model_against_a_larger_one() -> None:
    small = [record("SIDD_val65", [row(20, 34)]), record("LOL_eval15", [row(8, 21)]), record("only here", [row(1, 2)])]
    large = [record("SIDD_val65", [row(20, 35)]), record("LOL_eval15", [row(8, 21.5)])]
    target = against({one["set"]: one for one in large})
    assert target.value({one["set"]: one for one in small}) == pytest.approx(-0.75)
    assert "| against the larger model, mean | -0.75 | at least -0.80 | -0.50 | met |" in render_targets(small, large)
    assert "larger model" not in render_targets(small)


def test_the_file_gives_back_what_was_written(tmp_path) -> None:
    records = [record("SIDD_val65", [row(20, 35.123456789)], [row(20, 34)]), record("Kodak24 none", [row(100, 90)])]
    (tmp_path / "evaluation.json").write_bytes(to_bytes({"model": "toy", "identity": "ab"}, records))
    identity, found = read(tmp_path / "evaluation.json")
    assert identity == {"model": "toy", "identity": "ab"}
    assert found[1] == records[1] and found[0]["rows_int8"] == records[0]["rows_int8"]
    assert found[0]["rows"][0]["psnr"] == 35.12346
    result = CliRunner().invoke(main, [str(tmp_path / "evaluation.json")])
    assert result.output.strip() == render_targets(found)


@pytest.mark.parametrize("content", [None, "{", "[]", '{"sets": [{"set": "x"}]}'])
def test_files_that_are_no_evaluations(tmp_path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "e.json").write_text(content)
    with pytest.raises(DataError, match=r"e\.json: (not an evaluation|cannot be read)"):
        read(tmp_path / "e.json")
    result = CliRunner().invoke(main, [str(tmp_path / "e.json")])
    assert result.exit_code == 2 and result.output.startswith("error: ")
