"""Fake quantization: what it computes, what it learns, and what stands still once it is frozen."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from amirnet_training.program.restorer import step_names
from amirnet_training.quantization import sqnr
from amirnet_training.quantization.calibrate import calibrate
from amirnet_training.quantization.fake_quant import FakeQuantSteps, _Round
from amirnet_training.quantization.grid import FIXED, HIGH, LOW, QuantParams
from amirnet_training.quantization.int8_steps import QuantizedRestorer
from amirnet_training.quantization.rounding_rules import Ties, inexact


@pytest.fixture(scope="module")
def batch() -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(1)
    return torch.rand(2, 3, 32, 32), torch.randint(-64, 65, (2, 7, 1, 1)) / 64


@pytest.fixture(scope="module")
def start(batch, random_restorer, shape) -> QuantizedRestorer:
    return calibrate(random_restorer(shape=shape), [batch], 64)


def learn(steps: FakeQuantSteps, batch, count: int = 3) -> None:
    """Some steps towards a grey image, with everything that has a gradient."""
    optimizer = torch.optim.SGD(steps.parameters(), lr=0.05)
    for _ in range(count):
        (steps(*batch) - 0.4).square().mean().backward()
        optimizer.step()
        optimizer.zero_grad()


def test_it_begins_where_calibration_ended(start, batch) -> None:
    steps = FakeQuantSteps(start)
    assert torch.equal(steps(*batch), start(*batch))
    assert steps.to_restorer().grid == start.grid


@pytest.mark.parametrize("frozen", [False, True])
def test_what_was_learnt_is_the_restorer_to_the_bit(start, batch, frozen: bool) -> None:
    steps = FakeQuantSteps(start)
    learn(steps, batch)
    if frozen:
        steps.freeze()
        learn(steps, batch)
    with torch.no_grad():
        computed = steps.eval()(*batch)
    made = steps.to_restorer()
    assert torch.equal(made(*batch), computed)
    assert not torch.equal(start(*batch), computed), "it has learnt something"
    assert made.grid != start.grid
    assert inexact({name: scale.scale for name, scale in made.grid.activations.items()}, Ties.of(start.blocks)) == []
    assert {name: made.grid.activations[name] for name in (*FIXED, "code")} == {**FIXED, "code": QuantParams(1 / 64, 0)}


def test_gradients_reach_everything_that_learns(start, batch) -> None:
    steps = FakeQuantSteps(start)
    (steps(*batch) - 0.4).square().mean().backward()
    for name, parameter in steps.named_parameters():
        assert parameter.grad is not None and bool(torch.isfinite(parameter.grad).all()), name
        assert bool(parameter.grad.any()), name
    ties = Ties.of(start.blocks)
    factors = {product.factor for product in ties.products}
    assert set(steps.growth) == set(ties.groups()) - {*FIXED, *factors, "code"}


def test_the_gradients_of_one_rounding() -> None:
    """By hand: straight through inside the range, nothing outside; the scale sees rounding errors and clipping."""
    value = torch.tensor([0.3, -0.9, 5.0, -200.0], requires_grad=True)
    growth = torch.zeros((), requires_grad=True)
    rounded = _Round.apply(value, growth, QuantParams(0.5, 10))
    assert rounded.tolist() == [0.5, -1.0, 5.0, -69.0]
    rounded.backward(torch.tensor([1.0, 10.0, 100.0, 1000.0]))
    assert value.grad is not None and value.grad.tolist() == [1.0, 10.0, 100.0, 0.0]
    assert growth.grad is not None
    assert float(growth.grad) == pytest.approx(1 * 0.2 + 10 * -0.1 + 100 * 0.0 + 1000 * -69.0)


@given(st.integers(0, 2**31), st.floats(-5, 1), st.integers(LOW, HIGH))
@settings(deadline=None)
def test_rounding_while_learning_is_rounding_to_the_bit(seed: int, size: float, zero_point: int) -> None:
    values = torch.randn(500, generator=torch.Generator().manual_seed(seed))
    scale = QuantParams(float(np.float32(10**size)), zero_point)
    values[:100] = scale.scale * (values[:100] * 100).round() + scale.scale / 2  # ties
    assert torch.equal(_Round.apply(values, torch.zeros(()), scale), scale.fake(values))


def test_a_scale_learns_to_be_smaller_where_values_are() -> None:
    torch.manual_seed(0)
    values, growth = 0.01 * torch.randn(4000), torch.zeros((), requires_grad=True)
    optimizer = torch.optim.Adam([growth], lr=0.05)
    losses = []
    for _ in range(60):
        scale = QuantParams(0.01 * float(growth.detach().exp()), 0)
        loss = (_Round.apply(values, growth, scale) - values).square().mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    assert float(growth.detach()) < -1 and losses[-1] < 0.1 * losses[0]


def test_frozen_scales_of_weights_do_not_move(start, batch) -> None:
    steps = FakeQuantSteps(start)
    learn(steps, batch)
    steps.freeze()
    before = steps.to_restorer()
    with torch.no_grad():
        for weight in steps.weights.values():
            weight *= 1.5
    after = steps.to_restorer()
    assert after.grid == before.grid
    assert not torch.equal(after.layers["stem"].weight, before.layers["stem"].weight)
    other = FakeQuantSteps(start)
    other.load_state_dict(steps.state_dict())
    assert other.to_restorer().grid == before.grid, "a resumed run knows that it is frozen, and how"


def test_the_noise_of_every_step_is_told(start, batch) -> None:
    rows = sqnr.table(start, *batch)
    assert [row.step for row in rows] == list(step_names(start.blocks, steered=True))
    by_step = {row.step: row for row in rows}
    assert by_step["code"].own == float("inf"), "codes are on their grid already"
    assert 25 < by_step["stem"].own < 70 and by_step["decode1/sum"].carried < by_step["decode1/sum"].own

    coarse = {**start.grid.activations, "middle2/sum": QuantParams(start.grid.activations["middle2/sum"].scale * 16, 0)}
    spoilt = QuantizedRestorer(start.layers, type(start.grid)(coarse, start.grid.weights), start.blocks)
    worse = {row.step: row for row in sqnr.table(spoilt, *batch)}
    assert worse["middle2/sum"].own < by_step["middle2/sum"].own - 12
    assert worse["middle2/sum"].alone < by_step["middle2/sum"].alone - 10
    assert worse["middle1/sum"] == by_step["middle1/sum"], "what comes before it is as it was"


def test_the_worst_steps_are_named() -> None:
    rows = [sqnr.Row(f"step{n}", own, own, alone) for n, (own, alone) in enumerate([(40, 60), (30, 20), (50, 1e9)])]
    rows.append(sqnr.Row("exactly", float("inf"), 9.96, float("inf")))
    text = sqnr.render(rows).splitlines()
    assert len(text) == 6 and text[0].split() == ["step", "own", "carried", "alone"]
    assert text[4].split() == ["exactly", "exact", "10.0", "exact"]
    assert text[5].startswith("worst alone: step1 20.0 dB, step0 60.0 dB")
