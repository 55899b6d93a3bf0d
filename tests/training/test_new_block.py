"""A new block is one class: defined here, it trains, is quantized, folds and runs, and nothing else knows of it."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from amirnet_training.activation_range import ActivationRange
from amirnet_training.network import AMIRNet, build
from amirnet_training.network.phone import PhoneRestorer, Widths
from amirnet_training.program.block import Block
from amirnet_training.program.folding import fold
from amirnet_training.program.layer import CodeMap
from amirnet_training.program.restorer import Blocks, blocks_of, restore, step_names
from amirnet_training.program.steps import Steps, Value
from amirnet_training.program.torch_steps import FloatSteps
from amirnet_training.quantization.borders import inner
from amirnet_training.quantization.calibrate import calibrate
from amirnet_training.quantization.fake_quant import FakeQuantSteps
from amirnet_training.quantization.rounding_rules import Ties, inexact
from amirnet_training.quantization.storage import PREFIX, pack, unpack


class NarrowBlock(Block):
    """``x + gate(code) * (conv1x1(relu(conv3x3(x) + lift(code)))``, half as wide inside."""

    def __init__(self, channels: int, code: int) -> None:
        super().__init__(channels, code)
        self.narrow = nn.Conv2d(channels, channels // 2, 3, padding=1)
        self.widen = nn.Conv2d(channels // 2, channels, 1)
        self.lift = CodeMap(code, channels // 2, 0.0)
        self.gate = CodeMap(code, channels, 0.3)

    def convolutions(self) -> dict[str, nn.Module]:
        return {"narrow": self.narrow, "widen": self.widen, "lift": self.lift, "gate": self.gate}

    @classmethod
    def run(cls, steps: Steps[Value], name: str, value: Value, code: Value) -> Value:
        lift = steps.conv(f"{name}/lift", code)
        hidden = steps.add(f"{name}/hidden", steps.conv(f"{name}/narrow", value), lift, relu=True)
        gate = steps.conv(f"{name}/gate", code)
        return steps.add(
            f"{name}/sum", value, steps.multiply(f"{name}/gated", steps.conv(f"{name}/widen", hidden), gate)
        )


class StubbornBlock(NarrowBlock):
    """Adds what comes from the code to its own input, which is no convolution's result."""

    @classmethod
    def run(cls, steps: Steps[Value], name: str, value: Value, code: Value) -> Value:
        return steps.add(f"{name}/sum", value, steps.conv(f"{name}/gate", code))


BLOCKS = Blocks(half=1, quarter=1, middle=3, steered=NarrowBlock)
WIDTHS = Widths(full=8, half=16, quarter=24, eighth=32)


@pytest.fixture(scope="module")
def network() -> AMIRNet:
    torch.manual_seed(0)
    network = build("tiny", 3, shape=(WIDTHS, BLOCKS))
    with torch.no_grad():
        for parameter in network.restorer.parameters():
            parameter += 0.05 * torch.randn_like(parameter)
        network.restorer.head.weight *= 0.3  # so that the residual is not clipped
    return network


@pytest.fixture(scope="module")
def restorer(network) -> PhoneRestorer:
    assert isinstance(network.restorer, PhoneRestorer)
    return network.restorer


@pytest.fixture(scope="module")
def batch() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    codes = torch.randint(-64, 65, (2, 7, 1, 1), generator=generator) / 64
    return torch.rand(2, 3, 64, 64, generator=generator), codes


def test_it_trains(restorer, batch) -> None:
    ranges = ActivationRange(restorer)
    ranges.active = True
    optimizer = torch.optim.SGD(restorer.parameters(), lr=0.02)
    losses = []
    for _ in range(3):
        loss = (restorer(*batch) - 0.4).square().mean() + 0 * ranges.take()
        loss.backward()
        learnt = [p.grad for block in (*restorer.encode, *restorer.middle[:2]) for p in block.parameters()]
        assert all(gradient is not None and bool(gradient.any()) for gradient in learnt)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    assert losses[2] < losses[1] < losses[0]
    assert {"encode0/narrow", "encode0/widen", "encode0/sum"} <= ranges._steps and "encode0/lift" not in ranges._steps


def test_a_block_alone_computes_its_steps(restorer, batch) -> None:
    block, code = restorer.encode[0], batch[1]
    value = torch.rand(2, 16, 8, 8)
    hidden = torch.relu(block.narrow(value) + block.lift(code))
    assert torch.allclose(block(value, code), value + block.gate(code) * block.widen(hidden), atol=1e-6)


def test_its_program_is_the_network_and_folds(restorer, batch) -> None:
    tile, code = batch[0], batch[1][:1]
    with torch.no_grad():
        found, whole = restore(restorer.float_steps(), tile, code), restorer(tile, code)
        assert torch.allclose(inner(found), inner(whole), atol=1e-2)  # the rest is what the border reaches
        folded = fold(restorer.layers(), BLOCKS, code.flatten())
        assert (restore(FloatSteps(folded, BLOCKS), tile, None) - found).abs().max() < 1e-5
    assert {"encode0/hidden", "encode0/gated", "rebuild0/hidden"} <= folded.keys()
    assert not {"encode0/narrow", "encode0/gate", "encode0/lift", "scale"} & folded.keys()
    for steered in (True, False):
        assert blocks_of(step_names(BLOCKS, steered=steered)) == BLOCKS


def test_it_is_quantized_and_trained_on_the_grid(restorer, batch) -> None:
    start = calibrate(restorer, [batch], 64)
    ties = Ties.of(BLOCKS)
    steered = ("encode0", "reduce0", "middle0", "middle1")
    assert [shift.result for shift in ties.shifts] == [f"{block}/hidden" for block in steered]
    error = float(inner(start(*batch) - restore(restorer.float_steps(), *batch)).square().mean().detach())
    assert 0 < error < (4 / 255) ** 2
    steps = FakeQuantSteps(start)
    assert torch.equal(steps(*batch), start(*batch))
    optimizer = torch.optim.SGD(steps.parameters(), lr=0.05)
    (steps(*batch) - 0.4).square().mean().backward()
    assert all(parameter.grad is not None and bool(parameter.grad.any()) for parameter in steps.parameters())
    optimizer.step()
    made = steps.to_restorer()
    assert made.grid != start.grid and torch.equal(made(*batch), steps(*batch))
    assert inexact({name: params.scale for name, params in made.grid.activations.items()}, ties) == []
    node = made.folded(batch[1][0].flatten())
    apart = 255 * (made(batch[0], batch[1][:1]) - node(batch[0], None))
    assert float(apart.square().mean().sqrt()) < 3

    tensors, grid = pack(made)
    assert f"{PREFIX}encode0/narrow/weight" in tensors
    again = unpack(tensors, grid, restorer, "there")
    assert again.grid == made.grid and torch.equal(again(*batch), made(*batch))


def test_a_block_that_cannot_fold_is_told() -> None:
    blocks = BLOCKS._replace(steered=StubbornBlock)
    assert "encode0/gate" in step_names(blocks, steered=True)
    with pytest.raises(ValueError, match="encode0/sum: does not fold"):
        step_names(blocks, steered=False)
