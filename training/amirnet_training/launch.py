"""Where a run runs: one CPU, one GPU, or the processes that torchrun started."""

from __future__ import annotations

import os

import torch
from lightning_fabric import Fabric

from .config import Config
from .errors import ConfigError


def make_fabric(config: Config) -> Fabric:
    """A launched Fabric. Under torchrun every process joins by DDP; otherwise one device, a GPU if there is one."""
    accelerator = "cuda" if torch.cuda.is_available() else "cpu"
    precision = config.train.precision
    if precision == "auto":
        precision = "bf16-mixed" if accelerator == "cuda" else "32-true"
    local = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    distributed = "TORCHELASTIC_RUN_ID" in os.environ
    fabric = Fabric(
        accelerator=accelerator,
        devices=local if distributed else 1,
        num_nodes=int(os.environ.get("GROUP_WORLD_SIZE", "1")) if distributed else 1,
        strategy="ddp" if distributed else "auto",
        precision=precision,
    )
    fabric.launch()
    return fabric


def prepare_process(config: Config, fabric: Fabric) -> None:
    """Seeds this process and sets its threads.

    Raises:
        ConfigError: the batch cannot be divided equally among the processes.
    """
    if config.train.batch % fabric.world_size:
        processes = f"{fabric.world_size} processes"
        raise ConfigError(f"train.batch {config.train.batch} is not a multiple of the {processes}: change one")
    fabric.seed_everything(config.train.seed, verbose=False)
    torch.backends.cudnn.benchmark = True  # shapes are the same in every step
    if config.train.threads:
        torch.set_num_threads(config.train.threads)
