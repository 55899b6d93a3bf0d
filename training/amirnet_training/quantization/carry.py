"""What training in float and training in 8 bits have learnt, carried from one to the other.

    python -m amirnet_training.quantization.carry weights FLOAT INT8 -o OUTPUT   # and train on in float
    python -m amirnet_training.quantization.carry grid FLOAT INT8 -o OUTPUT      # and train on in 8 bits

Both models are files or run folders, of one network: INT8 was quantized, FLOAT was trained on from the same start.
`weights` moves FLOAT's restorer towards the float weights that INT8's was trained to: the mean of two networks that
were trained on from one start is as good as either or better (Wortsman et al., Model soups, 2022). `grid` puts FLOAT's
restorer on INT8's grid, with scales of its own weights: a start for ``quantize.begin: trained`` that loses less than a
calibration, because that grid has been learnt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import torch
from torch import Tensor, nn

from amirnet.cli.command_group import errors_reported

from ..checkpoint import load_model, save_model
from ..errors import CheckpointError
from ..network.phone import HighPass, PhoneRestorer
from ..program.layer import CodeMap, Layer, Layers, after_fixed, layer_of
from .calibration_data import load_start
from .grid import Grid, weight_scales
from .int8_steps import QuantizedRestorer

FOLDED = ("stem", "detail")
"""Layers that an 8-bit restorer holds with the high-pass copy folded in (`PhoneRestorer.layers`)."""
RIDGE = 1e-4
"""Keeps weights from growing where folding leaves them undetermined."""
Way = Callable[[PhoneRestorer, QuantizedRestorer], QuantizedRestorer | None]
"""A float restorer, which it may change, and an 8-bit one -> the 8-bit restorer that is written beside it, if any."""


def on_grid(restorer: PhoneRestorer, grid: Grid) -> QuantizedRestorer:
    """The restorer with the scales of ``grid`` for its results, and scales of its own weights."""
    layers = restorer.layers()
    weights = {name: tuple(weight_scales(layer.weight).tolist()) for name, layer in layers.items()}
    return QuantizedRestorer(layers, Grid(grid.activations, weights), restorer.blocks)


@torch.no_grad()
def move(restorer: PhoneRestorer, layers: Layers, share: float) -> None:
    """Moves every weight by ``share`` (0 to 1) of the way to ``layers``; where the high-pass copy is folded in, to the
    nearest weights by least squares."""
    for name, module in restorer.convolutions().items():
        conv = module.linear if isinstance(module, CodeMap) else module
        assert isinstance(conv, nn.Conv2d)
        wanted = _unfolded(restorer.high_pass, layer_of(conv), layers[name]) if name in FOLDED else layers[name]
        conv.weight.lerp_(wanted.weight, share)
        if conv.bias is not None:
            conv.bias.lerp_(wanted.bias, share)


def _unfolded(fixed: HighPass, layer: Layer, wanted: Layer) -> Layer:
    """The layer, near ``layer``, that gives ``wanted`` when ``fixed`` is folded into it."""
    size = layer.weight[:1].numel()
    zero = torch.zeros_like(layer.bias[:1])

    def folded(weight: Tensor, bias: Tensor) -> Layer:
        return after_fixed(fixed.weight, fixed.bias, replace(layer, weight=weight, bias=bias))

    units = torch.eye(size).view(size, 1, *layer.weight.shape[1:])
    columns = torch.stack([folded(unit, zero).weight.flatten() for unit in units], dim=1).double()
    apart = (wanted.weight - folded(layer.weight, layer.bias).weight).flatten(1).double()
    square = columns.T @ columns + RIDGE * torch.eye(size, dtype=torch.double)
    change = torch.linalg.solve(square, columns.T @ apart.T).T.float().view_as(layer.weight)
    weight = layer.weight + change
    return replace(layer, weight=weight, bias=layer.bias + wanted.bias - folded(weight, layer.bias).bias)


def _shapes(layers: Layers, restorer: PhoneRestorer, any_code: bool) -> dict[str, torch.Size]:
    """Of every layer's weights; with ``any_code`` codes may differ in length, which no scale depends on."""
    modules = restorer.convolutions()
    return {
        name: layer.weight.shape[: 1 if any_code and isinstance(modules.get(name), CodeMap) else None]
        for name, layer in layers.items()
    }


def _carry(trained: Path, quantized: Path, output: Path, way: Way, *, any_code: bool = False) -> None:
    """Writes what ``way`` made of the float model by the other's 8-bit restorer, or says why not and exits with 2."""
    with errors_reported():
        model, restorer, _ = load_start(trained)
        other = load_model(quantized).quantized
        if other is None:
            raise CheckpointError(f"{quantized}: holds no 8-bit restorer: name what `amirnet train --quantize` gave")
        ours, theirs = (_shapes(layers, restorer, any_code) for layers in (restorer.layers(), other.layers))
        if ours != theirs:
            problem = f"its restorer has another shape than {trained}"
            raise CheckpointError(f"{quantized}: {problem}: name two of one network")
        save_model(output, replace(model, quantized=way(restorer, other)))


@click.group()
def main() -> None:
    """Carry what was learnt in float to 8 bits, or back."""


FLOAT = click.argument("trained", metavar="FLOAT", type=click.Path(path_type=Path))
INT8 = click.argument("quantized", metavar="INT8", type=click.Path(path_type=Path))
OUTPUT = click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The new model.safetensors."
)


@main.command()
@FLOAT
@INT8
@OUTPUT
def grid(trained: Path, quantized: Path, output: Path) -> None:
    """FLOAT on the grid of INT8: a start for training in 8 bits."""
    _carry(trained, quantized, output, lambda restorer, other: on_grid(restorer, other.grid), any_code=True)


@main.command()
@FLOAT
@INT8
@click.option("--share", default=0.5, show_default=True, type=click.FloatRange(0, 1), help="Of the way to INT8.")
@OUTPUT
def weights(trained: Path, quantized: Path, share: float, output: Path) -> None:
    """FLOAT's restorer moved towards the weights of INT8: a start for training in float."""
    _carry(trained, quantized, output, lambda restorer, other: move(restorer, other.layers, share))


if __name__ == "__main__":
    main()
