"""Network presets and what can be computed about them."""

from .amirnet import AMIRNet, Place, level_slices
from .presets import PRESETS, build, build_from

__all__ = ["PRESETS", "AMIRNet", "Place", "build", "build_from", "level_slices"]
