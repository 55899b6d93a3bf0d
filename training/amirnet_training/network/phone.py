"""The phone presets' two graphs: a degradation encoder and a tile restorer (DESIGN section 3)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .blocks import CodeMap, FeatureTransformBlock, PlainBlock, floor


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


class PhoneRestorer(nn.Module):
    """U-Net over 1/2 and 1/4 resolution with a full-resolution refinement, on the brightened photo, as its residual.

    ``(N, 3, H, W)`` in [0, 1] and code ``(N, code, 1, 1)`` -> ``(N, 3, H, W)``, not clipped. H and W are
    multiples of ``alignment``. There is no global operation: an output pixel depends on the input pixels
    within the receptive radius only, which `receptive_field.measure` computes.
    """

    alignment = 4

    def __init__(self, code: int, half: int, quarter: int, full: int, half_blocks: int, quarter_blocks: int) -> None:
        super().__init__()
        self.high_pass = HighPass(padding=1)
        self.stem = nn.Conv2d(6, half, 4, stride=2, padding=1)
        self.encode = nn.ModuleList(FeatureTransformBlock(half, code) for _ in range(half_blocks))
        self.down = nn.Conv2d(half, quarter, 2, stride=2)
        # The last third of the middle is plain, as the decoder is: the paper conditions the encoder half only.
        conditioned = quarter_blocks - quarter_blocks // 3
        self.middle = nn.ModuleList(
            FeatureTransformBlock(quarter, code) if index < conditioned else PlainBlock(quarter)
            for index in range(quarter_blocks)
        )
        self.up = nn.Conv2d(quarter, half, 1)
        self.decode = nn.ModuleList(PlainBlock(half) for _ in range(half_blocks))
        self.expand = nn.Conv2d(half, full, 1)
        self.detail = nn.Conv2d(6, full, 3, padding=1)
        self.refine = nn.Conv2d(full, full, 3, padding=1)
        self.head = nn.Conv2d(full, 3, 3, padding=1)
        # Training starts from next to "change nothing".
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)  # type: ignore[arg-type]
        # Lets the code silence the residual, so that a clean photo passes unchanged.
        self.scale = CodeMap(code, 3, 1.0)
        # How much of the photo is added to itself before anything else: what low light lacks most is one factor, and
        # convolutions are slow to learn a multiplication. Never less than 0, and exactly 0 for most photos: any other
        # number would move all pixels a little in 8 bits, and clip the noise around white that is to be averaged away.
        self.brighten = CodeMap(code, 1, 0.1)
        nn.init.zeros_(self.brighten.linear.weight)

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        x = x + x * floor(self.brighten(code))
        bands = self.high_pass(x)
        half = torch.relu(self.stem(bands))
        for block in self.encode:
            half = block(half, code)
        quarter = self.down(half)
        for block in self.middle:
            quarter = block(quarter, code)
        half = half + F.interpolate(self.up(quarter), scale_factor=2.0, mode="nearest")
        for block in self.decode:
            half = block(half, code)
        full = torch.relu(self.detail(bands) + F.interpolate(self.expand(half), scale_factor=2.0, mode="nearest"))
        full = torch.relu(self.refine(full))
        return x + self.head(full) * self.scale(code)
