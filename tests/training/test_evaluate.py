"""`amirnet evaluate`: right numbers in a form that scripts can read, and one line for what cannot be measured."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from amirnet import Restorer
from amirnet.cli import cli
from amirnet_training.degradations import parse
from amirnet_training.evaluation import measure
from amirnet_training.evaluation.quality import measure_quality


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["evaluate", *map(str, arguments)])


def refused(result: Result, *words: str) -> bool:
    assert result.exit_code == 2, result.output
    assert result.stdout == "" and result.stderr.startswith("error: ") and result.stderr.count("\n") == 1
    assert all(word in result.stderr for word in words), result.stderr
    return True


@pytest.fixture
def gray(write_photo, tmp_path) -> Path:
    """Two flat photos away from black and white, where noise is not clipped."""
    for level in (110, 140):
        write_photo(tmp_path / "gray" / f"{level}.png", np.full((96, 96, 3), level, np.uint8))
    return tmp_path / "gray"


def test_keys_rows_and_known_noise(toy_bundle, gray) -> None:
    result = run(toy_bundle, "--clean", gray, "--degrade", "noise:25", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert set(report) == {"psnr", "psnr_input", "ssim", "ssim_input", "images"}
    assert report["psnr_input"] == pytest.approx(20 * np.log10(255 / 25), abs=0.1)  # 20.17 dB
    assert [row["name"] for row in report["images"]] == ["110", "140"]
    for key in ("psnr", "psnr_input", "ssim", "ssim_input"):
        assert report[key] == pytest.approx(np.mean([row[key] for row in report["images"]]))
    assert run(toy_bundle, "--clean", gray, "--degrade", "noise:25", "--json").stdout == result.stdout, "repeatable"


def test_nothing_done_to_a_photo_counts_100_db(toy_bundle, data_root) -> None:
    report = json.loads(run(toy_bundle, "--clean", data_root / "clean", "--degrade", "none", "--json").stdout)
    assert report["psnr_input"] == 100.0 and report["ssim_input"] == 1.0
    assert len(report["images"]) == 8 and np.isfinite(report["psnr"])


def test_false_restorations_are_counted_on_clean_photos_only(toy_bundle, data_root, monkeypatch) -> None:
    clean = ("--clean", data_root / "clean", "--degrade")
    report = json.loads(run(toy_bundle, *clean, "none", "--json").stdout)
    harmed = [row["name"] for row in report["images"] if row["psnr"] < 40]
    assert report["false_restorations"] == len(harmed) / 8
    # Between the best photo and the others: exactly one of the eight is left alone.
    best = sorted(row["psnr"] for row in report["images"])
    monkeypatch.setattr(measure, "UNHARMED", (best[-1] + best[-2]) / 2)
    assert json.loads(run(toy_bundle, *clean, "none", "--json").stdout)["false_restorations"] == 7 / 8
    last = run(toy_bundle, *clean, "none").stdout.splitlines()[-1]
    assert last.startswith("false restorations") and "87.5% of 8 photos" in last
    assert "false restorations" not in run(toy_bundle, *clean, "jpeg:20").stdout


def test_rows_are_what_the_restorer_does(toy_bundle, data_root) -> None:
    restorer = Restorer.from_bundle(toy_bundle)
    count, samples = measure.degraded(data_root / "clean", parse("jpeg:20"))
    done: list[int] = []
    rows = measure.evaluate(restorer, samples, done.append)
    assert count == len(rows) == len(done) == 8
    sample = next(iter(measure.degraded(data_root / "clean", parse("jpeg:20"))[1]))
    result = restorer.restore(sample.degraded)
    quality = measure_quality(sample.clean, result.image)
    assert (rows[0].psnr, rows[0].ssim, rows[0].node) == (quality.psnr, quality.ssim, result.node)
    assert rows[0].psnr_input == measure_quality(sample.clean, sample.degraded).psnr


def test_pairs(toy_bundle, data_root) -> None:
    report = json.loads(run(toy_bundle, "--pairs", data_root / "dark", data_root / "bright", "--json").stdout)
    assert [row["name"] for row in report["images"]] == ["0", "1", "2", "3"]
    assert report["psnr_input"] < 12
    table = run(toy_bundle, "--pairs", data_root / "dark", data_root / "bright").stdout.splitlines()
    assert len(table) == 6 and table[-1].startswith("mean") and "(4 photos)" in table[-1]


def test_pairs_that_do_not_match(toy_bundle, data_root, make_photo, write_photo, tmp_path) -> None:
    write_photo(tmp_path / "in" / "a.png", make_photo(1))
    write_photo(tmp_path / "out" / "b.png", make_photo(1))
    assert refused(run(toy_bundle, "--pairs", tmp_path / "in", tmp_path / "out"), "a.png: has no partner")
    write_photo(tmp_path / "out" / "a.png", make_photo(1)[:-1])
    assert refused(run(toy_bundle, "--pairs", tmp_path / "in", tmp_path / "out"), "a.png: its size differs")


def test_photos_that_cannot_be_measured(toy_bundle, make_photo, write_photo, tmp_path) -> None:
    photo = write_photo(tmp_path / "small" / "a.jpg", make_photo(1)[:10])
    assert refused(run(toy_bundle, "--clean", photo.parent, "--degrade", "none"), "a: smaller than SSIM's window")
    photo = write_photo(tmp_path / "cut" / "b.jpg", make_photo(1))
    photo.write_bytes(photo.read_bytes()[:-400])
    assert refused(run(toy_bundle, "--clean", photo.parent, "--degrade", "none"), "b.jpg: damaged or cut short")


def test_what_was_asked_for_must_make_sense(toy_bundle, data_root, tmp_path) -> None:
    clean, dark = data_root / "clean", data_root / "dark"
    assert refused(run(toy_bundle), "--pairs INPUTS TARGETS", "--clean FOLDER")
    assert refused(run(toy_bundle, "--clean", clean, "--pairs", dark, dark), "one source")
    assert refused(run(toy_bundle, "--clean", clean), "--degrade")
    assert refused(run(toy_bundle, "--pairs", dark, dark, "--degrade", "none"), "go together")
    assert refused(run(toy_bundle, "--clean", clean, "--degrade", "fog:3"), "fog:3", "noise:SIGMA")
    assert refused(run(toy_bundle, "--clean", clean, "--degrade", "noise:-4"), "between 0 and 255")
    assert refused(run(toy_bundle, "--clean", tmp_path / "none", "--degrade", "none"), "none: no such folder")
    assert refused(run(toy_bundle, "--clean", tmp_path, "--degrade", "none"), "holds no images")


def test_models_that_are_no_bundles(data_root, tmp_path) -> None:
    source = ["--clean", data_root / "clean", "--degrade", "none"]
    assert refused(run(tmp_path / "model.safetensors", *source), "a checkpoint, not a bundle", "amirnet export")
    assert refused(run("no-such-model", *source), "no-such-model")
    assert refused(run(tmp_path, *source), "manifest.json")
