"""The phone presets' two graphs: a degradation encoder and a tile restorer (DESIGN section 3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..program.layer import CodeMap, Layers, after_fixed, layer_of
from ..program.restorer import STAGES, Blocks, restore
from ..program.torch_steps import FloatSteps, ModuleSteps
from .bands import HIDDEN, Bands


class HighPass(nn.Module):
    """Centred RGB beside an amplified high-pass copy: ``(N, 3, H, W)`` in [0, 1] -> ``(N, 6, H, W)``.

    Noise, blur and block edges live in the high frequencies, and so does what a restorer has to add: without the copy
    it must first learn to cancel the photo's mean, and sharpening takes thousands of steps longer to begin. A fixed
    convolution, so that it is part of the exported graph. Without ``padding`` the border pixel is cut off.
    """

    weight: Tensor
    """(6, 3, 3, 3)."""
    bias: Tensor
    """(6,)."""

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
        return F.conv2d(x, self.weight, self.bias, padding=self.padding)


class PhoneEncoder(nn.Module):
    """Degradation encoder: probe patches ``(N, 3, P, P)`` in [0, 1] -> features ``(N, width)``.

    Args:
        channels: of its convolutions.
        bands: whether to measure detail by frequency and direction too (`Bands`).
    """

    def __init__(self, channels: tuple[int, ...], bands: bool = False) -> None:
        super().__init__()
        # Unpadded: zeros around a probe would look like an edge to the high-pass copy.
        layers: list[nn.Module] = [HighPass()]
        previous = 6
        for index, width in enumerate(channels):
            layers += [nn.Conv2d(previous, width, 3, stride=1 if index == 0 else 2, padding=1), nn.ReLU()]
            previous = width
        layers += [nn.Conv2d(previous, previous, 3, padding=1), nn.ReLU()]
        self.layers = nn.Sequential(*layers)
        self.features = previous + (HIDDEN if bands else 0)
        self.bands = Bands() if bands else None
        for module in self.layers:
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]

    def forward(self, probes: Tensor) -> Tensor:
        found: Tensor = self.layers(probes).mean(dim=(2, 3))
        return found if self.bands is None else torch.cat([found, self.bands(probes).to(found.dtype)], dim=1)


class Widths(NamedTuple):
    """Channels of a phone restorer at each scale."""

    full: int
    """At the photo's own resolution."""
    half: int
    """At 1/2."""
    quarter: int
    """At 1/4."""
    eighth: int = 0
    """At 1/8; 0 where there is no such scale."""


class PhoneRestorer(nn.Module):
    """U-Net over 1/2, 1/4 and (if it has such blocks) 1/8 resolution with a full-resolution refinement.

    ``(N, 3, H, W)`` in [0, 1], as bright as it should be, and code ``(N, code, 1, 1)`` -> ``(N, 3, H, W)``, not
    clipped: the photo and a residual. H and W are multiples of ``alignment``. There is no global operation: an output
    pixel depends on the input pixels within the receptive radius only, which `receptive_field.measure` computes.
    """

    watch: Callable[[str, Tensor], None] | None = None
    """Is shown every convolution's result before its ReLU, and every sum's, by step (see `ModuleSteps`)."""

    def __init__(self, code: int, widths: Widths, blocks: Blocks) -> None:
        super().__init__()
        self.blocks, self.alignment = blocks, blocks.alignment
        full, half, quarter, eighth = widths

        def stage(name: str, width: int) -> nn.ModuleList:
            return nn.ModuleList(kind(width, code) for kind in blocks.stage(name))

        self.high_pass = HighPass(padding=1)
        self.stem = nn.Conv2d(6, half, 4, stride=2, padding=1)
        self.encode = stage("encode", half)
        self.down = nn.Conv2d(half, quarter, 2, stride=2)
        deep = eighth if blocks.quarter else quarter
        if blocks.quarter:
            self.reduce = stage("reduce", quarter)
            self.descend = nn.Conv2d(quarter, eighth, 2, stride=2)
            self.ascend = nn.Conv2d(eighth, quarter, 1)
            self.rebuild = stage("rebuild", quarter)
        self.middle = stage("middle", deep)
        self.up = nn.Conv2d(quarter, half, 1)
        self.decode = stage("decode", half)
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
        modules: dict[str, Callable[[Tensor], Tensor]] = {**self.convolutions()}
        modules |= {"stem": lambda tile: self.stem(bands), "detail": lambda tile: self.detail(bands)}
        return restore(ModuleSteps(modules, self.blocks, self.watch), x, code)

    def convolutions(self) -> dict[str, nn.Module]:
        """Step -> the module that computes it; ``stem`` and ``detail`` are given the high-pass copy of the tile."""
        names = ("stem", "down", "up", "expand", "detail", "refine", "head", "scale", "descend", "ascend")
        found: dict[str, nn.Module] = {name: getattr(self, name) for name in names if hasattr(self, name)}
        for stage in STAGES:
            for index, block in enumerate(getattr(self, stage, ())):  # two scales have neither reduce nor rebuild
                found |= {f"{stage}{index}/{step}": module for step, module in block.convolutions().items()}
        return found

    def layers(self) -> Layers:
        """The trained convolutions by step, the high-pass copy folded into ``stem`` and ``detail``.

        Folding is exact except within two pixels of the tile's border, where the network pads the high-pass copy with
        zeros; a tile's halo is wider. It removes the one tensor of the network that would waste 8 bits: RGB in [-1, 1]
        beside bands amplified eight times.
        """
        found = {step: layer_of(module) for step, module in self.convolutions().items()}
        for step in ("stem", "detail"):
            found[step] = after_fixed(self.high_pass.weight, self.high_pass.bias, found[step])
        return found

    def float_steps(self, *, keep: bool = False) -> FloatSteps:
        """The float program of the trained restorer, which keeps its steps' results if asked."""
        return FloatSteps(self.layers(), self.blocks, keep=keep)
