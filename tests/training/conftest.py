"""Fixtures of the training tests: a folder of made-up photos, and a configuration that trains in a second."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from amirnet_training.checkpoint import load_model
from amirnet_training.config import Config, parse
from amirnet_training.runlog import read
from amirnet_training.trainer import Trainer


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def photo(seed: int, height: int = 80, width: int = 96) -> np.ndarray:
    """uint8 RGB: smooth shading, edges and texture, different for every seed."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    waves = [120 + 70 * np.sin((x * rng.uniform(0.2, 1) + y * rng.uniform(0.2, 1)) / 9 + phase) for phase in range(3)]
    image = np.stack(waves, axis=-1)
    for _ in range(6):
        top, left = int(rng.integers(height - 8)), int(rng.integers(width - 8))
        image[top : top + int(rng.integers(4, 40)), left : left + int(rng.integers(4, 40))] = rng.uniform(20, 235, 3)
    return np.clip(image + rng.normal(0, 3, image.shape), 0, 255).astype(np.uint8)


def write(path: Path, image: np.ndarray) -> Path:
    """An RGB image as a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.ascontiguousarray(image[:, :, ::-1]))
    return path


@pytest.fixture(scope="session")
def make_photo() -> Callable[..., np.ndarray]:
    return photo


@pytest.fixture(scope="session")
def write_photo() -> Callable[[Path, np.ndarray], Path]:
    return write


@pytest.fixture(scope="session")
def data_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`clean` with 8 photos, and pairs `dark`/`bright` with 4. Shared: not to be changed."""
    root = tmp_path_factory.mktemp("data")
    for seed in range(8):
        write(root / "clean" / f"photo{seed}.png", photo(seed))
    for seed in range(4):
        bright = photo(100 + seed)
        write(root / "bright" / f"{seed}.png", bright)
        write(root / "dark" / f"{seed}.png", bright // 4)
    return root


@pytest.fixture
def settings(data_root: Path) -> dict[str, Any]:
    """A small configuration as the YAML would hold it, to change and to pass to `make_config`."""
    return {
        "name": "toy",
        "network": {"preset": "tiny", "levels": 3},
        "data": {
            "root": str(data_root), "patch": 32, "probes": 2, "items": 40, "holdout": 0.2, "workers": 0,
            "sources": [
                {"clean": ["clean"], "weight": 0.7, "degradations": {"none": 0.2, "noise": 0.4, "defocus": 0.4}},
                {"inputs": "dark", "targets": "bright", "kind": "lowlight", "weight": 0.3},
            ],
        },
        "tree": {"grow_at": [3, 5], "crops": 2, "prototype_from": 4, "prototype_share": 0.5},
        "train": {"seed": 3, "steps": 8, "batch": 4, "warmup": 2, "threads": 1, "log_every": 2, "checkpoint_every": 2,
                  "validate_every": 4, "validation_items": 4},
    }  # fmt: skip


@pytest.fixture
def make_config(settings: dict[str, Any]) -> Callable[..., Config]:
    """make_config(train={"steps": 4}, ...) -> the small configuration with those values replaced."""

    def make(**changes: dict[str, Any]) -> Config:
        merged = {name: {**value, **changes.get(name, {})} if isinstance(value, dict) else value
                  for name, value in settings.items()}  # fmt: skip
        return parse(merged, "toy")

    return make


class Stopped(Exception):
    pass


@pytest.fixture(scope="session")
def train_until() -> Callable[..., None]:
    """train_until(trainer, step) trains, and gives up when ``step`` is done and before anything is written about it, as
    a kill would."""

    def run(trainer: Trainer, step: int) -> None:
        after = trainer._after_step

        def stop(*arguments: Any) -> None:
            if trainer.step == step:
                raise Stopped
            after(*arguments)

        trainer._after_step = stop  # type: ignore[method-assign]
        with pytest.raises(Stopped):
            trainer.run()

    return run


@pytest.fixture(scope="session")
def differing() -> Callable[[Path, Path], list[str]]:
    """differing(folder, other) -> the tensors in which two finished models differ, by name."""

    def compare(one: Path, other: Path) -> list[str]:
        a, b = (load_model(folder).network.state_dict() for folder in (one, other))
        assert a.keys() == b.keys()
        return [name for name in a if not torch.equal(a[name], b[name])]

    return compare


@pytest.fixture(scope="session")
def log_of() -> Callable[[Path], list[dict[str, Any]]]:
    """log_of(folder) -> a run's records, less what no two runs have in common: times."""

    def found(folder: Path) -> list[dict[str, Any]]:
        times = ("seconds", "waiting")
        return [{name: value for name, value in record.items() if name not in times}
                for record in read(folder / "log.jsonl")]  # fmt: skip

    return found
