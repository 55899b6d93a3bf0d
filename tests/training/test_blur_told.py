"""How exactly a model tells a blur: what is perfect counts as perfect, chance as chance."""

from __future__ import annotations

import pytest
import torch
from click.testing import CliRunner

from amirnet_training.checkpoint import TrainedModel, save_model
from amirnet_training.config import portable
from amirnet_training.errors import DataError
from amirnet_training.evaluation.blur_told import HELD_OUT, LENGTHS, PROBES, RADII, SIDE, draw, exactness, main
from amirnet_training.network import build_from


@pytest.fixture
def config(make_config):
    clean = {"clean": ["clean"], "weight": 1, "degradations": {"noise": 1}}
    return make_config(data={"sources": [clean], "holdout": 0.3}, network={"bands": True})


@pytest.fixture
def blurs(config):
    return draw(config.data, 300, 1)


def test_what_is_drawn(config, blurs) -> None:
    assert blurs.probes.shape == (300, PROBES, 3, SIDE, SIDE) and blurs.probes.dtype == torch.uint8
    assert blurs.held.nonzero().flatten().tolist() == list(range(0, 300, HELD_OUT))
    assert RADII[0] <= float(blurs.radius.min()) and float(blurs.radius.max()) <= RADII[1] < LENGTHS[1]
    assert all(0.4 < float(part.float().mean()) < 0.6 for part in (blurs.disk, blurs.noisy))
    again, other = draw(config.data, 20, 1), draw(config.data, 20, 2)
    assert torch.equal(again.probes, blurs.probes[:20]) and not torch.equal(other.probes, again.probes)


@pytest.mark.parametrize("noisy", [False, True])
def test_truth_is_read_exactly_and_chance_is_not(blurs, noisy: bool) -> None:
    turn = torch.deg2rad(2 * blurs.angle)
    truth = torch.stack([blurs.radius, turn.cos(), turn.sin()], dim=1).float()
    found = exactness(truth, blurs, noisy)
    assert found.radius < 0.02 and found.angle < 1
    chance = torch.randn(300, 3, generator=torch.Generator().manual_seed(1))
    found = exactness(chance, blurs, noisy)
    assert found.radius > 0.6 and 20 < found.angle <= 90


def test_photos_are_needed(make_config, config, tmp_path) -> None:
    pair = {"inputs": "low", "targets": "high", "kind": "lowlight", "weight": 1}
    with pytest.raises(DataError, match="no clean photos among them"):
        draw(make_config(data={"sources": [pair]}).data, 10, 1)
    with pytest.raises(DataError, match="no such folder"):
        draw(config.data.model_copy(update={"root": tmp_path}), 10, 1)


def test_the_command(config, data_root, tmp_path) -> None:
    torch.manual_seed(1)
    model = TrainedModel(build_from(config.network).eval(), portable(config), None, {})
    save_model(tmp_path / "toy.safetensors", model)
    arguments = [str(tmp_path / "toy.safetensors"), "--data", str(data_root), "--photos", "200"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert [line.split(":")[0] for line in lines[1:]] == ["bands", "features", "code"]
    missing = CliRunner().invoke(main, [str(tmp_path / "none"), *arguments[1:]])
    assert missing.exit_code == 2 and "none" in missing.output
