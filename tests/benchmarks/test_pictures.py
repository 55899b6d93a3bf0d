"""The pictures: the real photos that are cut, the sheet of the worst, and the README's first picture."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from amirnet import ModelBundle, Restorer
from amirnet.errors import ImageError
from amirnet_benchmarks import classical_tools, readme_picture, real_photos, worst
from amirnet_benchmarks.classical import OURS
from amirnet_benchmarks.demo_photos import DEMO_PHOTOS, SYNTHETIC, listed
from amirnet_benchmarks.evaluation_file import to_bytes
from amirnet_benchmarks.real_photos import Choice, worst_choices
from amirnet_benchmarks.sheet import Cell, draw_sheet, where_worst
from amirnet_training.evaluation.measure import Row, summary

NAMES = [f"{index:03d}" for index in range(7)]
SETS = {"SIDD_val65": "noise", "LOL_eval15": "lowlight", "DPDD_test12": "defocus", "PolyU_orig256 held-out": "noise"}


def record(name: str, losses: list[float]) -> dict[str, Any]:
    rows = [Row(photo, 30.0, 30.0 - loss, 0.5, 0.5, 0, 1.0, 1.0, 1.0)
            for photo, loss in zip(NAMES, losses, strict=True)]  # fmt: skip
    return {"set": name, "group": "held-out" if name.endswith("held-out") else "real", "kind": SETS[name],
            "photos": len(rows), "whole": False, **summary(rows), "int8": None, "psnr_node_code": 30.0,
            "rows": [asdict(row) for row in rows], "rows_int8": []}  # fmt: skip


RECORDS = [
    record("SIDD_val65", [0, 1, 2, 3, 4, 5, 6]),
    record("LOL_eval15", [0, 0, 0, 0, 0, 0, 20]),
    record("DPDD_test12", [-3, -1, -2, -3, -3, -3, -3]),
    record("PolyU_orig256 held-out", [0, 9, 0, 0, 0, 0, 0]),
]


@pytest.fixture(scope="module")
def places(tmp_path_factory, toy_bundle) -> Path:
    """`eval` and `train` with seven pairs of 300 x 280 pixels a set, a configuration, and the evaluation of them."""
    root, rng = tmp_path_factory.mktemp("places"), np.random.default_rng(4)
    pairs = {"eval/SIDD_val65": ("noisy", "gt"), "eval/LOL_eval15": ("low", "high"),
             "eval/DPDD_test12": ("blur", "sharp"), "train/PolyU_orig256": ("noisy", "gt")}  # fmt: skip
    for folder, parts in pairs.items():
        for index, name in enumerate(NAMES):
            for level, part in zip((90, 100), parts, strict=True):
                (root / folder / part).mkdir(parents=True, exist_ok=True)
                pixels = rng.integers(level - 9, level + 9, (280, 300, 3), np.uint8) + 10 * index
                Image.fromarray(pixels.astype(np.uint8)).save(root / folder / part / f"{name}.png")
    source = {"inputs": "DPDD_test12/blur", "targets": "DPDD_test12/sharp", "kind": "defocus", "weight": 1}
    (root / "config.yaml").write_text(json.dumps({"data": {"sources": [source]}}))
    identity = {"model": "toy", "identity": ModelBundle.open(toy_bundle).manifest.identity}
    (root / "evaluation.json").write_bytes(to_bytes(identity, RECORDS))
    return root


def read(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def test_a_sheet_shows_pictures_as_they_are() -> None:
    rng = np.random.default_rng(1)
    large, small = (rng.integers(0, 256, (side, side, 3), np.uint8) for side in (50, 20))
    sheet = np.asarray(draw_sheet([[Cell(large, "one"), Cell(small, "two")], [Cell(small, "three")]], 40, 30))
    assert np.array_equal(sheet[:30, :40], large[10:40, 5:45]), "cut around the middle"
    assert np.array_equal(sheet[5:25, 58:78], small), "centred"
    below = sheet[30 : sheet.shape[0] // 2]
    assert (below[:, :40] < 255).any() and (below[:, 48:] < 255).any(), "and there are words below both"


def test_the_window_is_where_restoring_lost_most() -> None:
    meant = np.full((90, 100, 3), 100, np.uint8)
    came, restored = meant.copy(), meant.copy()
    came[:30, :30] = 0  # bad as it came, and no worse restored
    restored[:30, :30] = 0
    restored[60:80, 70:90] = 160
    rows, columns = where_worst(came, restored, meant, 20)
    assert (rows, columns) == (slice(60, 80), slice(70, 90))
    rows, columns = where_worst(came, restored, meant, 95)
    assert rows == slice(0, 90) and columns.stop - columns.start == 95, "less where the photo ends"


def test_the_worst_are_one_a_set_of_those_that_may_be_passed_on() -> None:
    first, second = worst_choices(RECORDS)
    assert (first.set, first.file) == ("SIDD_val65", "006"), "not PolyU, not LOL, though they lost more"
    assert (second.set, second.file) == ("DPDD_test12", "001")


def test_real_photos_are_cut_listed_and_credited(places, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(real_photos, "CHOICES", (Choice("one", "One", "Noise", "SIDD_val65", "003", (20, 10), 200),))
    arguments = ["--data", places / "eval", "--train", places / "train", "--config", places / "config.yaml"]
    arguments += ["--evaluation", places / "evaluation.json", "-o", tmp_path]
    result = CliRunner().invoke(real_photos.main, [*map(str, arguments)])
    assert result.exit_code == 0, result.output
    one, first, second = listed(tmp_path / "photos.json")
    assert (one.group, first.group, second.group) == ("real", "worst", "worst")
    assert (one.kind, second.kind) == ("noise", "defocus") and one.origin == "SIDD_val65/noisy/003"
    whole = read(places / "eval" / "SIDD_val65" / "noisy" / "003.png")
    assert np.array_equal(read(tmp_path / "one.webp"), whole[10:210, 20:220])
    whole = read(places / "eval" / "DPDD_test12" / "sharp" / "001.png")
    assert np.array_equal(read(tmp_path / "worst_2_target.webp"), whole[12:268, 22:278])
    credits = (tmp_path / "CREDITS.md").read_text()
    assert f"| `worst_1.webp`, `worst_1_target.webp` | SIDD_val65/noisy/006 | {first.author} | MIT |" in credits


def test_a_photo_that_was_trained_on_is_left_out(places, tmp_path, monkeypatch) -> None:
    choices = [Choice(f"c{name}", "x", "x", "PolyU_orig256 held-out", name) for name in NAMES]
    monkeypatch.setattr(real_photos, "CHOICES", choices)
    monkeypatch.setitem(real_photos.SETS, "PolyU", ("Xu", "for a test"))
    source = {"inputs": "PolyU_orig256/noisy", "targets": "PolyU_orig256/gt", "kind": "noise", "weight": 1}
    (tmp_path / "config.yaml").write_text(json.dumps({"data": {"sources": [source], "holdout": 0.3}}))
    arguments = ["--data", places / "eval", "--train", places / "train", "--config", tmp_path / "config.yaml"]
    arguments += ["--evaluation", places / "evaluation.json", "-o", tmp_path / "out"]
    result = CliRunner().invoke(real_photos.main, [*map(str, arguments)])
    assert result.exit_code == 0, result.output
    fixed = [photo for photo in listed(tmp_path / "out" / "photos.json") if not photo.worst]
    assert len(fixed) == 2 and result.output.count("left out") >= 5


def test_a_set_that_may_not_be_passed_on_is_refused(places, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(real_photos, "CHOICES", (Choice("dark", "x", "x", "LOL_eval15", "000"),))
    arguments = ["--data", places / "eval", "--train", places / "train", "--config", places / "config.yaml"]
    arguments += ["--evaluation", places / "evaluation.json", "-o", tmp_path]
    result = CliRunner().invoke(real_photos.main, [*map(str, arguments)])
    assert result.exit_code == 2 and "licence keeps it out" in result.output


def test_the_page_of_the_worst(toy_bundle, places, tmp_path) -> None:
    arguments = ["--model", toy_bundle, "--data", places / "eval", "--train", places / "train"]
    arguments += ["--config", places / "config.yaml", "--evaluation", places / "evaluation.json", "-o", tmp_path]
    result = CliRunner().invoke(worst.main, [*map(str, arguments)])
    assert result.exit_code == 0, result.output
    page = (tmp_path / "README.md").read_text()
    shown = {path.name for path in tmp_path.glob("*.jpg")}
    assert shown == {"SIDD_val65.jpg", "DPDD_test12.jpg", "PolyU_orig256_held-out.jpg"}, "LOL only by name"
    assert all(f"]({name})" in page for name in shown) and "LOL_eval15.jpg" not in page
    section = page.split("## ")[1]
    assert [line.split(" | ")[0] for line in section.splitlines() if line.startswith("| 0")] == [
        "| 006", "| 005", "| 004", "| 003", "| 002"]  # fmt: skip
    assert "| 006 | 30.00 | 24.00 | -6.00 | 0 |" in section
    with Image.open(tmp_path / "SIDD_val65.jpg") as sheet:
        assert sheet.width == 3 * (worst.SIDE + 8) - 8 and sheet.height > 5 * worst.SIDE


def test_the_page_of_another_model_is_not_made(toy_bundle, places, tmp_path) -> None:
    other = tmp_path / "other.json"
    other.write_bytes(to_bytes({"model": "toy", "identity": "00"}, RECORDS))
    arguments = ["--model", toy_bundle, "--data", places / "eval", "--evaluation", other, "-o", tmp_path / "out"]
    result = CliRunner().invoke(worst.main, [*map(str, arguments)])
    assert result.exit_code == 2 and "run it again" in result.output and not (tmp_path / "out").exists()


@pytest.fixture
def fast_tools(monkeypatch) -> None:
    tools = tuple(tool for tool in classical_tools.TOOLS if not tool.slow)
    monkeypatch.setattr(classical_tools, "TOOLS", tools)


def test_the_readme_picture(toy_bundle, tmp_path, monkeypatch, fast_tools) -> None:
    monkeypatch.setattr(readme_picture, "LEAST", -100.0)
    target = tmp_path / "docs" / "picture.png"
    result = CliRunner().invoke(readme_picture.main, ["--model", str(toy_bundle), "-o", str(target)])
    assert result.exit_code == 0, result.output
    with Image.open(target) as picture:
        assert picture.width == 4 * (readme_picture.WIDTH + 8) - 8
        shown = [photo for photo in DEMO_PHOTOS if photo.name in readme_picture.SHOWN]
        assert picture.height > len(shown) * readme_picture.HEIGHT and len(shown) >= 3
    assert target.stat().st_size < 1_500_000


def test_the_readme_picture_says_what_was_measured(toy_bundle, fast_tools) -> None:
    coffee = SYNTHETIC[0]
    found = readme_picture.measure_photo(Restorer.from_bundle(toy_bundle), coffee)
    assert list(found) == ["input", "CLAHE", OURS, "meant"] and found["meant"].psnr == 100
    cells = readme_picture.row_of(coffee, found)
    assert cells[0].words == "Taken in the dark (synthetic)"
    assert cells[0].more == f"{found['input'].psnr:.1f} dB as it came"
    assert cells[1].words == f"CLAHE  {found['CLAHE'].psnr:.1f} dB"
    assert cells[2].words == f"{OURS}  {found[OURS].psnr:.1f} dB" and np.array_equal(cells[2].image, found[OURS].image)


def test_a_photo_that_shows_no_change_is_left_out(toy_bundle, monkeypatch, fast_tools) -> None:
    monkeypatch.setattr(readme_picture, "LEAST", 100.0)
    with pytest.raises(ImageError, match="no photo gains enough"):
        readme_picture.compose(Restorer.from_bundle(toy_bundle), SYNTHETIC[:1])
