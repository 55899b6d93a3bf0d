"""The networks by name: `mobile` and `tiny` for phones, `paper` as published."""

from __future__ import annotations

from ..config import LIGHT_WIDTH, NetworkConfig
from .amirnet import AMIRNet
from .paper import PaperEncoder, PaperRestorer
from .phone import Blocks, PhoneEncoder, PhoneRestorer, Widths

PHONE = {
    "mobile": (Widths(full=16, half=32, quarter=64, eighth=128), Blocks(half=2, quarter=2, middle=3)),
    "tiny": (Widths(full=8, half=16, quarter=40, eighth=64), Blocks(half=1, quarter=2, middle=3)),
}
"""Channels and blocks of the phone presets' restorers."""
ENCODER = (24, 48, 64, 96)
"""Channels of the phone presets' degradation encoder."""
PRESETS = (*PHONE, "paper")


def build(
    preset: str,
    levels: int = 4,
    width: int | None = None,
    shape: tuple[Widths, Blocks] | None = None,
    light: int = LIGHT_WIDTH,
    severity: bool = False,
    bands: bool = False,
) -> AMIRNet:
    """Builds a network with fresh weights (seed torch first).

    Args:
        preset: `mobile` (at most 2 M parameters, 40 GMAC a megapixel), `tiny` (10 GMAC) or `paper`.
        levels: levels of the tree; the code has 2^levels - 1 numbers.
        width: channels of the paper preset's first level (default 32); the phone presets have none.
        shape: channels and blocks instead of the phone preset's own.
        light: numbers between the two layers of a phone preset's light head; the paper preset has no such head.
        severity: whether numbers of the code that no node owns say how severe a damage is (`TreeHeads`).
        bands: whether a phone preset's encoder measures detail by frequency and direction too (`Bands`).

    Raises:
        ValueError: unknown preset, or a width or shape that the preset does not take.
    """
    if preset not in PRESETS:
        raise ValueError(f"unknown preset {preset!r}: choose one of {', '.join(PRESETS)}")
    code = 2**levels - 1
    if preset == "paper":
        if shape is not None:
            raise ValueError("preset 'paper' has the published shape: leave out 'shape'")
        return AMIRNet(PaperEncoder(), PaperRestorer(code, width or 32), levels, severity=severity)
    if width is not None:
        raise ValueError(f"preset {preset!r} has a fixed width: leave out 'width'")
    encoder = PhoneEncoder(ENCODER, bands)  # first: a seed's fresh weights depend on the order
    restorer = PhoneRestorer(code, *(shape or PHONE[preset]))
    return AMIRNet(encoder, restorer, levels, light=light, severity=severity)


def build_from(config: NetworkConfig) -> AMIRNet:
    """Builds the network that a configuration describes."""
    shape = config.shape
    if shape is None:
        return build(config.preset, config.levels, config.width, None, config.light, config.severity, config.bands)
    widths = Widths(shape.full, shape.half, shape.quarter, shape.eighth)
    blocks = Blocks(shape.half_blocks, shape.quarter_blocks, shape.middle_blocks)
    return build(config.preset, config.levels, None, (widths, blocks), config.light, config.severity, config.bands)
