"""Checkpoints: whole or not there, and refused with a reason when they are not sound."""

import json
import os
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from safetensors import safe_open
from safetensors.torch import save_file

from amirnet.cli import cli
from amirnet_training.checkpoint import TrainedModel, load_model, load_state, save_model, save_state
from amirnet_training.config import dump, portable
from amirnet_training.errors import CheckpointError, ConfigError
from amirnet_training.network import build

TREE = {"levels": 3, "grid": 64, "conditioning": "soft", "nodes": []}


@pytest.fixture
def model(make_config) -> TrainedModel:
    torch.manual_seed(0)
    return TrainedModel(build("tiny", 3).eval(), make_config(), TREE, {"steps": 8, "seconds": 2})


@pytest.fixture
def saved(model, tmp_path):
    save_model(tmp_path / "model.safetensors", model)
    return tmp_path / "model.safetensors"


def rewrite(file, change) -> None:
    """Saves the file again after ``change(weights, header)``."""
    with safe_open(file, framework="pt") as opened:
        weights = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
        header = json.loads(opened.metadata()["amirnet"])
    change(weights, header)
    save_file(weights, file, metadata={"amirnet": json.dumps(header)})


def test_models_come_back(model, saved) -> None:
    for place in (saved, saved.parent, str(saved)):
        found = load_model(place)
        assert (found.config, found.tree, found.facts) == (portable(model.config), model.tree, model.facts)
        assert str(model.config.data.root).encode() not in saved.read_bytes(), "nothing of this machine"
        assert not found.network.training
        weights = found.network.state_dict()
        assert all(torch.equal(weights[name], value) for name, value in model.network.state_dict().items())


def test_the_same_model_is_the_same_bytes(model, saved, tmp_path) -> None:
    save_model(tmp_path / "again" / "model.safetensors", model)
    assert (tmp_path / "again" / "model.safetensors").read_bytes() == saved.read_bytes()
    model.network.to(memory_format=torch.channels_last)
    save_model(tmp_path / "again" / "model.safetensors", model)
    assert (tmp_path / "again" / "model.safetensors").read_bytes() == saved.read_bytes(), "however it lies in memory"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda weights, header: weights.popitem(), "do not fit preset 'tiny'"),
        (lambda weights, header: weights.update(extra=torch.zeros(1)), "do not fit preset 'tiny'"),
        (lambda weights, header: header["config"]["network"].update(levels=4), "do not fit preset 'tiny'"),
        (lambda weights, header: header.pop("tree"), "not an AMIRNet checkpoint"),
        (lambda weights, header: header.pop("form"), "networks of another version (form 1, not 3): use that version"),
        (lambda weights, header: header.update(form=4), "networks of another version (form 4, not 3)"),
        (lambda weights, header: weights["restorer.head.bias"].fill_(float("nan")), "restorer.head.bias is not finite"),
        (lambda weights, header: weights["heads.mask.bias"].fill_(float("inf")), "heads.mask.bias is not finite"),
    ],
)
def test_models_that_are_not_sound(saved, change, says: str) -> None:
    rewrite(saved, change)
    with pytest.raises(CheckpointError, match=r"model\.safetensors") as caught:
        load_model(saved)
    assert says in str(caught.value) and "\n" not in str(caught.value)


def test_a_model_of_an_unknown_configuration(saved) -> None:
    rewrite(saved, lambda weights, header: header["config"]["network"].update(preset="huge"))
    with pytest.raises(ConfigError, match=r"header.*network\.preset"):
        load_model(saved)


@pytest.mark.parametrize("content", [b"", b"{}", b"some text in a file", b"\x80" * 200])
def test_files_that_are_no_model(tmp_path, content: bytes) -> None:
    file = tmp_path / "x.safetensors"
    file.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"x\.safetensors: not an AMIRNet checkpoint"):
        load_model(file)


def test_a_model_of_somebody_else(tmp_path) -> None:
    for metadata in (None, {"format": "pt"}, {"amirnet": "[1]"}, {"amirnet": "{"}):
        save_file({"w": torch.zeros(2)}, tmp_path / "x.safetensors", metadata=metadata)
        with pytest.raises(CheckpointError, match="not an AMIRNet checkpoint"):
            load_model(tmp_path / "x.safetensors")


def test_missing_models(tmp_path) -> None:
    for place in (tmp_path, tmp_path / "none.safetensors"):
        with pytest.raises(CheckpointError, match="no such checkpoint"):
            load_model(place)


def test_states_are_checked(tmp_path) -> None:
    file = tmp_path / "checkpoint.pt"
    with pytest.raises(CheckpointError, match="train without --resume first"):
        load_state(file)
    torch.save({"step": 3}, file)
    with pytest.raises(CheckpointError, match="not a training checkpoint"):
        load_state(file)
    keys = ("network", "average", "optimizer", "labels", "step", "seconds", "config")
    save_state(file, dict.fromkeys(keys, 0))
    assert load_state(file)["step"] == 0
    whole = file.read_bytes()
    for length in (0, 1, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(CheckpointError, match="not a readable checkpoint") as caught:
            load_state(file)
        assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.pt"]


@pytest.fixture(params=["pipe", "device", "folder"])
def no_file(request, tmp_path):
    """no_file(path): puts a pipe, a device without an end or a folder where a file is expected."""

    def put(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        match request.param:
            case "pipe":
                os.mkfifo(path)
            case "device":
                path.symlink_to("/dev/zero")
            case "folder":
                path.mkdir()

    return put


@pytest.mark.timeout(60)
def test_what_is_no_file_is_not_resumed_from(no_file, make_config, saved, tmp_path) -> None:
    config = make_config()
    (tmp_path / "toy.yaml").write_text(dump(config))
    no_file(tmp_path / "run" / "checkpoint.pt")
    for more in ([], ["--quantize", "--from", str(saved)]):
        arguments = ["train", str(tmp_path / "toy.yaml"), "-o", str(tmp_path / "run"), "--resume"]
        done = CliRunner().invoke(cli, [*arguments, *more])
        named = f"error: {tmp_path / 'run' / 'checkpoint.pt'}: not a file"
        assert done.exit_code == 2
        assert done.stderr == f"{named}: restore checkpoint.pt, or remove it and train without --resume\n"


@pytest.mark.timeout(60)
def test_what_is_no_file_is_not_trained_on_from(no_file, make_config, tmp_path) -> None:
    (tmp_path / "toy.yaml").write_text(dump(make_config()))
    no_file(tmp_path / "start" / "model.safetensors")
    for more in ([], ["--quantize"]):
        arguments = ["train", str(tmp_path / "toy.yaml"), "-o", str(tmp_path / "run"), *more]
        done = CliRunner().invoke(cli, [*arguments, "--from", str(tmp_path / "start")])
        named = f"error: {tmp_path / 'start' / 'model.safetensors'}: not a file"
        assert done.exit_code == 2 and done.stderr == f"{named}: name a model.safetensors or its run folder\n"
        assert not (tmp_path / "run").exists()


def test_nothing_but_data_is_unpickled(tmp_path) -> None:
    torch.save({"step": Harmful()}, tmp_path / "checkpoint.pt")
    with pytest.raises(CheckpointError, match="not a readable checkpoint"):
        load_state(tmp_path / "checkpoint.pt")
    assert Harmful.ran == []


class Harmful:
    ran: list[int] = []  # noqa: RUF012 (one list for all is the point)

    def __reduce__(self):
        return Harmful.ran.append, (1,)
