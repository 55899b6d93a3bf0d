"""The encoder as a program of named steps, from which every format is written. Always float32.

It runs once a photo on a few probes, so 8 bits would save nothing, and the choice of a node would suffer.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from torch import nn

from amirnet_training.network.bands import STRIDE
from amirnet_training.network.phone import HighPass, PhoneEncoder

from ..errors import ExportError
from .terms import AMIRNet, Layer

Value = TypeVar("Value")
"""What a format's steps hand on: a tensor's name, its number, a variable."""
Array = np.ndarray[Any, Any]
"""A constant."""


class EncoderSteps(Protocol[Value]):
    """How the encoder's steps are written in one format."""

    def conv(self, name: str, value: Value, layer: Layer, *, relu: bool = False) -> Value:
        """Convolution with bias over (N, C, H, W), then ReLU if asked."""
        ...

    def mean(self, name: str, value: Value) -> Value:
        """Mean over space: (N, C, H, W) -> (N, C)."""
        ...

    def linear(self, name: str, value: Value, weight: Array, bias: Array) -> Value:
        """(N, C) times weight (K, C) plus bias (K,) -> (N, K)."""
        ...

    def softmax(self, name: str, value: Value) -> Value:
        """Over the K of (N, K)."""
        ...

    def join(self, name: str, values: list[Value]) -> Value:
        """Several (N, K) side by side."""
        ...

    def softsign(self, name: str, value: Value) -> Value:
        """value / (1 + |value|)."""
        ...


def encode(network: AMIRNet, steps: EncoderSteps[Value], probes: Value) -> tuple[Value, Value]:
    """Writes the encoder: probes (N, 3, P, P) -> mask (N, K) and value (N, K), named so (CONTRACT G2).

    Raises ExportError for an encoder that is not a phone preset's.
    """
    if not isinstance(network.encoder, PhoneEncoder):
        raise ExportError("encoder: not a phone preset's: only those are written in this format")
    value, modules = probes, list(network.encoder.layers)
    for index, module in enumerate(modules):
        if isinstance(module, HighPass | nn.Conv2d):
            relu = index + 1 < len(modules) and isinstance(modules[index + 1], nn.ReLU)
            value = steps.conv(f"layer{index}", value, _layer(module), relu=relu)
    bands = network.encoder.bands
    features = steps.mean("features" if bands is None else "features0", value)
    if bands is not None:
        gray = steps.conv("bands/gray", probes, Layer(bands.gray, torch.zeros(1)))
        passed = steps.conv("bands", gray, Layer(bands.filters, torch.zeros(len(bands.filters)), STRIDE), relu=True)
        strong = steps.linear(
            "bands/strong", steps.mean("bands/mean", passed), _array(bands.scales), _zeros(bands.scales)
        )
        found = steps.softsign("bands/compared", strong)
        for index, read in enumerate(bands.layers()):
            found = steps.linear(f"bands/read{index}", found, *map(_array, read))
            found = steps.softsign(f"bands/told{index}", found)
        features = steps.join("features", [features, found])
    heads = network.heads
    exists = heads.exists.numpy()
    # A node that does not exist has a constant logit of -1e4, as in the network: its probability is exactly 0.
    weight = _array(heads.mask.weight) * exists[:, None]
    bias = np.where(exists, _array(heads.mask.bias), np.float32(-1e4)).astype(np.float32)
    below = [
        steps.softmax(f"level{level}", steps.linear(f"logits{level}", features, weight[part], bias[part]))
        for level, part in enumerate(heads.slices)
        if level > 0
    ]
    # The root's probability is always 1, a level that has not been grown at all is uniform after its softmax: one
    # linear map adds the one and clears the other, and leaves all else exactly as it is. Numbers of the code that no
    # node owns have a one too, if the network uses them.
    kept = np.eye(len(exists), dtype=np.float32) * exists[:, None]
    ones = kept[0] + heads.free().numpy()
    if not below:
        mask = steps.linear("mask", features, np.zeros_like(weight), ones)
    else:
        joined = below[0] if len(below) == 1 else steps.join("levels", below)
        mask = steps.linear("mask", joined, kept[:, 1:], ones)
    raw = steps.linear("raw", features, _array(heads.value.weight), _array(heads.value.bias))
    return mask, steps.softsign("value", raw)


def _layer(module: nn.Module) -> Layer:
    if isinstance(module, HighPass):
        return Layer(module.weight, module.bias, 1, module.padding)  # type: ignore[arg-type]
    assert isinstance(module, nn.Conv2d) and module.bias is not None
    return Layer(module.weight.detach(), module.bias.detach(), module.stride[0], int(module.padding[0]))


def _zeros(weight: Any) -> Array:
    return np.zeros(len(weight), dtype=np.float32)


def _array(tensor: Any) -> Array:
    return np.asarray(tensor.detach().cpu().numpy(), dtype=np.float32)
