"""Fixtures of the quantization tests: a finished toy model, and a configuration that quantizes it in a second."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from amirnet_training.checkpoint import TrainedModel, save_model
from amirnet_training.config import Config, parse
from amirnet_training.network import AMIRNet, build
from amirnet_training.network.phone import PhoneRestorer, Widths
from amirnet_training.program.restorer import Blocks

TREE: dict[str, Any] = {"levels": 3, "grid": 64, "conditioning": "soft", "nodes": [
    {"id": 0, "level": 0, "index": 0, "parent": None, "children": [1, 2], "confidence": 0.0,
     "code": [0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]},
    {"id": 1, "level": 1, "index": 0, "parent": 0, "children": [], "confidence": 0.5,
     "code": [0.5, 0.125, 0.0, 0.0, 0.25, 0.0, 0.0]},
    {"id": 2, "level": 1, "index": 1, "parent": 0, "children": [], "confidence": 0.5,
     "code": [0.5, 0.0, -1.0, 0.0, 0.0, 0.0, 0.5]},
]}  # fmt: skip


SHAPES = {
    "two scales": (Widths(full=8, half=16, quarter=32), Blocks(half=2, quarter=0, middle=6)),
    "three scales": (Widths(full=8, half=16, quarter=24, eighth=32), Blocks(half=2, quarter=2, middle=3)),
}
"""Restorers of both kinds, by how many resolutions below the photo's they have blocks at."""


@pytest.fixture(scope="module", params=SHAPES)
def shape(request) -> tuple[Widths, Blocks]:
    """Each test that takes it runs for both."""
    return SHAPES[request.param]


@pytest.fixture(scope="session")
def random_restorer() -> Callable[..., PhoneRestorer]:
    """random_restorer(seed, shape) -> one whose weights do something: a fresh restorer changes next to nothing."""

    def make(seed: int = 0, shape: tuple[Widths, Blocks] = SHAPES["three scales"]) -> PhoneRestorer:
        torch.manual_seed(seed)
        restorer = build("tiny", 3, shape=shape).restorer.eval().requires_grad_(False)
        assert isinstance(restorer, PhoneRestorer)
        for parameter in restorer.parameters():
            parameter += 0.05 * torch.randn_like(parameter)
        return restorer

    return make


@pytest.fixture
def tree() -> dict[str, Any]:
    """A root with two leaves."""
    return TREE


@pytest.fixture
def short(make_config) -> Callable[..., Config]:
    """short(quantize={...}) -> a configuration that quantizes in a second."""

    def make(**changes: dict[str, Any]) -> Config:
        config = make_config(**{name: value for name, value in changes.items() if name != "quantize"})
        quantize = {"steps": 6, "batches": 2, "warmup": 1, "frozen": 0.34, **changes.get("quantize", {})}
        return parse({**json.loads(config.model_dump_json()), "quantize": quantize}, "toy")

    return make


@pytest.fixture
def network() -> AMIRNet:
    """A restorer that does something, and heads that know two kinds of photo."""
    torch.manual_seed(0)
    network = build("tiny", 3).eval().requires_grad_(False)
    network.heads.exists[:3] = True
    for parameter in network.restorer.parameters():
        parameter += 0.02 * torch.randn_like(parameter)
    return network


@pytest.fixture
def start(network, make_config, tmp_path) -> Path:
    """The folder of a finished float model."""
    config = parse({**json.loads(make_config().model_dump_json()), "quantize": {"batches": 2}}, "toy")
    model = TrainedModel(network, config, TREE, {"steps": 8, "seconds": 2})
    save_model(tmp_path / "float" / "model.safetensors", model)
    return tmp_path / "float"
