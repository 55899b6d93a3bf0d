"""A killed run leaves no data worker behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = """
import time
from torch.utils.data import DataLoader
from amirnet_training.data.loader import start_worker
batches = iter(DataLoader(range(10**6), num_workers=1, worker_init_fn=start_worker))
next(batches)
print(batches._workers[0].pid, flush=True)
time.sleep(100)
"""


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere torch's own watchdog ends the worker, in its own time")
def test_a_data_worker_dies_with_its_training() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, "-c", SCRIPT], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    worker = int(process.stdout.readline())
    assert runs(worker)
    process.kill()
    until = time.monotonic() + 1.0  # torch's watchdog looks every five seconds
    while runs(worker) and time.monotonic() < until:
        time.sleep(0.02)
    assert not runs(worker)
    process.communicate()
