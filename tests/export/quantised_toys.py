"""A small random restorer, float and int8, for the tests of the formats. Never trained, so its grid is coarse."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from amirnet.runtime.int8 import real_pixels
from amirnet_export.model_facts import ModelFacts
from amirnet_export.program.restorer_program import RestorerProgram
from amirnet_training.network import AMIRNet, build
from amirnet_training.network.phone import Widths
from amirnet_training.program.restorer import Blocks, restore
from amirnet_training.quantization.calibrate import calibrate
from amirnet_training.quantization.int8_steps import QuantizedRestorer

LEVELS = 3
CODE_GRID = 64
TILE = 64
BORDER = 4
"""Pixels at a tile's edge that are not compared: a halo covers them."""
FACTS = ModelFacts("toy", "a toy for tests", "Apache-2.0", "ab" * 32)
STAGES = {"CONV_2D", "ADD", "MUL", "RESIZE_NEAREST_NEIGHBOR"}


class Toys(NamedTuple):
    """One network and its quantized restorer, whole and folded for `codes(1)`."""

    network: AMIRNet
    quantized: QuantizedRestorer
    folded: QuantizedRestorer

    def program(self, kind: str) -> RestorerProgram:
        """kind: "float", "int8" or "folded" (int8, no code)."""
        if kind == "float":
            return RestorerProgram.in_float(self.network.restorer)
        return RestorerProgram.in_int8(self.folded if kind == "folded" else self.quantized)

    def expected(self, kind: str, tile: Tensor, code: Tensor) -> np.ndarray:
        """What torch computes, (1, 3, H, W)."""
        with torch.no_grad():
            if kind == "float":
                return restore(self.network.restorer.float_steps(), tile, code).numpy()
            if kind == "folded":
                return self.folded(tile, None).numpy()
            return self.quantized(tile, code).numpy()


SHAPES = {
    2: (Widths(full=8, half=16, quarter=32), Blocks(half=2, quarter=0, middle=6)),
    3: (Widths(full=8, half=16, quarter=24, eighth=32), Blocks(half=1, quarter=2, middle=3)),
}
"""Restorers by how many resolutions below the photo's they work at."""


@cache
def toys(scales: int = 3) -> Toys:
    """The same for every test, made once."""
    torch.manual_seed(1)
    network = build("tiny", LEVELS, shape=SHAPES[scales]).eval()
    network.heads.exists[:5] = True
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.dim() == 1:
                parameter.add_(torch.randn_like(parameter) * 0.05)
        torch.nn.init.normal_(network.restorer.head.weight, std=0.05)
    quantized = calibrate(network.restorer, [(tiles(2, seed), codes(2, seed)) for seed in range(3)], CODE_GRID)
    return Toys(network, quantized, quantized.folded(-codes(1).flatten()))


def tiles(count: int = 1, seed: int = 9, size: int = TILE) -> Tensor:
    """(count, 3, size, size) of whole 8-bit levels in [0, 1]: smooth colours with noise."""
    generator = torch.Generator().manual_seed(seed)
    smooth = F.interpolate(torch.rand(count, 3, 8, 8, generator=generator), size=(size, size), mode="bilinear")
    noisy = 0.1 + 0.8 * smooth + 0.05 * torch.randn(count, 3, size, size, generator=generator)
    return (noisy.clamp(0, 1) * 255).round() / 255


def codes(count: int = 1, seed: int = 9) -> Tensor:
    """(count, K, 1, 1), multiples of 1/CODE_GRID in [-1, 1]."""
    generator = torch.Generator().manual_seed(seed)
    steps = torch.randint(-CODE_GRID, CODE_GRID + 1, (count, 2**LEVELS - 1, 1, 1), generator=generator)
    return steps / CODE_GRID


def tile_bytes(pixels: np.ndarray) -> np.ndarray:
    """Float pixels of whole levels as an int8 graph takes them: uint8 of the same shape."""
    return np.rint(pixels * 255).astype(np.uint8)


def camera(pixels: Tensor) -> np.ndarray:
    """(N, 3, H, W) of whole levels as an engine takes them: uint8 (N, H, W, 3)."""
    return np.ascontiguousarray((pixels.numpy() * 255).round().astype(np.uint8).transpose(0, 2, 3, 1))


def planes(restored: np.ndarray) -> np.ndarray:
    """What an engine gave for one tile, as torch has it: float32 (1, 3, H, W)."""
    return real_pixels(restored).transpose(2, 0, 1)[None]


def check_levels(found: np.ndarray, wanted: np.ndarray) -> None:
    """Within 2 levels of 255 everywhere, and within 1 on 99.5 % of the numbers, away from the border."""
    inside = (..., slice(BORDER, -BORDER), slice(BORDER, -BORDER))
    apart = np.abs(np.rint(found[inside] * 255) - np.rint(wanted[inside] * 255))
    assert apart.size > 1000
    assert apart.max() <= 2 and (apart <= 1).mean() >= 0.995, f"{apart.max()} levels, {(apart > 1).mean():.2%} over 1"
