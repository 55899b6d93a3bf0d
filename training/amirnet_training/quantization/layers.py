"""The program's convolutions: taken out of a trained restorer, and folded for one node of the tree."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..network.blocks import CodeMap, FeatureTransformBlock, PlainBlock
from ..network.phone import HighPass, PhoneRestorer


@dataclass(frozen=True)
class Layer:
    """One convolution of the program, with zero padding."""

    weight: Tensor
    """(out, in, kernel, kernel) float32."""
    bias: Tensor
    """(out,) float32."""
    stride: int = 1
    padding: int = 0

    def __call__(self, value: Tensor) -> Tensor:
        return F.conv2d(value, self.weight, self.bias, stride=self.stride, padding=self.padding)


Layers = dict[str, Layer]
"""The program's layers by step name."""


@torch.no_grad()
def layers_of(restorer: PhoneRestorer) -> Layers:
    """The layers of a restorer, the high-pass copy folded into ``stem`` and ``detail``.

    Folding is exact except within two pixels of the tile's border, where the network pads the high-pass copy with
    zeros; a tile's halo is wider. It removes the one tensor of the network that would waste 8 bits: RGB in [-1, 1]
    beside bands amplified eight times.
    """
    layers = {
        "stem": _after_high_pass(restorer.high_pass, restorer.stem),
        "down": _plain_layer(restorer.down),
        "up": _plain_layer(restorer.up),
        "expand": _plain_layer(restorer.expand),
        "detail": _after_high_pass(restorer.high_pass, restorer.detail),
        "refine": _plain_layer(restorer.refine),
        "head": _plain_layer(restorer.head),
        "scale": _code_map(restorer.scale),
    }
    if restorer.blocks.quarter:
        layers |= {"descend": _plain_layer(restorer.descend), "ascend": _plain_layer(restorer.ascend)}
    for stage in ("encode", "reduce", "middle", "rebuild", "decode"):
        for index, block in enumerate(getattr(restorer, stage, ())):  # two scales have neither reduce nor rebuild
            for name, layer in _block_layers(block).items():
                layers[f"{stage}{index}/{name}"] = layer
    return layers


def inner(value: Tensor) -> Tensor:
    """A patch or a step's result without the quarter at each side that its border reaches most.

    Patches are cut from photos and bordered by zeros, which the folded high-pass copy sees otherwise than the network
    does. Ranges and losses must not see those false edges, which a tile's halo keeps from every photo: a restorer
    that is trained for 8 bits would learn to mend them, and forget photos for it.
    """
    rows, columns = value.shape[2] // 4, value.shape[3] // 4
    return value[:, :, rows : value.shape[2] - rows, columns : value.shape[3] - columns]


@torch.no_grad()
def fold(layers: Layers, code: Tensor) -> Layers:
    """The layers with the code (K,) folded in, for the program without a code: equal up to float rounding.

    A gain folds into a convolution's output channels, so in int8 its weight integers stay and only its scales change
    (where a gain is negative, its channel's integers change sign).
    """
    constants = {name: layer(code.view(1, -1, 1, 1)).flatten() for name, layer in layers.items() if is_code_map(name)}
    folded: Layers = {}
    for name, layer in layers.items():
        block, _, part = name.rpartition("/")
        if is_code_map(name):
            continue
        if part == "spatial":
            gain, shift = constants[f"{block}/gain"], constants[f"{block}/shift"]
            folded[f"{block}/hidden"] = _scaled(layer, gain, shift)
        elif part == "mix":
            folded[f"{block}/change"] = _scaled(layer, constants[f"{block}/scale"])
        elif part == "head":
            folded["residual"] = _scaled(layer, constants["scale"])
        else:
            folded[name] = layer
    return folded


def is_code_map(name: str) -> bool:
    """Whether a layer maps the code to constants per channel."""
    return name.rpartition("/")[2] in ("gain", "shift", "scale")


def _scaled(layer: Layer, gain: Tensor, shift: Tensor | None = None) -> Layer:
    bias = layer.bias * gain if shift is None else layer.bias * gain + shift
    return Layer(layer.weight * gain.view(-1, 1, 1, 1), bias, layer.stride, layer.padding)


def _plain_layer(conv: nn.Conv2d) -> Layer:
    bias = torch.zeros(conv.out_channels) if conv.bias is None else conv.bias.detach().clone()
    return Layer(conv.weight.detach().clone(), bias, conv.stride[0], int(conv.padding[0]))


def _code_map(module: CodeMap) -> Layer:
    return _plain_layer(module.linear)


def _block_layers(block: nn.Module) -> Layers:
    if isinstance(block, FeatureTransformBlock):
        maps = {"gain": block.gain, "shift": block.shift, "scale": block.scale}
        named = {"spatial": _plain_layer(block.spatial), "mix": _plain_layer(block.mix)}
        return {**named, **{name: _code_map(module) for name, module in maps.items()}}
    assert isinstance(block, PlainBlock)
    return {"hidden": _plain_layer(block.spatial), "change": _plain_layer(block.mix)}


def _after_high_pass(high_pass: HighPass, conv: nn.Conv2d) -> Layer:
    """``conv`` applied to the high-pass copy as one convolution of the photo itself."""
    layer = _plain_layer(conv)
    outer, size = layer.weight.shape[0], layer.weight.shape[2]
    joined = torch.zeros(outer, 3, size + 2, size + 2)
    fixed = high_pass.weight
    assert isinstance(fixed, Tensor) and isinstance(high_pass.bias, Tensor)
    for row in range(3):
        for column in range(3):
            part = torch.einsum("omhw,mi->oihw", layer.weight, fixed[:, :, row, column])
            joined[:, :, row : row + size, column : column + size] += part
    bias = layer.bias + torch.einsum("omhw,m->o", layer.weight, high_pass.bias)
    return Layer(joined, bias, layer.stride, layer.padding + 1)
