"""A run that is killed, with SIGKILL and at any moment, ends with the weights of one that was not."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from amirnet_training.checkpoint import load_model
from amirnet_training.config import dump
from amirnet_training.runlog import read
from amirnet_training.trainer import Trainer

STEPS = 60


def start(config: Path, folder: Path, resume: bool) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "amirnet", "train", str(config), "-o", str(folder), *["--resume"] * resume]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kill_after(process: subprocess.Popen[str], folder: Path, step: int, seconds: float) -> bool:
    """Kills the run ``seconds`` after its log shows ``step``. False when it ended before that."""
    while process.poll() is None:
        records = read(folder / "log.jsonl")
        if (folder / "checkpoint.pt").exists() and records and records[-1]["step"] >= step:
            time.sleep(seconds)
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


@pytest.mark.slow
@pytest.mark.parametrize("data", [{}, {"window": 64, "probe": 16, "refresh": 7}], ids=["crops", "windows"])
def test_killed_and_resumed_equals_undisturbed_to_the_bit(make_config, tmp_path, data) -> None:
    train = {"steps": STEPS, "log_every": 1, "checkpoint_every": 4, "validate_every": 16}
    tree = {"grow_at": [9, 25], "prototype_from": 12}
    config = make_config(train=train, tree=tree, data={"workers": 1, **data})
    file, folder, whole = tmp_path / "toy.yaml", tmp_path / "killed", tmp_path / "whole"
    file.write_text(dump(config))
    Trainer(config, whole).run()

    rng = random.Random(20260)
    kills = 0
    for number, step in enumerate((5, 26, 44)):  # in each depth of the tree
        process = start(file, folder, resume=number > 0)
        kills += kill_after(process, folder, step, rng.uniform(0, 0.15))
    assert kills >= 2, "the runs were over before they could be killed"
    process = start(file, folder, resume=True)
    _, errors = process.communicate()
    assert process.returncode == 0, errors

    killed, undisturbed = load_model(folder), load_model(whole)
    one, other = killed.network.state_dict(), undisturbed.network.state_dict()
    assert all(torch.equal(one[name], other[name]) for name in other)
    assert killed.tree == undisturbed.tree and killed.config == undisturbed.config
    steps = [record["step"] for record in read(folder / "log.jsonl") if "loss" in record]
    assert steps == list(range(1, STEPS + 1)), "no step twice in the log, none left out"
    assert not list(folder.glob(".*")), "nothing half-written is left"
