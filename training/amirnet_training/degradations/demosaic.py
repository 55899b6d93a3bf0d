"""A Bayer mosaic's noise, interpolated to three colours as cameras do it.

Bilinear and gradient-corrected interpolation are linear, so the noise alone is interpolated; the edge-aware kind
(OpenCV's) chooses directions by the picture, so it is run on the mosaic with and without noise.
The gradient-corrected filters are those of Malvar, He and Cutler (ICASSP 2004), which SIDD's photos went through.
"""

from __future__ import annotations

import cv2
import numpy as np

from .base import Floats

DEMOSAICS = ("bilinear", "edges", "gradient")
"""Bilinear, OpenCV's edge-aware, and gradient-corrected."""

# Position of red in the 2x2 cell by phase; blue is diagonal to it.
_RED = ((0, 0), (0, 1), (1, 0), (1, 1))
# OpenCV names a layout by the second row's second and third pixel: RGGB is "BG".
_EDGE_CODES = (cv2.COLOR_BayerBG2RGB_EA, cv2.COLOR_BayerGB2RGB_EA, cv2.COLOR_BayerGR2RGB_EA, cv2.COLOR_BayerRG2RGB_EA)
_BLACK, _SCALE = 8192, 49152  # 16-bit levels of no light, and of full scale above it: noise goes below black


def _filters() -> dict[str, dict[str, Floats]]:
    bilinear_green = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) / 4
    across = np.array([[0, 0, 0], [1, 0, 1], [0, 0, 0]]) / 2
    diagonal = np.array([[1, 0, 1], [0, 0, 0], [1, 0, 1]]) / 4
    green = np.array([[0, 0, -1, 0, 0], [0, 0, 2, 0, 0], [-1, 2, 4, 2, -1], [0, 0, 2, 0, 0], [0, 0, -1, 0, 0]]) / 8
    row = np.array([[0, 0, 0.5, 0, 0], [0, -1, 0, -1, 0], [-1, 4, 5, 4, -1], [0, -1, 0, -1, 0], [0, 0, 0.5, 0, 0]]) / 8
    cross = np.array([[0, 0, -3, 0, 0], [0, 4, 0, 4, 0], [-3, 0, 12, 0, -3], [0, 4, 0, 4, 0], [0, 0, -3, 0, 0]]) / 16
    named = {
        "bilinear": {"green": bilinear_green, "row": across, "column": across.T, "cross": diagonal},
        "gradient": {"green": green, "row": row, "column": row.T, "cross": cross},
    }
    return {way: {name: taps.astype(np.float32) for name, taps in taken.items()} for way, taken in named.items()}


_FILTERS = _filters()


def mosaic(image: Floats, phase: int) -> Floats:
    """One colour a pixel, (H, W), from (H, W, 3)."""
    (r, c), flat = _RED[phase], image[..., 1].copy()
    flat[r::2, c::2] = image[r::2, c::2, 0]
    flat[1 - r :: 2, 1 - c :: 2] = image[1 - r :: 2, 1 - c :: 2, 2]
    return flat


def demosaic(flat: Floats, phase: int, way: str) -> Floats:
    """Three colours a pixel by the linear ``way``, "bilinear" or "gradient"."""
    (r, c), taps = _RED[phase], _FILTERS[way]
    made = {name: cv2.filter2D(flat, -1, one, borderType=cv2.BORDER_REFLECT_101) for name, one in taps.items()}
    result = np.empty((*flat.shape, 3), np.float32)
    red, blue = np.s_[r::2, c::2], np.s_[1 - r :: 2, 1 - c :: 2]
    in_red_rows, in_blue_rows = np.s_[r::2, 1 - c :: 2], np.s_[1 - r :: 2, c::2]
    result[..., 1] = flat
    for where in (red, blue):
        result[..., 1][where] = made["green"][where]
    for channel, own, other, rows, columns in (
        (0, red, blue, in_red_rows, in_blue_rows),
        (2, blue, red, in_blue_rows, in_red_rows),
    ):
        plane = result[..., channel]
        plane[own], plane[other] = flat[own], made["cross"][other]
        plane[rows], plane[columns] = made["row"][rows], made["column"][columns]
    return result


def demosaic_noise(raw: Floats, shot: float, read: float, phase: int, way: str, rng: np.random.Generator) -> Floats:
    """What shot and read noise on the mosaic of ``raw`` (H, W, 3), light at the sensor, becomes in three colours."""
    flat = mosaic(raw, phase)
    noise = rng.standard_normal(flat.shape, dtype=np.float32)
    noise *= np.sqrt(np.float32(shot) * np.maximum(flat, 0) + np.float32(read * read))
    if way != "edges":
        return demosaic(noise, phase, way)
    if min(flat.shape) < 3:  # OpenCV's edge-aware way needs neighbours on both sides
        return demosaic(noise, phase, "bilinear")
    both = [np.clip(one * _SCALE + _BLACK, 0, 65535).astype(np.uint16) for one in (flat + noise, flat)]
    noisy, clean = (cv2.cvtColor(one, _EDGE_CODES[phase]).astype(np.float32) for one in both)
    return (noisy - clean) / _SCALE
