"""The curves picture and the policy table: made from a log and from features alone."""

import io
import json

import numpy as np
from click.testing import CliRunner
from PIL import Image

from amirnet_training.curves import main
from amirnet_training.tree.compare import table
from amirnet_training.tree.policy import POLICIES


def test_a_log_becomes_a_picture_the_same_each_time(tmp_path) -> None:
    lines = [{"step": step, "loss": 1 / step, "psnr_by_kind": {"noise": 20 + step, "none": 50}} for step in range(1, 6)]
    lines.insert(3, {"step": 3, "growth": ["node 0: split"], "level": 1})
    lines.append({"step": 5, "validation": {"noise": 25.0, "input_noise": 20.0, "mean": 25.0}})
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    pictures = []
    for name in ("a.png", "b.png"):
        result = CliRunner().invoke(main, [str(tmp_path), "-o", str(tmp_path / name)])
        assert result.exit_code == 0, result.output
        pictures.append((tmp_path / name).read_bytes())
    assert pictures[0] == pictures[1]
    assert Image.open(io.BytesIO(pictures[0])).width > 1000


def test_a_folder_without_a_log_is_one_line_and_status_2(tmp_path) -> None:
    result = CliRunner().invoke(main, [str(tmp_path)])
    assert result.exit_code == 2 and len(result.output.strip().splitlines()) == 1 and "log.jsonl" in result.output


def test_direction_tells_kinds_apart_that_differ_in_strength() -> None:
    """Two kinds, each a direction; strengths over two decades. Only the direction divides them without error."""
    rng = np.random.default_rng(0)
    strength = 10 ** rng.uniform(-1, 1, (400, 1))
    directions = np.repeat([[1.0, 0.2, 0.0], [0.0, 0.2, -1.0]], 200, axis=0)
    features = strength * (directions + 0.02 * rng.standard_normal((400, 3)))
    rows = table(features, ["noise"] * 200 + ["lowlight"] * 200, levels=2, min_share=0.1, seed=1)
    assert set(rows) == set(POLICIES)
    assert rows["direction"][0] > 0.99 > rows["standardise"][0]
