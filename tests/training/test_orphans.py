"""A killed run leaves no data worker behind, nor one that damages windows."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

LOADER = """
import time
from torch.utils.data import DataLoader
from amirnet_training.data.loader import start_worker
batches = iter(DataLoader(range(10**6), num_workers=1, worker_init_fn=start_worker))
next(batches)
print(batches._workers[0].pid, flush=True)
time.sleep(100)
"""
WINDOWS = """
import os, time
from amirnet_training.data.windows import _Generation
class Items(list):
    seed = 1
    def window(self, index, side, rng):
        print(os.getpid(), flush=True)
        time.sleep(100)
made = _Generation(Items(range(3)), 16, 1, 0)
time.sleep(100)
"""


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere torch's own watchdog ends the worker, in its own time")
@pytest.mark.parametrize("script", [LOADER, WINDOWS], ids=["loader", "windows"])
def test_a_data_worker_dies_with_its_training(script: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    worker = int(process.stdout.readline())
    assert runs(worker)
    process.kill()
    until = time.monotonic() + 1.0  # torch's watchdog looks every five seconds
    while runs(worker) and time.monotonic() < until:
        time.sleep(0.02)
    assert not runs(worker)
    process.communicate()
