"""The encoder fitted by itself: codes tell more of what was done, nodes stay, and a frozen encoder learns no more."""

from __future__ import annotations

import pytest
import torch
from click.testing import CliRunner

from amirnet_training import encoder_fit
from amirnet_training.checkpoint import TrainedModel, load_model, save_model
from amirnet_training.config import portable
from amirnet_training.damage_spectrum import SIZE
from amirnet_training.data.items import Items
from amirnet_training.encoder_fit import CROPS, PROBES, Seen, explained, fit, main, place_of, unlike
from amirnet_training.network import AMIRNet, build_from
from amirnet_training.trainer import Trainer
from amirnet_training.tree.features import FreshCrops


@pytest.fixture
def config(make_config):
    clean = {"clean": ["clean"], "weight": 1, "degradations": {"noise": 0.5, "defocus": 0.5}}
    data = {"sources": [clean], "patch": 64, "items": 120}
    return make_config(data=data, network={"bands": True, "severity": True}, tree={"grow_at": []})


@pytest.fixture
def network(config) -> AMIRNet:
    torch.manual_seed(4)
    made = build_from(config.network).eval()
    made.heads.exists[[1, 2, 3, 4, 5]] = True  # 6 is a number of severity
    return made


def test_codes_come_to_tell_what_was_done(monkeypatch, config, network) -> None:
    monkeypatch.setattr(encoder_fit, "BATCH", 32)
    items = Items(config.data, 120, 1)
    looked: list[int] = []
    seen = Seen(network, FreshCrops(items, 0), looked.append)
    assert sum(looked) == len(seen) == 120 and seen.told.shape == (120, SIZE) and seen.mask.shape == (120, CROPS, 7)
    photos, crops = torch.arange(120), torch.arange(PROBES).expand(120, -1)
    before = place_of(network, seen, photos, crops)
    assert torch.allclose(before.value.view(120, PROBES, -1), seen.value[:, :PROBES], atol=1e-3)
    scale = seen.told.mean(0), seen.told.std(0).clamp_min(1e-3)
    tell = fit(network, seen, 1, looked.append, 1)
    early = explained(network, seen, tell, scale)
    tell = fit(network, seen, 1, looked.append, 200)
    late = explained(network, seen, tell, scale)
    assert late[0] > max(0.3, early[0]) and late[1] > max(0.6, early[1])
    after = place_of(network, seen, photos, crops)
    assert float((after.mask - before.mask).detach().abs().mean()) < 0.05, "nodes stay"
    assert not torch.equal(after.value, before.value)


def test_nodes_that_are_what_they_were_are_not_moved(network) -> None:
    features = torch.randn(20, network.encoder.features, generator=torch.Generator().manual_seed(1))
    place = network.heads(features)
    logits = place.logits.detach().requires_grad_()
    loss = unlike(network.heads, logits, place.mask.detach())
    loss.backward()
    assert logits.grad is not None and float(logits.grad.abs().max()) < 1e-7, "6, a number of severity, is no node"
    moved = (place.logits + torch.arange(7) % 2).detach()
    assert float(unlike(network.heads, moved, place.mask.detach())) > float(loss.detach()) + 0.01


def test_the_command_and_training_on(config, network, data_root, make_config, tmp_path) -> None:
    save_model(tmp_path / "toy.safetensors", TrainedModel(network, portable(config), None, {"steps": 1}))
    arguments = ["--data", str(data_root), "--photos", "64", "--steps", "2", "-o"]
    output = tmp_path / "fitted.safetensors"
    done = CliRunner().invoke(main, [str(tmp_path / "toy.safetensors"), *arguments, str(output)])
    assert done.exit_code == 0, done.output
    assert [line.split(":")[0] for line in done.output.splitlines()] == ["seen", "held out"]
    fitted = load_model(output)
    assert fitted.facts == {"steps": 1, "encoder": {"photos": 64, "steps": 2}}
    frozen = config.model_copy(update={"train": config.train.model_copy(update={"frozen_encoder": True})})
    trained = Trainer(frozen, tmp_path / "on", start=output).run()
    names = {"encoder.bands.read.0.weight", "encoder.layers.1.weight", "heads.value.weight", "heads.mask.bias"}
    own, other = trained.network.state_dict(), fitted.network.state_dict()
    assert all(torch.equal(own[name], other[name]) for name in names)
    assert not torch.equal(own["restorer.head.weight"], other["restorer.head.weight"])
    plain = TrainedModel(build_from(make_config().network).eval(), portable(make_config()), None, {})
    save_model(tmp_path / "plain.safetensors", plain)
    refused = CliRunner().invoke(main, [str(tmp_path / "plain.safetensors"), *arguments, str(tmp_path / "none")])
    assert refused.exit_code == 2 and "has no bands, or no severity" in refused.output
    assert not (tmp_path / "none").exists()
