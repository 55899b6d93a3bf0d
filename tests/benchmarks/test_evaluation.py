"""The evaluation table: every set is measured, and purity is what it says."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from amirnet import Bundle
from amirnet_benchmarks.evaluation import SETS, main
from amirnet_benchmarks.evaluation_table import confusion, purity, render


@pytest.fixture
def data(tmp_path):
    """Every evaluation set with two photos of 40 x 32 pixels."""
    rng = np.random.default_rng(3)
    for chosen in SETS:
        for part in chosen.pair if chosen.degrade is None else ("",):
            folder = tmp_path / "data" / chosen.folder / part
            folder.mkdir(parents=True, exist_ok=True)
            for name in ("a", "b"):
                Image.fromarray(rng.integers(0, 256, (32, 40, 3), np.uint8)).save(folder / f"{name}.png")
    return tmp_path / "data"


def test_every_set_is_measured_and_written(toy_bundle, data, tmp_path) -> None:
    output = tmp_path / "evaluation.json"
    arguments = ["--model", str(toy_bundle), "--data", str(data), "-o", str(output), "--limit", "1"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    written = json.loads(output.read_text())
    assert written["identity"] == Bundle.open(toy_bundle).manifest.identity
    assert [record["set"] for record in written["sets"]] == [chosen.name for chosen in SETS]
    for record in written["sets"]:
        (row,) = record["rows"]
        assert record["photos"] == 1 and record["psnr"] == row["psnr"] and record["psnr_input"] == row["psnr_input"]
        assert f"| {record['set']} | 1 | {record['psnr_input']:.2f} | {record['psnr']:.2f} |" in result.output
    clean = next(record for record in written["sets"] if record["set"] == "Kodak24 none")
    assert clean["psnr_input"] == 100


def test_a_missing_set_is_one_line_and_status_2(toy_bundle, tmp_path) -> None:
    result = CliRunner().invoke(main, ["--model", str(toy_bundle), "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert "LOL_eval15" in result.output and len(result.output.strip().splitlines()) == 1


def records(nodes_by_kind: dict[str, list[int]]) -> list[dict[str, object]]:
    return [{"kind": kind, "rows": [{"node": node} for node in nodes]} for kind, nodes in nodes_by_kind.items()]


def test_purity_counts_the_commonest_kind_of_each_node() -> None:
    counts = confusion(records({"noise": [5, 5, 5, 6], "motion": [6]}))
    assert counts == {5: {"noise": 3}, 6: {"noise": 1, "motion": 1}}
    assert purity(counts, balanced=False) == pytest.approx(4 / 5)
    # Balanced, a noisy photo weighs 1/4 of the one blurred photo.
    assert purity(counts, balanced=True) == pytest.approx((0.75 + 1.0) / 2)


def test_one_node_for_everything_is_as_pure_as_guessing() -> None:
    counts = confusion(records({kind: [0, 0] for kind in ("a", "b", "c", "d")}))
    assert purity(counts, balanced=True) == pytest.approx(0.25)


def test_a_row_reads_as_the_numbers_say(toy_bundle) -> None:
    means = {"psnr_input": 20.0, "psnr": 25.0, "ssim_input": 0.5, "ssim": 0.75}
    other_codes = {"psnr_node_code": 24.5, "psnr_int8": 24.9}
    record = {"set": "x", "kind": "noise", "photos": 1, **means, **other_codes, "rows": [{"node": 0}]}
    text = render([record], Bundle.open(toy_bundle).tree)
    assert "| x | 1 | 20.00 | 25.00 | +5.00 | 0.5000 | 0.7500 | 24.90 | 24.50 |" in text
    assert "int8 loses 0.100 dB on average over the damaged sets against float, most on x: 0.100 dB." in text
    other = {**record, "set": "y", "psnr_int8": 25.1}
    assert "int8 loses 0.000 dB on average over the damaged sets against float, most on x: 0.100 dB." in render(
        [record, other], Bundle.open(toy_bundle).tree
    )
    clean = {**record, "set": "z", "kind": "none", "psnr": 60.0, "psnr_int8": 70.0}
    assert "int8 loses 0.100 dB" in render([record, clean], Bundle.open(toy_bundle).tree), "clean photos do not count"
    without = render([{**record, "psnr_int8": None}], Bundle.open(toy_bundle).tree)
    assert "| 0.7500 | - | 24.50 |" in without and "int8 loses" not in without
    assert text.startswith("| set |")
