"""The blocks that the phone presets are made of: convolution, ReLU, add, per-channel multiply.

Every tensor is NCHW. Codes travel as ``(N, code, 1, 1)`` and are mapped by 1x1 convolutions, so that no tensor leaves
rank 4 and what the code does folds into the neighbouring convolution (DESIGN 3.3).
"""

from __future__ import annotations

from torch import nn

from .block import Block
from .layer import CodeMap
from .steps import Steps, Value


class PlainBlock(Block):
    """Without the code: ``x + conv1x1(relu(conv3x3(x)))``."""

    def __init__(self, channels: int, code: int = 0) -> None:
        super().__init__(channels, code)
        self.spatial = nn.Conv2d(channels, channels, 3, padding=1)
        self.mix = nn.Conv2d(channels, channels, 1)
        nn.init.kaiming_normal_(self.spatial.weight, nonlinearity="relu")
        nn.init.normal_(self.mix.weight, std=0.2 / channels**0.5)

    def convolutions(self) -> dict[str, nn.Module]:
        return {"hidden": self.spatial, "change": self.mix}

    @classmethod
    def run(cls, steps: Steps[Value], name: str, value: Value, code: Value) -> Value:
        hidden = steps.conv(f"{name}/hidden", value, relu=True)
        return steps.add(f"{name}/sum", value, steps.conv(f"{name}/change", hidden))


class FeatureTransformBlock(Block):
    """Steered by the code (the paper's FTB without its global operations).

    ``x + scale(code) * conv1x1(relu(gain(code) * conv3x3(x) + shift(code)))``. With the code fixed, gain and
    shift fold into the 3x3 convolution and scale into the 1x1 one: what is left are a plain block's steps.
    """

    def __init__(self, channels: int, code: int) -> None:
        super().__init__(channels, code)
        self.spatial = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.mix = nn.Conv2d(channels, channels, 1)
        self.gain = CodeMap(code, channels, 1.0)
        self.shift = CodeMap(code, channels, 0.0)
        self.scale = CodeMap(code, channels, 0.2)
        nn.init.kaiming_normal_(self.spatial.weight, nonlinearity="relu")
        nn.init.normal_(self.mix.weight, std=1.0 / channels**0.5)

    def convolutions(self) -> dict[str, nn.Module]:
        return {
            "spatial": self.spatial,
            "mix": self.mix,
            "gain": self.gain,
            "shift": self.shift,
            "scale": self.scale,
        }

    @classmethod
    def run(cls, steps: Steps[Value], name: str, value: Value, code: Value) -> Value:
        spatial = steps.conv(f"{name}/spatial", value)
        gained = steps.multiply(f"{name}/gained", spatial, steps.conv(f"{name}/gain", code))
        hidden = steps.add(f"{name}/hidden", gained, steps.conv(f"{name}/shift", code), relu=True)
        mixed = steps.conv(f"{name}/mix", hidden)
        change = steps.multiply(f"{name}/change", mixed, steps.conv(f"{name}/scale", code))
        return steps.add(f"{name}/sum", value, change)
