"""Small ICC profiles from numbers: three primaries and a tone curve, or a tone curve alone (ICC.1:2001-04)."""

from __future__ import annotations

import struct
from typing import TypeAlias

import numpy as np

from amirnet.runtime.arrays import Doubles

White: TypeAlias = tuple[float, float]
"""A colour as x and y."""
Curve: TypeAlias = bytes
"""A tone curve as it stands in a profile."""

_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def gamma_curve(power: float) -> Curve:
    """light = number ** power. Raises struct.error for a power that a profile cannot state."""
    return b"para" + struct.pack(">LHHl", 0, 0, 0, round(65536 * power))


def srgb_curve() -> Curve:
    numbers = [round(65536 * value) for value in (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)]
    return b"para" + struct.pack(">LHH5l", 0, 3, 0, *numbers)


def rgb_icc(red: White, green: White, blue: White, white: White, curve: Curve) -> bytes:
    """A profile of these primaries under this white, which becomes the profile's D50 by Bradford's matrix.

    Raises ValueError for primaries that span nothing.
    """
    columns = np.array([_xyz_of(color) for color in (red, green, blue)]).T
    lit = _xyz_of(white)
    try:
        weights = np.linalg.solve(columns, lit)
    except np.linalg.LinAlgError as error:
        raise ValueError("primaries on one line") from error
    adapted = _to_d50(lit) @ (columns * weights)
    tags = {name: _xyz(adapted[:, place]) for place, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    return _packed(b"RGB ", {**tags, b"rTRC": curve, b"gTRC": curve, b"bTRC": curve})


def gray_icc(curve: Curve) -> bytes:
    return _packed(b"GRAY", {b"kTRC": curve})


def _xyz_of(color: White) -> Doubles:
    x, y = color
    if not y > 0:
        raise ValueError("a colour without brightness")
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _to_d50(lit: Doubles) -> Doubles:
    scale = np.diag((_BRADFORD @ _D50) / (_BRADFORD @ lit))
    found: Doubles = np.linalg.inv(_BRADFORD) @ scale @ _BRADFORD
    return found


def _xyz(values: Doubles) -> bytes:
    if not np.isfinite(values).all():
        raise ValueError("a colour that is no number")
    return b"XYZ \0\0\0\0" + struct.pack(">3l", *(round(65536 * float(value)) for value in values))


def _packed(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    text = b"as the file states it\0"
    described = b"desc" + struct.pack(">LL", 0, len(text)) + text + bytes(78)
    white = _xyz(_D50)
    tags = {b"desc": described, b"cprt": b"text\0\0\0\0none\0", b"wtpt": white, **tags}
    table, body, at = struct.pack(">L", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">LL", at + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    size = 128 + len(table) + len(body)
    head = struct.pack(">L4xL4s4s4s6H4s", size, 0x02400000, b"mntr", space, b"XYZ ", 2026, 1, 1, 0, 0, 0, b"acsp")
    return (head + bytes(28) + white[8:]).ljust(128, b"\0") + table + body
