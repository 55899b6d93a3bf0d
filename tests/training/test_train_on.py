"""`amirnet train --from`: on from a model's weights and tree, which does not grow any more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from amirnet.cli import cli
from amirnet_training.checkpoint import load_model, load_state, save_model
from amirnet_training.config import Config, dump
from amirnet_training.errors import CheckpointError
from amirnet_training.network.bands import HIDDEN
from amirnet_training.runlog import read
from amirnet_training.trainer import Trainer
from amirnet_training.tree.features import item_codes
from amirnet_training.tree.finish import walk_down


@pytest.fixture
def begun(make_config, tmp_path) -> Path:
    """A finished model whose tree has grown, from another seed and so from other items."""
    Trainer(make_config(train={"seed": 8}), tmp_path / "begun").run()
    return tmp_path / "begun"


@pytest.fixture
def config(make_config) -> Config:
    """Its tree would grow at 3 and 5."""
    return make_config()


def test_weights_and_tree_are_the_models(begun, config, tmp_path, monkeypatch) -> None:
    trainer = Trainer(config, tmp_path / "on", start=begun)
    model = load_model(begun).network
    weights = model.state_dict()
    assert all(torch.equal(value, weights[name]) for name, value in trainer.learner.network.state_dict().items())
    found = trainer.run()
    masks, _ = item_codes(model, trainer.crops, config.tree.crops, 0, lambda count: None)
    path = walk_down(masks, model.heads.exists.numpy(), 3)
    assert torch.equal(found.network.heads.exists, model.heads.exists)
    labels = load_state(tmp_path / "on" / "checkpoint.pt")["labels"].numpy()
    assert np.array_equal(labels, path - (2 ** np.arange(3) - 1)), "every item is where the model places it"
    records = read(tmp_path / "on" / "log.jsonl")
    assert not [record for record in records if "growth" in record]
    assert [record["step"] for record in records if "loss" in record] == [2, 4, 6, 8]
    facts = load_model(tmp_path / "on").facts
    assert facts["from"] == load_model(begun).facts and facts["steps"] == 8
    changed = found.network.state_dict()
    assert not torch.equal(changed["restorer.down.weight"], weights["restorer.down.weight"]), "it trains"


@pytest.mark.parametrize("step", [1, 3, 6])
def test_a_run_that_began_so_is_resumed_without_it(
    begun, config, tmp_path, train_until, differing, log_of, step
) -> None:
    Trainer(config, tmp_path / "whole", start=begun).run()
    folder = tmp_path / "stopped"
    train_until(Trainer(config, folder, start=begun), step)
    resume = (folder / "checkpoint.pt").exists()
    assert resume == (step > 2)
    Trainer(config, folder, resume=resume, start=None if resume else begun).run()
    assert not differing(folder, tmp_path / "whole")
    one, other = load_model(folder), load_model(tmp_path / "whole")
    assert one.tree == other.tree and one.facts["from"] == other.facts["from"]
    assert log_of(folder) == log_of(tmp_path / "whole")


def test_a_tree_that_has_not_grown_is_taken_as_it_is(make_config, config, tmp_path) -> None:
    Trainer(make_config(tree={"grow_at": []}), tmp_path / "root").run()
    Trainer(config, tmp_path / "on", start=tmp_path / "root").run()
    labels = load_state(tmp_path / "on" / "checkpoint.pt")["labels"]
    assert not labels[:, 0].any() and (labels[:, 1:] == -1).all()
    assert [node["id"] for node in load_model(tmp_path / "on").tree["nodes"]] == [0]


def test_nodes_without_photos_give_their_numbers_up_for_severity(begun, make_config, tmp_path) -> None:
    model = load_model(begun)
    empty = model.tree["nodes"][-1]["id"]
    for node in model.tree["nodes"]:  # the toy's photos are few and may all be in one place
        node["share"] = 0.001 if node["id"] == empty else 0.5
    save_model(tmp_path / "less.safetensors", model)
    config = make_config(network={"severity": True}, tree={"spectrum": 0.0})
    trainer = Trainer(config, tmp_path / "on", start=tmp_path / "less.safetensors")
    given, heads = model.network.heads.exists.clone(), trainer.learner.network.heads
    given[empty] = False
    assert torch.equal(heads.exists, given) and heads.free()[empty]
    assert not heads.value.weight[~given].any(), "at first they say nothing"
    trained = trainer.run()
    assert trained.config.network.severity and empty not in [node["id"] for node in trained.tree["nodes"]]
    masks, codes = item_codes(trained.network, trainer.crops, 2, 0, lambda count: None)
    assert (masks[:, empty] == 1).all() and codes[:, empty].std() > 0, "then they do, of every photo"
    again = Trainer(config, tmp_path / "again", start=tmp_path / "on")
    assert torch.equal(again.learner.network.heads.value.weight, trained.network.heads.value.weight), "and keep it"


def test_a_longer_code_says_more_of_severity(begun, make_config, tmp_path) -> None:
    config = make_config(network={"severity": True, "levels": 4}, tree={"spectrum": 0.5})
    trainer, model = Trainer(config, tmp_path / "on", start=begun), load_model(begun)
    heads = trainer.learner.network.heads
    assert heads.free()[model.network.code_size :].all() and not heads.exists[model.network.code_size :].any()
    trained = trainer.run()
    assert trained.tree["levels"] == 4 and len(trained.tree["nodes"][0]["code"]) == 15
    assert [node["id"] for node in trained.tree["nodes"]] == heads.exists.nonzero().flatten().tolist()
    masks, codes = item_codes(trained.network, trainer.crops, 2, 0, lambda count: None)
    assert (masks[:, 7:] == 1).all() and bool((codes[:, 7:].std(axis=0) > 0).any())
    plain = make_config(network={"levels": 4})
    with pytest.raises(CheckpointError, match="another network than the configuration's"):
        Trainer(plain, tmp_path / "plain", start=begun)


def test_an_encoder_gets_bands(begun, make_config, tmp_path) -> None:
    config = make_config(network={"bands": True})
    trainer = Trainer(config, tmp_path / "on", start=begun)
    model, probes = load_model(begun).network, torch.rand(3, 3, 64, 64)
    with torch.no_grad():
        assert torch.allclose(trainer.averaged().place(probes).code, model.place(probes).code, atol=1e-6)
    trained = trainer.run()
    heads = trained.network.heads
    assert heads.value.weight[:, -HIDDEN:].any() and trained.network.encoder.bands is not None, "they come to be used"
    found = load_model(tmp_path / "on")
    with torch.no_grad():
        assert torch.allclose(found.network.place(probes).code, trained.network.place(probes).code, atol=1e-6)
    with pytest.raises(CheckpointError, match="another network than the configuration's"):
        Trainer(make_config(), tmp_path / "back", start=tmp_path / "on")


def test_what_cannot_be_trained_on(begun, config, make_config, tmp_path) -> None:
    def refused(says: str, config: Config, start: Path, **options: bool) -> None:
        with pytest.raises(CheckpointError, match=says) as caught:
            Trainer(config, tmp_path / "on" if not options else begun, start=start, **options)
        assert "\n" not in str(caught.value) and not (tmp_path / "on").exists()

    refused("none: no such checkpoint", config, tmp_path / "none")
    other = make_config(network={"levels": 2}, tree={"grow_at": [3]})
    refused("another network than the configuration's: train on with its own", other, begun)
    refused("is resumed from its own checkpoint: leave --from out", make_config(train={"seed": 8}), begun, resume=True)
    save_model(tmp_path / "bare.safetensors", replace(load_model(begun), tree=None))
    severe = make_config(network={"severity": True})
    refused("holds no tree: train it to the end, then on with severity", severe, tmp_path / "bare.safetensors")
    (tmp_path / "broken.safetensors").write_bytes((begun / "model.safetensors").read_bytes()[:-9])
    refused("broken.safetensors: not an AMIRNet checkpoint", config, tmp_path / "broken.safetensors")
    with pytest.raises(CheckpointError, match="holds a run already"):
        Trainer(make_config(train={"seed": 8}), begun, start=begun)


def test_the_command(begun, make_config, tmp_path) -> None:
    file = tmp_path / "toy.yaml"
    file.write_text(dump(make_config(train={"steps": 2, "validation_items": 0}, tree={"grow_at": []})))
    arguments = ["train", str(file), "--from", str(begun), "-o"]
    done = CliRunner().invoke(cli, [*arguments, str(tmp_path / "on")])
    assert done.exit_code == 0 and done.stdout.endswith("trained 2 steps\n"), done.output
    assert load_model(tmp_path / "on").facts["from"]["steps"] == 8
    missing = CliRunner().invoke(cli, ["train", str(file), "--from", str(tmp_path / "x"), "-o", str(tmp_path / "y")])
    assert missing.exit_code == 2 and "no such checkpoint" in missing.stderr and missing.stderr.count("\n") == 1
