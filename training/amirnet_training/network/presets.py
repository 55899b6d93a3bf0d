"""The networks by name: `mobile` and `tiny` for phones, `paper` as published."""

from __future__ import annotations

from .amirnet import AMIRNet
from .paper import PaperEncoder, PaperRestorer
from .phone import Blocks, PhoneEncoder, PhoneRestorer, Widths

PHONE = {
    "mobile": (Widths(full=16, half=32, quarter=64, eighth=128), Blocks(half=2, quarter=2, middle=3)),
    "tiny": (Widths(full=8, half=16, quarter=32, eighth=64), Blocks(half=1, quarter=2, middle=3)),
}
"""Channels and blocks of the phone presets' restorers."""
PRESETS = (*PHONE, "paper")


def build(preset: str, levels: int = 4, width: int | None = None) -> AMIRNet:
    """Builds a network with fresh weights (seed torch first).

    Args:
        preset: `mobile` (at most 0.6 M parameters, 40 GMAC a megapixel), `tiny` (10 GMAC) or `paper`.
        levels: levels of the tree; the code has 2^levels - 1 numbers.
        width: channels of the paper preset's first level (default 32); the phone presets have none.

    Raises:
        ValueError: unknown preset, or a width for a preset that has none.
    """
    if preset not in PRESETS:
        raise ValueError(f"unknown preset {preset!r}: choose one of {', '.join(PRESETS)}")
    code = 2**levels - 1
    if preset == "paper":
        return AMIRNet(PaperEncoder(), PaperRestorer(code, width or 32), levels)
    if width is not None:
        raise ValueError(f"preset {preset!r} has a fixed width: leave out 'width'")
    widths, blocks = PHONE[preset]
    return AMIRNet(PhoneEncoder((16, 32, 48, 64)), PhoneRestorer(code, widths, blocks), levels, lights=True)
