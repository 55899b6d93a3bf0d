"""Fixtures of the export tests: a finished checkpoint that was never trained, and its bundle."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from amirnet_export.exporter import export_bundle
from amirnet_training.checkpoint import TrainedModel, load_model, save_model
from amirnet_training.config import Config, parse
from amirnet_training.network import build

LEVELS = 3
ENTRIES = 2**LEVELS - 1


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def configuration(preset: str) -> Config:
    source = {"clean": ["photos"], "weight": 1, "degradations": {"noise": 1}}
    network = {"preset": preset, "levels": LEVELS, "width": 4 if preset == "paper" else None}
    data = {"root": "photos", "patch": 64, "sources": [source]}
    return parse({"name": "toy", "network": network, "data": data}, "toy")


KINDS = ({"camera": 0.25, "lowlight": 0.5, "noise": 0.25}, {"lowlight": 1.0}, {"camera": 0.5, "noise": 0.5},
         {"lowlight": 1.0}, {})  # fmt: skip
"""What each node of the tree is for."""


def tree() -> dict[str, Any]:
    """A full tree whose second leaf pair is missing."""
    rng = np.random.default_rng(0)
    nodes = []
    for number in (0, 1, 2, 3, 4):
        level = (number + 1).bit_length() - 1
        children = [child for child in (2 * number + 1, 2 * number + 2) if child < 5]
        nodes.append({
            "id": number, "level": level, "index": number + 1 - 2**level,
            "parent": (number - 1) // 2 if number else None, "children": children,
            "confidence": 0.0 if number == 0 else 0.5, "share": 1 / 2**level, "label": f"node {number}",
            "kinds": KINDS[number],
            "code": [float(value) for value in rng.integers(-64, 65, ENTRIES) / 64],
        })  # fmt: skip
    return {"levels": LEVELS, "grid": 64, "conditioning": "soft", "nodes": nodes}


def make_model(preset: str) -> TrainedModel:
    torch.manual_seed(5)
    network = build(preset, LEVELS, 4 if preset == "paper" else None).eval()
    network.heads.exists[:5] = True
    if preset != "paper":
        torch.nn.init.normal_(network.restorer.head.weight, std=0.1)  # it starts at zero, where nothing shows
        torch.nn.init.normal_(network.light.output.weight, std=0.1)
        torch.nn.init.constant_(network.light.output.bias, 0.3)
    return TrainedModel(network, configuration(preset), tree(), {"steps": 10, "seconds": 1})


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished `tiny` checkpoint with fresh weights. Shared: not to be changed."""
    file = tmp_path_factory.mktemp("run") / "model.safetensors"
    save_model(file, make_model("tiny"))
    return file


@pytest.fixture(scope="session")
def bundle_folder(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoint's bundle. Shared: not to be changed."""
    folder = tmp_path_factory.mktemp("bundles") / "toy"
    export_bundle(checkpoint, folder)
    return folder


@pytest.fixture
def changed(checkpoint: Path, tmp_path: Path):
    """changed(tree=None, network=...) -> a copy of the checkpoint with those parts replaced."""

    def make(**parts: Any) -> Path:
        file = tmp_path / "changed.safetensors"
        save_model(file, replace(load_model(checkpoint), **parts))
        return file

    return make


@pytest.fixture
def paper_checkpoint(tmp_path: Path) -> Path:
    file = tmp_path / "paper.safetensors"
    save_model(file, make_model("paper"))
    return file
