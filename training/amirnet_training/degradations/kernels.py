"""Blur kernels: float32, odd side, sum 1."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Kernel = npt.NDArray[np.float32]

SUPERSAMPLING = 8
"""Sub-pixels per pixel and axis when a shape is rasterised: edges are soft, radii need not be whole."""


def _normalised(coverage: npt.NDArray[np.float64]) -> Kernel:
    side = coverage.shape[0] // SUPERSAMPLING
    pixels = coverage.reshape(side, SUPERSAMPLING, side, SUPERSAMPLING).sum(axis=(1, 3))
    return (pixels / pixels.sum()).astype(np.float32)


def _grid(reach: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Sub-pixel centres of a (2 reach + 1)-pixel square, in pixels from its centre."""
    side = 2 * reach + 1
    axis = (np.arange(side * SUPERSAMPLING) + 0.5) / SUPERSAMPLING - side / 2
    return np.meshgrid(axis, axis)  # type: ignore[return-value]


def disk(radius: float) -> Kernel:
    """Defocus: a uniform disk of ``radius`` pixels (> 0)."""
    x, y = _grid(math.ceil(radius))
    return _normalised((x * x + y * y <= radius * radius).astype(np.float64))


def line(length: float, angle: float) -> Kernel:
    """Linear motion: a one-pixel-wide segment of ``length`` pixels (> 0), ``angle`` degrees anticlockwise from x."""
    x, y = _grid(math.ceil(length / 2))
    cos, sin = math.cos(math.radians(angle)), -math.sin(math.radians(angle))
    along, across = x * cos + y * sin, y * cos - x * sin
    return _normalised(((np.abs(along) <= length / 2) & (np.abs(across) <= 0.5)).astype(np.float64))
