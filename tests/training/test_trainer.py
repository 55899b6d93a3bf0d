"""The training loop in this process: it learns, it stops and resumes, it grows, and it refuses what would lose work."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from amirnet.cli import cli
from amirnet.errors import OutputError
from amirnet_training.checkpoint import TrainedModel, load_model, load_state
from amirnet_training.config import Config, dump, load, portable
from amirnet_training.errors import CheckpointError, DataError
from amirnet_training.runlog import read
from amirnet_training.trainer import Trainer


def train(config: Config, folder: Path, resume: bool = False) -> TrainedModel:
    return Trainer(config, folder, resume=resume).run()


@pytest.fixture
def whole(make_config, tmp_path) -> Path:
    """A run that nothing disturbed."""
    train(make_config(), tmp_path / "whole")
    return tmp_path / "whole"


# Checkpoints are at 2, 4, 6 and 8, growth at 3 and 5: stops before, between and after them, and twice in one run.
@pytest.mark.parametrize("stops", [(1,), (3,), (4,), (5,), (8,), (3, 4, 7)])
def test_stop_and_resume_gives_the_same_weights_to_the_bit(
    make_config, whole, tmp_path, train_until, differing, log_of, stops
) -> None:
    config, folder = make_config(), tmp_path / "stopped"
    started = False
    for step in stops:
        train_until(Trainer(config, folder, resume=started), step)
        started = (folder / "checkpoint.pt").exists()
    train(config, folder, resume=started)
    assert not differing(folder, whole)
    assert load_model(folder).tree == load_model(whole).tree
    assert log_of(folder) == log_of(whole)


def test_resuming_a_finished_run_finishes_it_again(make_config, whole) -> None:
    before = (whole / "model.safetensors").read_bytes()
    (whole / "model.safetensors").unlink()
    (whole / ".checkpoint.pt.123.part").write_bytes(b"half")
    train(make_config(), whole, resume=True)
    assert (whole / "model.safetensors").read_bytes() == before
    assert not list(whole.glob(".*"))


def test_what_a_run_leaves(make_config, whole) -> None:
    left = {"checkpoint.pt", "config.yaml", "log.jsonl", "model.safetensors", "tensorboard"}
    assert {path.name for path in whole.iterdir()} == left
    assert load(whole / "config.yaml") == portable(make_config())
    records = read(whole / "log.jsonl")
    steps = [record for record in records if "loss" in record]
    assert [record["step"] for record in steps] == [2, 4, 6, 8]
    assert all(0 <= record["waiting"] <= 1 and record["psnr"] > 0 for record in steps)
    growth = [record for record in records if "growth" in record]
    assert [(record["step"], record["level"]) for record in growth] == [(3, 1), (5, 2)]
    assert all(0 < record["purity"] <= 1 and record["nodes"] for record in growth)
    checks = [record["validation"] for record in records if "validation" in record]
    assert len(checks) == 2 and "mean" in checks[0]
    model = load_model(whole)
    assert model.config == portable(make_config()) and model.facts["steps"] == 8
    assert model.tree is not None
    assert [node["id"] for node in model.tree["nodes"]] == model.network.heads.exists.nonzero().flatten().tolist()


def test_the_averaged_weights_are_the_model(make_config, whole) -> None:
    state, model = load_state(whole / "checkpoint.pt"), load_model(whole).network.state_dict()
    name = "restorer.head.weight"
    assert torch.equal(state["average"][name], model[name])
    assert not torch.equal(state["network"][name], model[name])
    assert torch.equal(state["network"]["heads.prototypes"], model["heads.prototypes"]), "buffers are not averaged"


def test_the_seed_makes_the_run(make_config, whole, tmp_path, differing) -> None:
    train(make_config(), tmp_path / "again")
    assert not differing(tmp_path / "again", whole)
    train(make_config(train={"seed": 4}), tmp_path / "other")
    assert differing(tmp_path / "other", whole)


def test_prototypes_take_part_in_training(make_config, whole, tmp_path, differing) -> None:
    train(make_config(tree={"prototype_share": 0.0}), tmp_path / "own codes only")
    assert differing(tmp_path / "own codes only", whole)


def test_workers_change_nothing(make_config, whole, tmp_path, differing) -> None:
    train(make_config(data={"workers": 1}), tmp_path / "workers")
    assert not differing(tmp_path / "workers", whole)


def test_it_learns(make_config, tmp_path) -> None:
    train_config = {"steps": 120, "log_every": 20, "validation_items": 0, "learning_rate": 2e-3, "balance": 0}
    source = {"inputs": "dark", "targets": "bright", "kind": "lowlight", "weight": 1}
    config = make_config(train=train_config, tree={"grow_at": []}, data={"sources": [source]})
    train(config, tmp_path / "run")
    records = [record for record in read(tmp_path / "run" / "log.jsonl") if "loss" in record]
    assert records[-1]["loss"] < 0.6 * records[0]["loss"]
    assert records[-1]["psnr"] > records[0]["psnr"] + 3


def test_a_run_is_not_overwritten(make_config, whole) -> None:
    before = (whole / "checkpoint.pt").read_bytes()
    with pytest.raises(CheckpointError, match="holds a run already: add --resume"):
        Trainer(make_config(), whole)
    assert (whole / "checkpoint.pt").read_bytes() == before
    (whole / "checkpoint.pt").unlink()
    with pytest.raises(CheckpointError, match="holds a run already"):
        Trainer(make_config(), whole)


def test_a_folder_that_cannot_be_made(make_config, tmp_path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match=r"file.*: cannot be made .*choose another -o"):
        train(make_config(), tmp_path / "file" / "run")


def test_nothing_to_resume(make_config, tmp_path) -> None:
    with pytest.raises(CheckpointError, match="no checkpoint to resume from"):
        Trainer(make_config(), tmp_path / "none", resume=True)
    assert not (tmp_path / "none").exists()


def test_another_configuration_is_not_resumed(make_config, whole) -> None:
    with pytest.raises(CheckpointError, match="another configuration"):
        Trainer(make_config(train={"learning_rate": 2e-3}), whole, resume=True)
    Trainer(make_config(data={"workers": 1}), whole, resume=True)  # changes how fast, not what


def test_a_broken_checkpoint_is_named(make_config, whole) -> None:
    file = whole / "checkpoint.pt"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match="not a readable checkpoint"):
        Trainer(make_config(), whole, resume=True)


def test_bad_photos_are_found_before_the_first_step(make_config, make_photo, write_photo, tmp_path) -> None:
    for seed in range(3):
        write_photo(tmp_path / "data" / "photos" / f"{seed}.png", make_photo(seed))
    write_photo(tmp_path / "data" / "photos" / "small.png", make_photo(9)[:20])
    source = {"clean": ["photos"], "weight": 1, "degradations": {"noise": 1}}
    config = make_config(data={"root": str(tmp_path / "data"), "sources": [source], "workers": 1})
    with pytest.raises(DataError, match=r"small\.png: smaller than 32 px, too small"):
        train(config, tmp_path / "run")


def test_one_degradation_only_gives_a_tree_all_the_same(make_config, tmp_path) -> None:
    source = {"clean": ["clean"], "weight": 1, "degradations": {"none": 1}}
    model = train(make_config(data={"sources": [source], "items": 6}), tmp_path / "run")
    growth = [record["growth"] for record in read(tmp_path / "run" / "log.jsonl") if "growth" in record]
    assert growth == [["node 0: kept whole: 6 items are too few for two children of 4"]] * 2
    assert model.tree is not None
    assert [(node["level"], node["index"]) for node in model.tree["nodes"]] == [(0, 0), (1, 0), (2, 0)]


def test_the_command_trains(make_config, settings, tmp_path) -> None:
    file = tmp_path / "toy.yaml"
    file.write_text(dump(make_config(train={"steps": 3, "validation_items": 0}, tree={"grow_at": []},
                                     data={"root": str(tmp_path / "elsewhere")})))  # fmt: skip
    arguments = ["train", str(file), "-o", str(tmp_path / "run"), "--data", settings["data"]["root"]]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [f"{tmp_path / 'run' / 'model.safetensors'}: trained 3 steps"]
    again = CliRunner().invoke(cli, arguments)
    assert again.exit_code == 2 and again.stderr.startswith("error: ") and again.stderr.count("\n") == 1
    assert "add --resume" in again.stderr
    missing = CliRunner().invoke(cli, ["train", str(file), "-o", str(tmp_path / "other")])
    assert missing.exit_code == 2 and "no such folder" in missing.stderr and missing.stderr.count("\n") == 1
    assert not (tmp_path / "other").exists()
    shipped = CliRunner().invoke(cli, ["train", "mobile", "-o", str(tmp_path / "x"), "--data", str(tmp_path / "none")])
    assert shipped.exit_code == 2 and "none/CID22_photos: no such folder" in shipped.stderr, "found by its name"
    unknown = CliRunner().invoke(cli, ["train", str(tmp_path / "none.yaml")])
    assert unknown.exit_code == 2 and "none.yaml: cannot be read" in unknown.stderr
