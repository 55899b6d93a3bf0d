"""The phone presets' two graphs: a degradation encoder and a tile restorer (DESIGN section 3)."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .blocks import CodeMap, FeatureTransformBlock, PlainBlock


class HighPass(nn.Module):
    """Centred RGB beside an amplified high-pass copy: ``(N, 3, H, W)`` in [0, 1] -> ``(N, 6, H, W)``.

    Noise, blur and block edges live in the high frequencies, and so does what a restorer has to add: without the copy
    it must first learn to cancel the photo's mean, and sharpening takes thousands of steps longer to begin. A fixed
    convolution, so that it is part of the exported graph. Without ``padding`` the border pixel is cut off.
    """

    def __init__(self, gain: float = 8.0, padding: int = 0) -> None:
        super().__init__()
        self.padding = padding
        binomial = torch.tensor([1.0, 2.0, 1.0])
        blur = torch.outer(binomial, binomial) / 16
        weight = torch.zeros(6, 3, 3, 3)
        for channel in range(3):
            weight[channel, channel, 1, 1] = 2.0
            weight[3 + channel, channel] = -blur * gain
            weight[3 + channel, channel, 1, 1] += gain
        self.register_buffer("weight", weight)
        self.register_buffer("bias", torch.tensor([-1.0] * 3 + [0.0] * 3))

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight, self.bias, padding=self.padding)  # type: ignore[arg-type]


class PhoneEncoder(nn.Module):
    """Degradation encoder: probe patches ``(N, 3, P, P)`` in [0, 1] -> features ``(N, width)``."""

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        # Unpadded: zeros around a probe would look like an edge to the high-pass copy.
        layers: list[nn.Module] = [HighPass()]
        previous = 6
        for index, width in enumerate(channels):
            layers += [nn.Conv2d(previous, width, 3, stride=1 if index == 0 else 2, padding=1), nn.ReLU()]
            previous = width
        layers += [nn.Conv2d(previous, previous, 3, padding=1), nn.ReLU()]
        self.layers = nn.Sequential(*layers)
        self.features = previous
        for module in self.layers:
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]

    def forward(self, probes: Tensor) -> Tensor:
        return self.layers(probes).mean(dim=(2, 3))


class Blocks(NamedTuple):
    """How many residual blocks a phone restorer has at each scale."""

    half: int
    """At 1/2 resolution, in the encoder half and again in the decoder half."""
    quarter: int
    """At 1/4 resolution, likewise; 0 where the middle lies at 1/4 itself."""
    middle: int
    """In the middle: at 1/8 resolution, or at 1/4 where `quarter` is 0."""

    @property
    def steered_middle(self) -> int:
        """How many of the middle's blocks the code steers: the last third is plain, as the decoder is (the paper
        conditions the encoder half only)."""
        return self.middle - self.middle // 3

    @property
    def alignment(self) -> int:
        """What a tile's sides are multiples of, in pixels."""
        return 8 if self.quarter else 4


class Widths(NamedTuple):
    """Channels of a phone restorer at each scale."""

    full: int
    half: int
    quarter: int
    eighth: int = 0


class PhoneRestorer(nn.Module):
    """U-Net over 1/2, 1/4 and (if it has such blocks) 1/8 resolution with a full-resolution refinement.

    ``(N, 3, H, W)`` in [0, 1], as bright as it should be, and code ``(N, code, 1, 1)`` -> ``(N, 3, H, W)``, not
    clipped: the photo and a residual. H and W are multiples of ``alignment``. There is no global operation: an output
    pixel depends on the input pixels within the receptive radius only, which `receptive_field.measure` computes.
    """

    def __init__(self, code: int, widths: Widths, blocks: Blocks) -> None:
        super().__init__()
        self.blocks, self.alignment = blocks, blocks.alignment
        full, half, quarter, eighth = widths

        def steered(width: int, count: int) -> nn.ModuleList:
            return nn.ModuleList(FeatureTransformBlock(width, code) for _ in range(count))

        def plain(width: int, count: int) -> nn.ModuleList:
            return nn.ModuleList(PlainBlock(width) for _ in range(count))

        self.high_pass = HighPass(padding=1)
        self.stem = nn.Conv2d(6, half, 4, stride=2, padding=1)
        self.encode = steered(half, blocks.half)
        self.down = nn.Conv2d(half, quarter, 2, stride=2)
        deep = eighth if blocks.quarter else quarter
        if blocks.quarter:
            self.reduce = steered(quarter, blocks.quarter)
            self.descend = nn.Conv2d(quarter, eighth, 2, stride=2)
            self.ascend = nn.Conv2d(eighth, quarter, 1)
            self.rebuild = plain(quarter, blocks.quarter)
        self.middle = steered(deep, blocks.steered_middle) + plain(deep, blocks.middle - blocks.steered_middle)
        self.up = nn.Conv2d(quarter, half, 1)
        self.decode = plain(half, blocks.half)
        self.expand = nn.Conv2d(half, full, 1)
        self.detail = nn.Conv2d(6, full, 3, padding=1)
        self.refine = nn.Conv2d(full, full, 3, padding=1)
        self.head = nn.Conv2d(full, 3, 3, padding=1)
        # Training starts from next to "change nothing".
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)  # type: ignore[arg-type]
        # Lets the code silence the residual, so that a clean photo passes unchanged.
        self.scale = CodeMap(code, 3, 1.0)

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        bands = self.high_pass(x)
        half = torch.relu(self.stem(bands))
        for block in self.encode:
            half = block(half, code)
        quarter = self.down(half)
        if self.blocks.quarter:
            for block in self.reduce:
                quarter = block(quarter, code)
            eighth = self.descend(quarter)
            for block in self.middle:
                eighth = block(eighth, code)
            quarter = quarter + _doubled(self.ascend(eighth))
            for block in self.rebuild:
                quarter = block(quarter, code)
        else:
            for block in self.middle:
                quarter = block(quarter, code)
        half = half + _doubled(self.up(quarter))
        for block in self.decode:
            half = block(half, code)
        full = torch.relu(self.detail(bands) + _doubled(self.expand(half)))
        full = torch.relu(self.refine(full))
        return x + self.head(full) * self.scale(code)


def _doubled(value: Tensor) -> Tensor:
    return F.interpolate(value, scale_factor=2.0, mode="nearest")
