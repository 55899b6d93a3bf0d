"""The loss's term that keeps activations small: what it watches, when it counts, and that it works."""

from __future__ import annotations

import pytest
import torch

from amirnet_training.activation_range import RANGE, ActivationRange
from amirnet_training.network import build
from amirnet_training.trainer import Trainer


def run(network: torch.nn.Module) -> None:
    generator = torch.Generator().manual_seed(0)
    network.restore(torch.rand(2, 3, 32, 32, generator=generator), torch.zeros(2, network.code_size))


@pytest.fixture
def network() -> torch.nn.Module:
    torch.manual_seed(0)
    return build("tiny", 2)


def test_small_activations_cost_nothing(network) -> None:
    ranges = ActivationRange(network.restorer)
    ranges.active = True
    with torch.no_grad():
        run(network)
    assert float(ranges.take()) == 0.0


@pytest.mark.parametrize("part", ["stem", "down", "descend", "ascend", "up", "expand", "detail", "refine"])
def test_one_wide_tensor_costs_the_logarithm_of_its_excess(network, part) -> None:
    ranges = ActivationRange(network.restorer)
    with torch.no_grad():
        layer = getattr(network.restorer, part)
        layer.weight.zero_()
        layer.bias.zero_()
        ranges.active = True
        run(network)
        alone = float(ranges.take())
        layer.bias.fill_(-3 * RANGE)
        run(network)
    blocks = sum(len(getattr(network.restorer, stage)) for stage in ("encode", "reduce", "middle", "rebuild", "decode"))
    watched = 8 + 3 * blocks
    assert float(ranges.take()) >= alone + float(torch.log(torch.tensor(3.0))) / watched - 1e-6


def test_nothing_is_watched_before_its_time(network) -> None:
    ranges = ActivationRange(network.restorer)
    with torch.no_grad():
        network.restorer.down.bias.fill_(100.0)
    run(network)
    assert float(ranges.take()) == 0.0


def test_what_was_taken_is_forgotten(network) -> None:
    ranges = ActivationRange(network.restorer)
    ranges.active = True
    with torch.no_grad():
        network.restorer.down.bias.fill_(100.0)
        run(network)
    assert float(ranges.take()) > 0
    assert float(ranges.take()) == 0.0


def test_other_restorers_have_nothing_to_watch() -> None:
    ranges = ActivationRange(torch.nn.Conv2d(3, 3, 3))
    ranges.active = True
    assert float(ranges.take()) == 0.0


def test_training_pulls_wide_activations_in(make_config, tmp_path) -> None:
    means = []
    for weight in (0.0, 1.0):
        train = {"steps": 12, "learning_rate": 0.01, "warmup": 0, "range_weight": weight, "range_from": 4,
                 "range_every": 1, "validation_items": 0}  # fmt: skip
        trainer = Trainer(make_config(train=train), tmp_path / str(weight))
        bias = trainer.learner.network.restorer.down.bias
        with torch.no_grad():
            bias.fill_(20.0)
        trainer.train()
        means.append(float(bias.detach().mean()))
    assert means[1] < means[0] - 0.01


def test_it_counts_in_every_so_manieth_step(make_config, tmp_path) -> None:
    train = {"steps": 8, "range_weight": 1.0, "range_from": 3, "range_every": 2, "validation_items": 0}
    trainer = Trainer(make_config(train=train), tmp_path / "run")
    learn, active = trainer.learner._learn_from, []

    def note(*inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        active.append(trainer.learner.ranges.active)
        return learn(*inputs)

    trainer.learner._learn.step = note
    trainer.train()
    assert active == [False] * 4 + [True, False, True, False]
