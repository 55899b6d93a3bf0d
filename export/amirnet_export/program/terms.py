"""The training package's words that the formats' rooms use; they take them from here, and import nothing of training.

`AMIRNet` is the trained network. `Layer` is one convolution: weight, bias, stride, padding. `QuantParams` are one
tensor's scale and zero point (real = scale * (integer - zero_point)), `Grid` those of every step of the restorer's
program, with the scales of every layer's weights.
"""

from __future__ import annotations

from amirnet_training.network import AMIRNet
from amirnet_training.program.layer import Layer, Layers
from amirnet_training.program.restorer import Blocks, Steps, blocks_of, restore
from amirnet_training.quantization.grid import LOW, Grid, QuantParams
from amirnet_training.quantization.int8_steps import QuantizedRestorer
from amirnet_training.quantization.rounding_rules import Ties, inexact

__all__ = [
    "AMIRNet", "Blocks", "Grid", "LOW", "Layer", "Layers", "QuantParams", "QuantizedRestorer", "Steps", "Ties",
    "blocks_of", "inexact", "restore",
]  # fmt: skip
