"""The published AMIRNet (ACM MM 2023): a NAFNet-style U-Net of feature transform blocks.

Written from the paper's description (DESIGN section 2). It has global pooling in every block and an encoder
that sees the whole input, so it is for comparison and float export, not for tiling.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..program.layer import CodeMap


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with a projected shortcut, as in the paper's degradation encoder."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride=stride)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.second(F.leaky_relu(self.first(x), 0.1))
        return F.leaky_relu(hidden + self.shortcut(x), 0.1)


class PaperEncoder(nn.Module):
    """Degradation encoder: (N, 3, H, W) -> (N, 256)."""

    features = 256

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(ResidualBlock(3, 64, 1), ResidualBlock(64, 128, 2), ResidualBlock(128, 256, 2))

    def forward(self, probes: Tensor) -> Tensor:
        return self.layers(probes).mean(dim=(2, 3))


class ChannelNorm(nn.Module):
    """Normalises over channels at every pixel, without weights: a block brings its own."""

    def forward(self, x: Tensor) -> Tensor:
        mean = x.mean(dim=1, keepdim=True)
        variance = (x - mean).square().mean(dim=1, keepdim=True)
        return (x - mean) * torch.rsqrt(variance + 1e-6)


class NAFBlock(nn.Module):
    """NAFNet block. With ``code`` > 0 it is the paper's FTB: normalisation weight and bias, gate scale and
    residual scales come from the code; otherwise they are constants."""

    def __init__(self, channels: int, code: int) -> None:
        super().__init__()
        c = channels
        self.norm = ChannelNorm()
        self.expand = nn.Conv2d(c, 2 * c, 1)
        self.depthwise = nn.Conv2d(2 * c, 2 * c, 3, padding=1, groups=2 * c)
        self.attention = nn.Conv2d(c, c, 1)
        self.project = nn.Conv2d(c, c, 1)
        self.feed_expand = nn.Conv2d(c, 2 * c, 1)
        self.feed_project = nn.Conv2d(c, c, 1)
        initial = {"weight1": 1.0, "bias1": 0.0, "gate": 1.0, "scale1": 0.0}
        initial |= {"weight2": 1.0, "bias2": 0.0, "scale2": 0.0}
        self.conditioned = code > 0
        if self.conditioned:
            self.maps = nn.ModuleDict({name: CodeMap(code, c, value) for name, value in initial.items()})
        else:
            constants = {name: nn.Parameter(torch.full((1, c, 1, 1), value)) for name, value in initial.items()}
            self.constants = nn.ParameterDict({name: p for name, p in constants.items() if name != "gate"})

    def constant(self, name: str, code: Tensor) -> Tensor:
        return self.maps[name](code) if self.conditioned else self.constants[name]

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        hidden = self.norm(x) * self.constant("weight1", code) + self.constant("bias1", code)
        left, right = self.depthwise(self.expand(hidden)).chunk(2, dim=1)
        hidden = left * right
        if self.conditioned:
            hidden = hidden * self.maps["gate"](code)
        hidden = hidden * self.attention(hidden.mean(dim=(2, 3), keepdim=True))
        x = x + self.project(hidden) * self.constant("scale1", code)
        hidden = self.norm(x) * self.constant("weight2", code) + self.constant("bias2", code)
        left, right = self.feed_expand(hidden).chunk(2, dim=1)
        return x + self.feed_project(left * right) * self.constant("scale2", code)


class PaperRestorer(nn.Module):
    """U-Net with FTBs on the way down and plain blocks in the middle and on the way up.

    ``(N, 3, H, W)`` in [0, 1], code ``(N, code, 1, 1)`` -> ``(N, 3, H, W)``; H and W multiples of 16.
    """

    alignment = 16

    def __init__(self, code: int, width: int = 32, blocks: tuple[int, ...] = (1, 1, 1, 28)) -> None:
        super().__init__()
        self.intro = nn.Conv2d(3, width, 3, padding=1)
        self.encode, self.down = nn.ModuleList(), nn.ModuleList()
        self.up, self.decode = nn.ModuleList(), nn.ModuleList()
        channels = width
        for count in blocks:
            self.encode.append(nn.ModuleList(NAFBlock(channels, code) for _ in range(count)))
            self.down.append(nn.Conv2d(channels, 2 * channels, 2, stride=2))
            channels *= 2
        self.middle = NAFBlock(channels, 0)
        for _ in blocks:
            self.up.append(nn.Sequential(nn.Conv2d(channels, 2 * channels, 1, bias=False), nn.PixelShuffle(2)))
            channels //= 2
            self.decode.append(NAFBlock(channels, 0))
        self.ending = nn.Conv2d(width, 3, 3, padding=1)

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        hidden = self.intro(x)
        skips = []
        for stage, down in zip(self.encode, self.down, strict=True):
            for block in stage:  # type: ignore[attr-defined]
                hidden = block(hidden, code)
            skips.append(hidden)
            hidden = down(hidden)
        hidden = self.middle(hidden, code)
        for up, block, skip in zip(self.up, self.decode, reversed(skips), strict=True):
            hidden = block(up(hidden) + skip, code)
        return x + self.ending(hidden)
