"""Colour that a file states in another way than by an ICC profile, turned into one: then it goes the way of ICC.

PNG: cICP, or gAMA and cHRM (Portable Network Graphics, third edition, 4.3). AVIF and HEIF: a `colr` box of kind nclx.
JPEG 2000: its `colr` box. The numbers of cICP and nclx are those of ITU-T H.273.
"""

from __future__ import annotations

import struct
from typing import Any, NoReturn

from amirnet.errors import ImageError
from amirnet.photo.icc_writer import Curve, White, gamma_curve, gray_icc, rgb_icc, srgb_curve

_D65: White = (0.3127, 0.329)
_SRGB = ((0.64, 0.33), (0.3, 0.6), (0.15, 0.06), _D65)
PRIMARIES: dict[int, tuple[White, White, White, White]] = {
    1: _SRGB,
    4: ((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), (0.31, 0.316)),
    5: ((0.64, 0.33), (0.29, 0.6), (0.15, 0.06), _D65),
    6: ((0.63, 0.34), (0.31, 0.595), (0.155, 0.07), _D65),
    7: ((0.63, 0.34), (0.31, 0.595), (0.155, 0.07), _D65),
    8: ((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), (0.31, 0.316)),
    9: ((0.708, 0.292), (0.17, 0.797), (0.131, 0.046), _D65),
    11: ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), (0.314, 0.351)),
    12: ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), _D65),
    22: ((0.63, 0.34), (0.295, 0.605), (0.155, 0.077), _D65),
}
"""H.273: number -> red, green, blue and white as x, y."""
UNSPECIFIED = 2
_AS_SRGB = (1, 6, 11, 13, 14, 15)
"""Transfers that stand for sRGB's: those of television, which encoders write for sRGB and viewers take for it."""
_HDR = {16: "PQ", 18: "HLG"}
_SAME = 0.002
"""x and y that differ by less are the same colour."""
_NEAR = 0.05
"""A gamma this near to 1/2.2, in parts, is how files that are in sRGB state it."""


def icc_of_code(primaries: int, transfer: int, gray: bool) -> bytes | None:
    """By the numbers of cICP and nclx. None for sRGB. Raises ImageError for PQ and HLG, whose white no display has, and
    for what cannot be understood."""
    if transfer in _HDR:
        _refuse(f"an HDR photo ({_HDR[transfer]}); save it as SDR, in sRGB or Display P3, first")
    if primaries == UNSPECIFIED and transfer == UNSPECIFIED:
        return None
    colors = PRIMARIES.get(1 if primaries == UNSPECIFIED else primaries)
    if transfer in (*_AS_SRGB, UNSPECIFIED):
        curve: Curve | None = srgb_curve()
    else:
        curve = {4: gamma_curve(2.2), 5: gamma_curve(2.8), 8: gamma_curve(1.0)}.get(transfer)
    if colors is None or curve is None:
        _refuse(f"its colours are stated as primaries {primaries}, transfer {transfer}; save it in sRGB first")
    return _profile(colors, curve, gray)


def icc_of_gamma(info: dict[str | tuple[int, int], Any], gray: bool) -> bytes | None:
    """By gAMA and cHRM as Pillow found them, which an sRGB chunk overrules. None for sRGB."""
    gamma, color = info.get("gamma"), info.get("chromaticity")
    if "srgb" in info or (gamma is None and color is None):
        return None
    curve = srgb_curve()
    if isinstance(gamma, float) and gamma > 0:
        if not 0.05 <= gamma <= 5:
            return None  # no display ever had it
        curve = curve if abs(gamma * 2.2 - 1) < _NEAR else gamma_curve(1 / gamma)
    colors = _SRGB
    if isinstance(color, tuple) and len(color) == 8:
        white, red, green, blue = ((color[at], color[at + 1]) for at in range(0, 8, 2))
        colors = (red, green, blue, white)
    return _profile(colors, curve, gray)


def _profile(colors: tuple[White, White, White, White], curve: Curve, gray: bool) -> bytes | None:
    same = all(
        abs(a - b) < _SAME for one, other in zip(colors, _SRGB, strict=True) for a, b in zip(one, other, strict=True)
    )
    if curve == srgb_curve() and (same or gray):
        return None
    try:
        return gray_icc(curve) if gray else rgb_icc(*colors, curve)
    except (
        ValueError,
        ZeroDivisionError,
        OverflowError,
        struct.error,
    ):  # three points on a line, or beyond the profile
        return None


def _refuse(problem: str) -> NoReturn:
    raise ImageError(problem)
