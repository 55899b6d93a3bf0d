"""Carried between float and 8 bits: weights half of the way, and a grid that has been learnt."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
import torch
from click.testing import CliRunner

from amirnet_training.checkpoint import load_model, save_model
from amirnet_training.network import build
from amirnet_training.quantization.carry import main, move, on_grid
from amirnet_training.quantization.grid import weight_scales
from amirnet_training.quantization.trainer import QuantizationTrainer


@pytest.fixture
def quantized(short, start, tmp_path):
    """A model that was trained in 8 bits, its folder, and the float one that it began with."""
    folder = tmp_path / "int8"
    return QuantizationTrainer(short(), start, folder).run(), folder, start


@torch.no_grad()
def noisy(network, seed: int = 1):
    moved = copy.deepcopy(network)
    torch.manual_seed(seed)
    for parameter in moved.restorer.parameters():
        parameter += 0.02 * torch.randn_like(parameter)
    return moved


def test_weights_go_the_whole_way_and_half_of_it(quantized) -> None:
    found, _, _ = quantized
    other = noisy(found.network).restorer
    begun, wanted = other.layers(), found.network.restorer.layers()
    half, whole = copy.deepcopy(other), copy.deepcopy(other)
    move(half, wanted, 0.5)
    move(whole, wanted, 1.0)
    for name, layer in whole.layers().items():
        assert torch.allclose(layer.weight, wanted[name].weight, atol=2e-3), name
        assert torch.allclose(layer.bias, wanted[name].bias, atol=1e-5), name
        middle = (begun[name].weight + layer.weight) / 2
        assert torch.allclose(half.layers()[name].weight, middle, atol=1e-5), name
    tile, code = torch.rand(1, 3, 64, 64), torch.full((1, 7, 1, 1), 0.25)
    with torch.no_grad():
        gaps = [float((way(tile, code) - found.network.restorer(tile, code)).abs().mean())
                for way in (other, whole)]  # fmt: skip
    assert gaps[1] < gaps[0] / 20


def test_a_learnt_grid_serves_other_weights(quantized) -> None:
    found, _, _ = quantized
    other = noisy(found.network).restorer
    carried = on_grid(other, found.quantized.grid)
    assert carried.grid.activations == found.quantized.grid.activations
    layers = other.layers()
    for name, scales in carried.grid.weights.items():
        assert torch.equal(torch.tensor(scales), weight_scales(layers[name].weight)), name
    tile, code = torch.rand(1, 3, 64, 64), torch.full((1, 7, 1, 1), 0.25)
    with torch.no_grad():
        assert float((carried(tile, code) - other(tile, code).clamp(-0.5, 1.5)).abs().mean()) < 0.06


def test_the_commands(quantized, short, tmp_path) -> None:
    found, folder, start = quantized
    trained = tmp_path / "float" / "model.safetensors"
    save_model(trained, replace(found, network=noisy(found.network), quantized=None))
    for command in ("weights", "grid"):
        out = tmp_path / command / "model.safetensors"
        done = CliRunner().invoke(main, [command, str(trained), str(folder), "-o", str(out)])
        assert done.exit_code == 0, done.output
        made = load_model(out)
        assert (made.quantized is None) == (command == "weights") and made.tree == found.tree
    assert (
        QuantizationTrainer(short(quantize={"begin": "trained"}), out.parent, tmp_path / "on").run().quantized
        is not None
    )
    plain = CliRunner().invoke(main, ["grid", str(trained), str(start), "-o", str(tmp_path / "x")])
    assert plain.exit_code == 2 and "holds no 8-bit restorer" in plain.stderr and plain.stderr.count("\n") == 1
    assert not (tmp_path / "x").exists()


def test_networks_of_two_shapes(quantized, tmp_path) -> None:
    found, folder, _ = quantized
    config = found.config.model_copy(update={"network": found.config.network.model_copy(update={"preset": "mobile"})})
    wider = replace(found, network=build("mobile", found.network.levels), config=config, quantized=None)
    save_model(tmp_path / "m.safetensors", wider)
    done = CliRunner().invoke(main, ["grid", str(tmp_path / "m.safetensors"), str(folder), "-o", str(tmp_path / "x")])
    assert done.exit_code == 2 and "another shape" in done.stderr
