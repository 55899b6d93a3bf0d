"""Training on windows that are damaged ahead: resumed to the bit, whatever the workers, and no process left."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from amirnet_training.checkpoint import load_model
from amirnet_training.config import Config
from amirnet_training.data.items import Items
from amirnet_training.errors import DataError
from amirnet_training.runlog import read
from amirnet_training.trainer import Trainer


@pytest.fixture
def windowed(make_config) -> Config:
    """Windows are made anew after steps 3 and 6; the tree grows at 3 and 5, checkpoints are at 2, 4, 6 and 8."""
    train = {"border": 4, "light_weight": 0.1, "validation_items": 6}
    return make_config(data={"window": 48, "probe": 16, "refresh": 3, "items": 24}, train=train)


@pytest.fixture
def whole(windowed, tmp_path) -> Path:
    Trainer(windowed, tmp_path / "whole").run()
    return tmp_path / "whole"


@pytest.mark.parametrize("stops", [(1,), (3, 6), (4, 7, 8)])
def test_stop_and_resume_gives_the_same_weights_to_the_bit(
    windowed, whole, tmp_path, train_until, differing, log_of, stops
) -> None:
    folder, started = tmp_path / "stopped", False
    for step in stops:
        train_until(Trainer(windowed, folder, resume=started), step)
        started = (folder / "checkpoint.pt").exists()
    Trainer(windowed, folder, resume=started).run()
    assert not differing(folder, whole)
    assert load_model(folder).tree == load_model(whole).tree
    assert log_of(folder) == log_of(whole)


def test_a_finished_run_is_finished_again(windowed, whole) -> None:
    before = (whole / "model.safetensors").read_bytes()
    (whole / "model.safetensors").unlink()
    Trainer(windowed, whole, resume=True).run()
    assert (whole / "model.safetensors").read_bytes() == before, "its tree is described by the last windows"


def test_workers_change_nothing_and_no_process_is_left(windowed, whole, tmp_path, differing) -> None:
    before = multiprocessing.active_children()
    data = windowed.data.model_copy(update={"workers": 3})
    Trainer(windowed.model_copy(update={"data": data}), tmp_path / "workers").run()
    assert not differing(tmp_path / "workers", whole)
    assert multiprocessing.active_children() == before


def test_growth_and_validation_see_the_windows(windowed, whole) -> None:
    records = read(whole / "log.jsonl")
    assert [(record["step"], record["level"]) for record in records if "growth" in record] == [(3, 1), (5, 2)]
    checks = [record["validation"] for record in records if "validation" in record]
    assert len(checks) == 2 and checks[0].keys() == checks[1].keys() and "mean" in checks[0]
    inputs = [{name: value for name, value in check.items() if name.startswith("input_")} for check in checks]
    assert inputs[0] and inputs[0] == inputs[1], "the same photos each time"


def test_a_photo_that_cannot_be_used_ends_the_run_in_one_line(windowed, tmp_path, monkeypatch) -> None:
    def refuse(self, index: int, side: int, rng: object) -> None:
        raise DataError(f"photo{index}.png: cannot be used: remove it")

    monkeypatch.setattr(Items, "window", refuse)
    with pytest.raises(DataError, match=r"^photo\d+\.png: cannot be used: remove it$"):
        Trainer(windowed, tmp_path / "run").run()
    assert not multiprocessing.active_children()
