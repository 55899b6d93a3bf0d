"""The package's measured data: small, credited, and made by the commands that are said to make it."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from amirnet_training.degradations import make_profile, make_shakes, profile, shake

FOLDER = Path(profile.__file__).parent


def test_the_files_are_small_and_say_where_they_come_from() -> None:
    for name in ("profile.json", "shakes.json"):
        assert (FOLDER / name).stat().st_size < 30_000
        assert "MIT licence" in json.loads((FOLDER / name).read_text())["source"]


def test_a_profile_is_made_compact(tmp_path) -> None:
    rows = [[level, -1.5, 20 - level / 20] for level in range(40, 201, 16)]
    fall = [[level, -1.5, 30 - level / 20] for level in range(8, 249, 16)]
    one = {"iso": 800, "corr_RG_RB_GB": [0.2, 0.5, 0.25], "level_bias_std": dict.fromkeys("RGB", rows)}
    other = {"iso": 100, "corr_RG_RB_GB": [0.1, 0.4, 0.3], "level_bias_std": dict.fromkeys("RGB", fall)}
    spatial = {name: np.eye(5).tolist() for name in profile.PAIRS}
    whole = tmp_path / "whole.json"
    whole.write_text(json.dumps({"instances": {"a": one, "b": other}, "spatial": spatial}))
    result = CliRunner().invoke(make_profile.main, ["--profile", str(whole), "--out", str(tmp_path / "small.json")])
    assert result.exit_code == 0, result.output
    made = json.loads((tmp_path / "small.json").read_text())
    first = made["instances"][0]
    deviation, bias = np.array(first["deviation"]).reshape(3, -1) / 10, np.array(first["bias"]).reshape(3, -1) / 10
    knots = np.array(make_profile.KNOTS)
    inside = (knots >= 40) & (knots <= 200)
    assert deviation[:, inside] == pytest.approx(np.tile((20 - knots[inside] / 20) / 0.83, (3, 1)), abs=0.06)
    assert (bias[:, inside] == -1.5).all() and not bias[:, knots < 24].any() and not bias[:, knots > 220].any()
    assert (np.diff(deviation, axis=1) < 0).all(), "continued by the course of those that were measured"
    assert first["colours"] == [20, 50, 25] and first["iso"] == 800


def test_measured_deviations_are_plausible() -> None:
    everything = np.stack([one.deviation for one in profile.instances()])
    assert len(everything) == 132 and everything.min() > 0.3 and everything.max() < 60
    green = np.array([one.deviation[128, 1] for one in profile.instances()])
    iso = np.array([one.iso for one in profile.instances()])
    assert np.corrcoef(np.log(iso), np.log(green))[0, 1] > 0.5, "noise grows with ISO"
    for one in profile.instances():
        assert np.linalg.eigvalsh(one.colours).min() > 0


def test_kernels_are_kept_as_levels(tmp_path) -> None:
    kernel = np.zeros((9, 9))
    kernel[4, 4], kernel[3, 4], kernel[4, 6] = 0.5, 0.25, 0.25
    np.save(tmp_path / "a.npy", kernel)
    out = tmp_path / "shakes.json"
    result = CliRunner().invoke(make_shakes.main, [str(tmp_path / "a.npy"), "--out", str(out)])
    assert result.exit_code == 0, result.output
    made = json.loads(out.read_text())["kernels"]
    assert made[0]["side"] == 5
    levels = np.frombuffer(bytes.fromhex(made[0]["levels"]), np.uint8).reshape(5, 5)
    assert levels / levels.sum() == pytest.approx(kernel[2:7, 2:7], abs=0.01)
    assert all(kernel.shape[0] % 2 == 1 and kernel.shape[0] <= 27 for kernel in shake.recorded())
