"""The quantized restorer inside `model.safetensors`: its weights beside the float ones, its grid in the header."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from torch import Tensor, nn

from ..errors import CheckpointError
from ..network.phone import PhoneRestorer
from ..program.layer import Layers
from ..program.restorer import step_names
from .grid import Grid
from .int8_steps import QuantizedRestorer

PREFIX = "quantised/"
REMEDY = "use the original, or quantize again"


def pack(restorer: QuantizedRestorer) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Weights and biases by their names in the file, and what the header holds."""
    tensors = {}
    for name, layer in restorer.layers.items():
        tensors[f"{PREFIX}{name}/weight"] = layer.weight.detach().cpu().contiguous()
        tensors[f"{PREFIX}{name}/bias"] = layer.bias.detach().cpu().contiguous()
    return tensors, restorer.grid.to_json()


def unpack(tensors: dict[str, Tensor], grid: Any, network: nn.Module, origin: str) -> QuantizedRestorer:
    """What `pack` took apart.

    Args:
        tensors: those whose names begin with `PREFIX`.
        grid: from the header.
        network: the float restorer, which knows the layers' sizes and strides.
        origin: is named in errors.

    Raises:
        CheckpointError: a weight is missing, too many or of another size, or the grid is broken or not of this network.
    """
    if not isinstance(network, PhoneRestorer):
        raise CheckpointError(f"{origin}: quantized weights for a preset that has no 8-bit form: {REMEDY}")
    layers: Layers = {}
    rest = dict(tensors)
    for name, layer in network.layers().items():
        weight, bias = (rest.pop(f"{PREFIX}{name}/{part}", None) for part in ("weight", "bias"))
        if weight is None or bias is None or weight.shape != layer.weight.shape or bias.shape != layer.bias.shape:
            raise CheckpointError(f"{origin}: its quantized layer {name} is missing or of another size: {REMEDY}")
        layers[name] = replace(layer, weight=weight, bias=bias)
    if rest:
        raise CheckpointError(f"{origin}: {min(rest)} is no layer of its preset: {REMEDY}")
    read = Grid.from_json(grid, origin)
    if read.activations.keys() != set(step_names(network.blocks, steered=True)):
        raise CheckpointError(f"{origin}: its int8 grid has other steps than its preset: {REMEDY}")
    channels = {name: len(layer.bias) for name, layer in layers.items()}
    if {name: len(scales) for name, scales in read.weights.items()} != channels:
        raise CheckpointError(f"{origin}: its int8 grid has other weight scales than its preset: {REMEDY}")
    return QuantizedRestorer(layers, read, network.blocks)
