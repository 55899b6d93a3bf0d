"""Synthetic degradations (numpy and OpenCV; no torch)."""

from .kinds import KINDS, Degradation
from .sampling import draw
from .spec import parse

__all__ = ["KINDS", "Degradation", "draw", "parse"]
