"""Synthetic degradations (numpy and OpenCV; no torch)."""

from . import aperture, incamera, light, profile, raw, shake  # their classes join the registry
from .base import Degradation
from .combined import Dimmed, Sequence
from .kinds import KINDS
from .sampling import draw
from .spec import parse

__all__ = ["KINDS", "Degradation", "Dimmed", "Sequence", "draw", "parse", "aperture", "incamera", "light", "profile",
           "raw", "shake"]  # fmt: skip
