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
from amirnet_training.evaluation import dark, measure
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
    means = {"psnr", "psnr_input", "ssim", "ssim_input", "brightened"}
    assert set(report) == means | {"brightened_max", "worse", "worst_loss", "images"}
    assert report["psnr_input"] == pytest.approx(20 * np.log10(255 / 25), abs=0.1)  # 20.17 dB
    assert [row["name"] for row in report["images"]] == ["110", "140"]
    for key in means:
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
    assert (rows[0].psnr, rows[0].ssim, rows[0].node) == (quality.psnr, quality.ssim, result.diagnosis.node)
    assert rows[0].psnr_input == measure_quality(sample.clean, sample.degraded).psnr


def test_pairs(toy_bundle, data_root) -> None:
    report = json.loads(run(toy_bundle, "--pairs", data_root / "dark", data_root / "bright", "--json").stdout)
    assert [row["name"] for row in report["images"]] == ["0", "1", "2", "3"]
    assert report["psnr_input"] < 12
    table = run(toy_bundle, "--pairs", data_root / "dark", data_root / "bright").stdout.splitlines()
    assert len(table) == 7 and table[-2].startswith("mean") and "(4 photos)" in table[-2]


def row(before: float = 30.0, after: float = 32.0, brightened: float = 1.0, exposure: float = 1.0) -> measure.Row:
    return measure.Row("a", before, after, 0.5, 0.6, 0, 1.0, brightened, exposure)


def test_photos_that_came_back_worse_are_counted() -> None:
    rows = [row(), row(30.0, 29.75), row(30.0, 29.5), row(100.0, 60.0)]
    assert [one.loss for one in rows] == [0.0, 0.25, 0.5, 40.0]
    found = measure.summary(rows)
    assert (found["worse"], found["worst_loss"]) == (2, 40.0)
    assert measure.summary([row()])["worst_loss"] == 0.0


def test_losses_and_light_in_json_and_table(toy_bundle, data_root) -> None:
    pairs = ("--pairs", data_root / "bright", data_root / "bright")  # what is perfect can only get worse
    report = json.loads(run(toy_bundle, *pairs, "--json").stdout)
    losses = [100 - one["psnr"] for one in report["images"]]
    assert report["worse"] == sum(loss > 0.3 for loss in losses) > 0
    assert report["worst_loss"] == pytest.approx(max(losses))
    last = run(toy_bundle, *pairs).stdout.splitlines()[-1]
    assert last == f"worse by more than 0.3 dB: {report['worse']} of 4 photos, largest loss {max(losses):.2f} dB"
    restorer = Restorer.from_bundle(toy_bundle)
    for sample, one in zip(measure.pairs(*pairs[1:])[1], report["images"], strict=True):
        level = restorer.restore(sample.degraded).image.mean()
        assert one["brightened"] == one["exposure"] == pytest.approx(level / sample.clean.mean())
    assert report["brightened_max"] == max(one["brightened"] for one in report["images"])


def test_a_black_photo_has_a_light_too(toy_bundle, write_photo, tmp_path) -> None:
    for level, name in ((0, "in"), (100, "out")):
        write_photo(tmp_path / name / "a.png", np.full((64, 64, 3), level, np.uint8))
    (one,) = json.loads(run(toy_bundle, "--pairs", tmp_path / "in", tmp_path / "out", "--json").stdout)["images"]
    assert np.isfinite(one["brightened"]) and one["exposure"] < 1


def test_dark_photos_are_told_when_they_are_brightened(toy_bundle, data_root, monkeypatch) -> None:
    arguments = (toy_bundle, "--clean", data_root / "clean", "--dark", "dim+noise")
    report = json.loads(run(*arguments, "--json").stdout)
    glows = sorted(min(one["brightened"], one["exposure"]) for one in report["images"])
    assert report["glow_max"] == glows[-1] and report["too_bright"] == sum(glow > 1.1 for glow in glows)
    monkeypatch.setattr(dark, "TOO_BRIGHT", (glows[-1] + glows[-2]) / 2)
    assert "1 of 8 photos, at most" in run(*arguments).stdout.splitlines()[-1]
    assert refused(run(*arguments[:-1], "dusk"), "dusk", "night:3")
    assert refused(run(*arguments, "--degrade", "none"), "one at a time")


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
