"""The classical tools do what they are for, and are compared with the network on the same pixels."""

from __future__ import annotations

import importlib.util
import json

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from amirnet import Restorer
from amirnet.errors import MissingExtraError
from amirnet_benchmarks import classical, classical_tools
from amirnet_benchmarks.classical import OURS, compare_photo, main, render
from amirnet_benchmarks.classical_tools import Tool, bm3d, clahe, middle, nlm, noise_sigma, tools_for, unsharp
from amirnet_training.evaluation.measure import Sample
from amirnet_training.evaluation.quality import measure_quality


def shaded(height: int = 96, width: int = 96) -> np.ndarray:
    """A gray slope with an edge in it."""
    photo = np.tile(np.linspace(60, 150, width), (height, 1))
    photo[:, width // 2 :] += 40
    return np.repeat(photo[..., None], 3, axis=2).astype(np.uint8)


def noisy(clean: np.ndarray, sigma: float = 8) -> np.ndarray:
    noise = np.random.default_rng(2).normal(0, sigma, clean.shape)
    return np.clip(np.rint(clean + noise), 0, 255).astype(np.uint8)


def test_the_noise_is_estimated() -> None:
    assert noise_sigma(noisy(shaded(), 8)) == pytest.approx(8, rel=0.15)


def test_denoisers_take_noise_away() -> None:
    clean = shaded()
    came = noisy(clean)
    before = measure_quality(clean, came).psnr
    result = nlm(came)
    assert result.dtype == np.uint8 and result.shape == clean.shape
    assert measure_quality(clean, result).psnr > before + 3


@pytest.mark.skipif(importlib.util.find_spec("bm3d") is None, reason="bm3d is optional")
def test_bm3d_takes_noise_away() -> None:
    clean = shaded(40, 40)
    came = noisy(clean)
    result = bm3d(came)
    assert result.dtype == np.uint8 and result.shape == clean.shape
    assert measure_quality(clean, result).psnr > measure_quality(clean, came).psnr + 3


def test_without_bm3d_it_is_left_out(monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "bm3d", None)
    with pytest.raises(MissingExtraError, match="pip install bm3d"):
        bm3d(shaded(32, 32))
    monkeypatch.setattr(classical_tools.importlib.util, "find_spec", lambda name: None)
    assert [tool.name for tool in tools_for("noise")] == ["OpenCV NLM"]


def test_clahe_brightens_and_unsharp_steepens() -> None:
    dark = shaded() // 8
    assert clahe(dark).mean() > 2 * dark.mean()
    photo = shaded()
    edge = photo.shape[1] // 2
    steps = [image[50, edge, 0].astype(int) - image[50, edge - 1, 0] for image in (photo, unsharp(photo))]
    assert steps[1] > steps[0]
    flat = np.full((32, 32, 3), 77, np.uint8)
    assert np.array_equal(unsharp(flat), flat)


def test_the_middle() -> None:
    photo = np.arange(20 * 30 * 3).reshape(20, 30, 3).astype(np.uint8)
    assert np.array_equal(middle(photo, 10), photo[5:15, 10:20])
    assert np.array_equal(middle(photo, 25), photo[:, 2:27]) and np.array_equal(middle(photo, 99), photo)


def test_all_are_compared_on_the_same_pixels(toy_bundle) -> None:
    clean = noisy(shaded(200, 210), 30)
    sample = Sample("a", np.full_like(clean, 128), clean)
    given: list[tuple[int, ...]] = []

    def perfect(photo: np.ndarray) -> np.ndarray:
        given.append(photo.shape)
        return clean if photo.shape == clean.shape else middle(clean, photo.shape[0])

    tools = [Tool("fast", ("noise",), perfect), Tool("slow", ("noise",), perfect, slow=True)]
    restorer = Restorer.from_bundle(toy_bundle)
    found = compare_photo(restorer, tools, sample)
    assert list(found) == ["input", OURS, "fast", "slow"]
    assert given == [clean.shape, (160, 160, 3)]
    assert all(one.image.shape == (160, 160, 3) for one in found.values())
    assert found["fast"].psnr == found["slow"].psnr == 100
    ours = middle(restorer.restore(sample.degraded).image, 160)
    assert found[OURS].psnr == measure_quality(middle(clean, 160), ours).psnr
    assert found["slow"].seconds_per_megapixel > 0
    assert compare_photo(restorer, tools[:1], sample)["input"].image.shape == clean.shape, "nothing slow: all of it"


def test_the_command(toy_bundle, tmp_path, monkeypatch) -> None:
    for part, level in (("blur", 100), ("sharp", 110)):
        for name in "ab":
            (tmp_path / "DPDD_test12" / part).mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.full((40, 48, 3), level, np.uint8)).save(tmp_path / "DPDD_test12" / part / f"{name}.png")
    monkeypatch.setattr(classical, "COMPARED", ("DPDD_test12",))
    arguments = ["--model", str(toy_bundle), "--data", str(tmp_path), "-o", str(tmp_path / "c.json")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    (record,) = json.loads((tmp_path / "c.json").read_text())["sets"]
    assert record["photos"] == 2 and list(record["results"]) == ["input", OURS, "unsharp mask"]
    before, after = (record["results"][name]["psnr"] for name in ("input", "unsharp mask"))
    assert before == after == pytest.approx(20 * np.log10(255 / 10))
    assert f"| DPDD_test12 (2 photos) | input | {before:.2f} | | | |" in result.output
    assert "| | unsharp mask |" in result.output and render([record]) in result.output
    missing = CliRunner().invoke(main, ["--model", str(toy_bundle), "--data", str(tmp_path / "none")])
    assert missing.exit_code == 2 and missing.output.startswith("error: ")
