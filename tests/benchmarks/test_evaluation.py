"""The evaluation: every set is measured, of training sets only what was held out, and the tables say what was found."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from rich.progress import Progress

from amirnet import ModelBundle, Restorer
from amirnet_benchmarks import targets
from amirnet_benchmarks.evaluation import main, run
from amirnet_benchmarks.evaluation_file import read, shipped, shipped_rows
from amirnet_benchmarks.evaluation_sets import SETS, Places, set_named
from amirnet_benchmarks.evaluation_table import confusion, purity, render
from amirnet_training.config import load, parse, with_root
from amirnet_training.data.holdout import pool


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Every set with four photos of 40 x 32 pixels: `eval`, `train`, and the configuration of a model of theirs."""
    root, rng = tmp_path_factory.mktemp("sets"), np.random.default_rng(3)
    for chosen in SETS:
        for part in chosen.pair if chosen.pair[0] else ("",):
            folder = root / ("train" if chosen.group == "held-out" else "eval") / chosen.folder / part
            folder.mkdir(parents=True, exist_ok=True)
            for name in "abcd":
                Image.fromarray(rng.integers(0, 256, (32, 40, 3), np.uint8)).save(folder / f"{name}.png")
    pairs = next(chosen for chosen in SETS if chosen.name == "DPDD_256 held-out")
    source = {"inputs": "DPDD_256/blur", "targets": "DPDD_256/sharp", "kind": "defocus", "weight": 1}
    assert pairs.source(parse({"data": {"sources": [source]}}, "toy")) is not None
    (root / "config.yaml").write_text(json.dumps({"data": {"holdout": 0.5, "sources": [source]}}))
    return root


def arguments(toy_bundle, data, *more: object) -> list[str]:
    return [str(word) for word in ("--model", toy_bundle, "--data", data / "eval", *more)]


def test_every_set_is_measured_and_written(toy_bundle, data, tmp_path) -> None:
    output = tmp_path / "evaluation.json"
    more = ("--train", data / "train", "--config", data / "config.yaml", "-o", output, "--limit", 1)
    result = CliRunner().invoke(main, arguments(toy_bundle, data, *more))
    assert result.exit_code == 0, result.output
    identity, written = read(output)
    assert identity["identity"] == ModelBundle.open(toy_bundle).manifest.identity
    assert [record["set"] for record in written] == [chosen.name for chosen in SETS]
    for record in written:
        (row,) = record["rows"]
        assert record["photos"] == 1 and record["psnr"] == row["psnr"] and record["psnr_input"] == row["psnr_input"]
        assert record["int8"] is None and record["rows_int8"] == []
        trained = "" if not record["whole"] else " (all: not trained on)"
        if record["group"] != "dark":
            numbers = f"{record['psnr_input']:.2f} | {record['psnr']:.2f} |"
            assert f"| {record['set']}{trained} | 1 | {numbers}" in result.output
    whole = [record["set"] for record in written if record["whole"]]
    assert len(whole) == 6 and all(name.endswith(" held-out") and name != "DPDD_256 held-out" for name in whole)
    clean = next(record for record in written if record["set"] == "Kodak24 none")
    assert clean["psnr_input"] == 100
    # The targets are printed, and can be printed again from the file.
    again = CliRunner().invoke(targets.main, [str(output)])
    assert again.exit_code == 0 and again.output.strip() in result.output


def test_only_what_was_held_out_is_measured(data) -> None:
    places = Places(data / "eval", data / "train", load(data / "config.yaml"))
    chosen = set_named("DPDD_256 held-out")
    count, samples = chosen.samples(places)
    source = chosen.source(places.config)
    config = with_root(places.config, data / "train").data
    held = {clean.stem for clean, _ in pool(source, config, validation=True)}
    trained = {clean.stem for clean, _ in pool(source, config, validation=False)}
    assert {sample.name for sample in samples} == held and count == len(held) == 2
    assert not held & trained and held | trained == set("abcd")
    assert set_named("PolyU100 held-out").samples(places)[0] == 4, "not trained on: all of it"


def test_groups_can_be_chosen(toy_bundle, data) -> None:
    result = CliRunner().invoke(main, arguments(toy_bundle, data, "--only", "dark", "--limit", 1))
    assert result.exit_code == 0, result.output
    assert "| Kodak24 night+noise | 1 |" in result.output and "SIDD_val65 |" in result.output
    assert "| SIDD_val65 | - | at least 35.00 | 38.00 | not measured |" in result.output
    assert "| set |" not in result.output


def test_int8_and_float_are_told_apart(toy_bundle, data) -> None:
    """With an int8 model at hand, losses and light are its."""
    restorer = Restorer.from_bundle(toy_bundle)

    class Rounded:
        def restore(self, image, **_: object):
            return replace(restorer.restore(image), image=np.zeros_like(image))

    chosen = [set_named("REDS_720p_003")]
    (record,) = run(restorer, Rounded(), chosen, Places(data / "eval"), Progress(disable=True))  # type: ignore[arg-type]
    assert shipped(record, "brightened") == 0 and shipped(record, "worse") == 4 and record["brightened"] > 0.5
    assert [row["psnr"] for row in shipped_rows(record)] == [row["psnr"] for row in record["rows_int8"]]
    text = render([record], restorer.bundle.tree)
    assert f"| {record['int8']['psnr']:.2f} | {record['psnr_node_code']:.2f} | 4 |" in text


def test_what_is_missing_is_one_line_and_status_2(toy_bundle, data, tmp_path, monkeypatch) -> None:
    def refused(*words: object) -> str:
        result = CliRunner().invoke(main, [*map(str, words)])
        assert result.exit_code == 2 and len(result.output.strip().splitlines()) == 1, result.output
        return result.output

    assert "LOL_eval15" in refused("--model", toy_bundle, "--data", tmp_path)
    monkeypatch.chdir(tmp_path)
    train = ("--train", data / "train")
    assert "name it with --config" in refused("--model", "mobile", "--data", data / "eval", *train)
    assert "--config" in refused(*arguments(toy_bundle, data, "--only", "held-out"))
    (tmp_path / "other.json").write_text('{"sets": 1}')
    against = ("--against", tmp_path / "other.json")
    assert "other.json: not an evaluation" in refused(*arguments(toy_bundle, data, *against))


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
    tree = ModelBundle.open(toy_bundle).tree
    means = {"psnr_input": 20.0, "psnr": 25.0, "ssim_input": 0.5, "ssim": 0.75, "worse": 0, "worst_loss": 0.0}
    int8 = {**means, "psnr": 24.9, "worse": 1, "worst_loss": 1.5}
    record = {"set": "x", "group": "real", "kind": "noise", "photos": 1, "whole": False, **means, "int8": int8,
              "psnr_node_code": 24.5, "rows": [{"node": 0}], "rows_int8": [{"node": 0}]}  # fmt: skip
    text = render([record], tree)
    assert "| x | 1 | 20.00 | 25.00 | +5.00 | 0.5000 | 0.7500 | 24.90 | 24.50 | 1 | 1.50 |" in text
    assert "int8 loses 0.100 dB on average over the damaged sets against float, most on x: 0.100 dB." in text
    other = {**record, "set": "y", "int8": {**int8, "psnr": 25.1}}
    assert "int8 loses 0.000 dB on average over the damaged sets against float, most on x: 0.100 dB." in render(
        [record, other], tree
    )
    clean = {**record, "set": "z", "kind": "none", "psnr": 60.0, "int8": {**int8, "psnr": 70.0}}
    assert "int8 loses 0.100 dB" in render([record, clean], tree), "clean photos do not count"
    without = render([{**record, "int8": None, "rows_int8": []}], tree)
    assert "| 0.7500 | - | 24.50 | 0 | 0.00 |" in without and "int8 loses" not in without
    assert text.startswith("| set |")
