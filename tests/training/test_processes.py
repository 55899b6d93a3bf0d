"""Two processes started by torchrun train as one process does on the same batches."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from amirnet_training import loop
from amirnet_training.checkpoint import load_model, load_state
from amirnet_training.config import dump
from amirnet_training.errors import ConfigError
from amirnet_training.runlog import read
from amirnet_training.trainer import Trainer


def torchrun(processes: int, config: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}",
               "-m", "amirnet", "train", str(config), "-o", str(folder)]  # fmt: skip
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=250, check=False)


@pytest.mark.slow
def test_two_processes_train_as_one_does(make_config, tmp_path) -> None:
    config = make_config(train={"steps": 10, "log_every": 1, "checkpoint_every": 5})
    file, folder, single = tmp_path / "toy.yaml", tmp_path / "two", tmp_path / "one"
    file.write_text(dump(config))
    Trainer(config, single).run()
    done = torchrun(2, file, folder)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("trained 10 steps") == 1, "one process speaks for all"

    one, two = (read(place / "log.jsonl") for place in (single, folder))
    assert [record["step"] for record in two] == [record["step"] for record in one]
    for mine, theirs in zip(one, two, strict=True):
        for name in ("loss", "cross_entropy", "psnr"):
            if name in mine:
                assert theirs[name] == pytest.approx(mine[name], rel=1e-3, abs=2e-4), (mine["step"], name)
        if "psnr_by_kind" in mine:
            assert theirs["psnr_by_kind"] == pytest.approx(mine["psnr_by_kind"], abs=0.02), "all samples are counted"
        if "nodes" in mine:
            assert theirs["nodes"] == mine["nodes"]
    first, second = (load_state(place / "checkpoint.pt")["network"] for place in (single, folder))
    for name, value in first.items():
        # Of the tensor, not of its numbers: where a gradient is nothing but rounding, Adam makes whole steps of it.
        apart = float((second[name].float() - value.float()).norm())
        assert apart <= 1e-3 * max(1.0, float(value.float().norm())), name
    assert load_model(folder).facts["processes"] == 2


def test_a_batch_that_cannot_be_shared_equally(make_config, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(loop, "make_fabric", lambda config: SimpleNamespace(world_size=2))
    with pytest.raises(ConfigError, match=r"train\.batch 3 is not a multiple of the 2 processes"):
        Trainer(make_config(train={"batch": 3}), tmp_path / "run")
