"""The program on a grid that is learnt: fake quantization with gradients for the weights and for every step's scale.

Weights are rounded with scales from the weights of the moment. A step's scale is a parameter (learned step size): the
rounding passes gradients straight through to the value, and to the scale what rounding and clipping did. Steps that
must share a scale learn one, and factors follow (`rounding_rules`). Zero points are those of the calibration; the steps
that lie on the grid of pixels, and the code's grid, are never learnt.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..program.layer import Layer
from ..program.restorer import restore
from ..program.torch_steps import TorchSteps
from .grid import HIGH, LOW, Grid, QuantParams, fake_weight, weight_scales
from .int8_steps import QuantizedRestorer
from .rounding_rules import Product, Ties, factor_scale


class _Round(torch.autograd.Function):
    """``value`` rounded to ``params``; ``growth`` is what their scale depends on, by its logarithm."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, growth: Tensor, params: QuantParams) -> Tensor:
        # As `QuantParams.fake` to the bit, in operations that vectorise, which torch's own does not.
        steps = (value * float(np.float32(1) / np.float32(params.scale))).round_()
        kept = steps.clamp(LOW - params.zero_point, HIGH - params.zero_point)
        inside = steps == kept
        rounded = kept.mul_(params.scale)
        # Inside the range a larger scale moves the result by its rounding error, outside by the result itself.
        ctx.save_for_backward(inside, torch.where(inside, rounded - value, rounded))
        return rounded

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None]:
        (gradient,) = gradients
        inside, moved = ctx.saved_tensors
        return torch.where(inside, gradient, 0.0), (gradient * moved).sum(), None


class FakeQuantSteps(TorchSteps, nn.Module):
    """Steps of `program.restore` with everything that quantization-aware training learns.

    Args:
        start: the calibrated restorer that training starts from.
    """

    frozen: Tensor
    """() bool: whether the grid stands still."""

    def __init__(self, start: QuantizedRestorer) -> None:
        super().__init__()
        self.blocks = start.blocks
        self.weights = nn.ParameterDict({name: layer.weight.clone() for name, layer in start.layers.items()})
        self.biases = nn.ParameterDict({name: layer.bias.clone() for name, layer in start.layers.items()})
        self._geometry = {name: (layer.stride, layer.padding) for name, layer in start.layers.items()}
        self._start = start.grid.activations
        self._ties = Ties.of(start.blocks)
        self._factors = {product.factor: self._shifted(product) for product in self._ties.products}
        # How much each group's scale has grown, as a logarithm: a step of the optimizer is a share of the scale.
        self.growth = nn.ParameterDict({name: torch.zeros(()) for name in self._ties.movable()})
        self.register_buffer("frozen", torch.tensor(False))
        self._channel_scales = nn.Module()
        for name, scales in start.grid.weights.items():
            self._channel_scales.register_buffer(name, torch.tensor(scales))

    def forward(self, tile: Tensor, code: Tensor | None) -> Tensor:
        """(N, 3, H, W) and (N, K, 1, 1) -> restored (N, 3, H, W) on the grid of pixels."""
        return restore(self, tile, code)

    @torch.no_grad()
    def freeze(self) -> None:
        """Fixes the scales of weights as they are now. The steps' scales are fixed by whoever moves `growth`."""
        for name, weight in self.weights.items():
            self._channel_scales.get_buffer(name).copy_(weight_scales(weight))
        self.frozen.fill_(True)

    def params(self, name: str) -> QuantParams:
        """A step's scale and zero point as they are now."""
        begun = self._start[name]
        if name in self._factors:
            product, shift = self._factors[name]
            value, result = self.params(product.value).scale, self.params(product.result).scale
            return QuantParams(factor_scale(value, result, shift), begun.zero_point)
        group = self._ties.group(name)
        if group not in self.growth:
            return begun
        scale = begun.scale * math.exp(float(self.growth[group].detach()))
        return QuantParams(float(np.float32(scale)), begun.zero_point)

    def to_restorer(self) -> QuantizedRestorer:
        """What has been learnt, on the CPU; it computes what this module does, to the bit."""
        layers, weights = {}, {}
        for name, (stride, padding) in self._geometry.items():
            weight, bias = (values[name].detach().cpu().clone() for values in (self.weights, self.biases))
            layers[name] = Layer(weight, bias, stride, padding)
            weights[name] = tuple(self._weight_scales(name).tolist())
        grid = Grid({name: self.params(name) for name in self._start}, weights)
        return QuantizedRestorer(layers, grid, self.blocks)

    def conv(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        stride, padding = self._geometry[name]
        weight = fake_weight(self.weights[name], self._weight_scales(name))
        return self._done(name, F.conv2d(value, weight, self.biases[name], stride=stride, padding=padding), relu=relu)

    def _weight_scales(self, name: str) -> Tensor:
        return self._channel_scales.get_buffer(name) if bool(self.frozen) else weight_scales(self.weights[name])

    def _done(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        if relu:
            value = torch.relu(value)
        params, group = self.params(name), self._ties.group(name)
        if group not in self.growth:
            return params.fake(value)
        return _Round.apply(value, self.growth[group], params)  # type: ignore[no-any-return, no-untyped-call]

    def _shifted(self, product: Product) -> tuple[Product, int]:
        """A product with its k, which stays what the calibration chose."""
        value, factor, result = (self._start[name].scale for name in (product.value, product.factor, product.result))
        return product, round(-math.log2(value * factor / result))
