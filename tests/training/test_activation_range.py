"""The loss's term that keeps activations small: what it watches, when it counts, and that it works."""

from __future__ import annotations

import pytest
import torch

from amirnet_training.activation_range import CLIPPED, EVERY, MARGIN, RANGE, ActivationRange
from amirnet_training.network import build
from amirnet_training.trainer import Trainer


def run(network: torch.nn.Module) -> None:
    generator = torch.Generator().manual_seed(0)
    network.restore(torch.rand(2, 3, 32, 32, generator=generator), torch.zeros(2, network.code_size))


@pytest.fixture
def network() -> torch.nn.Module:
    torch.manual_seed(0)
    network = build("tiny", 2)
    torch.nn.init.constant_(network.restorer.brighten.linear.bias, -1.0)
    return network


def test_small_activations_cost_nothing(network) -> None:
    ranges = ActivationRange(network.restorer)
    ranges.active = True
    with torch.no_grad():
        run(network)
    assert float(ranges.take()) == 0.0


@pytest.mark.parametrize(("factor", "excess"), [(-MARGIN, 0.0), (0.0, 0.25 * MARGIN), (0.5, 0.25 * (0.5 + MARGIN))])
def test_brightening_costs_what_it_clips_and_a_margin(network, factor, excess) -> None:
    ranges = ActivationRange(network.restorer)
    ranges.active = True
    photo = torch.zeros(1, 3, 32, 32)
    photo[..., :16, :16] = 1.0  # a quarter of it is white, the rest black
    with torch.no_grad():
        network.restorer.brighten.linear.bias.fill_(factor)
        network.restore(photo, torch.zeros(1, network.code_size))
    assert float(ranges.take()) == pytest.approx(CLIPPED * excess, abs=1e-6)


@pytest.mark.parametrize("part", ["stem", "down", "up", "expand", "detail", "refine"])
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
    blocks = sum(len(getattr(network.restorer, stage)) for stage in ("encode", "middle", "decode"))
    watched = 6 + 3 * blocks
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
        train = {"steps": 3 * EVERY, "learning_rate": 0.01, "warmup": 0, "range_weight": weight, "range_from": EVERY,
                 "validation_items": 0}  # fmt: skip
        trainer = Trainer(make_config(train=train), tmp_path / str(weight))
        bias = trainer.network.restorer.down.bias
        with torch.no_grad():
            bias.fill_(20.0)
        trainer.train()
        means.append(float(bias.detach().mean()))
    assert means[1] < means[0] - 0.01
