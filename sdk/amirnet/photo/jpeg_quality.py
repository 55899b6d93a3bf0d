"""How well a JPEG file was quantised, as the quality number that encoders take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

# The tables of the JPEG standard's annex K, row by row: brightness, colour.
_BRIGHTNESS = """
16 11 10 16 24 40 51 61 12 12 14 19 26 58 60 55 14 13 16 24 40 57 69 56 14 17 22 29 51 87 80 62
18 22 37 56 68 109 103 77 24 35 55 64 81 104 113 92 49 64 78 87 103 121 120 101 72 92 95 98 112 100 103 99
"""
_COLOR = """
17 18 24 47 99 99 99 99 18 21 26 66 99 99 99 99 24 26 56 99 99 99 99 99 47 66 99 99 99 99 99 99
99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99
"""
_BASE = [np.array(text.split(), dtype=np.int64) for text in (_BRIGHTNESS, _COLOR)]


def not_worse_than(tables: Mapping[int, Sequence[int]]) -> int:
    """The lowest quality, 1 to 100, none of whose steps is coarser than the file's.

    `tables`: 64 steps each, row by row, as Pillow gives them: 0 is brightness, the others are colour.
    """
    for quality in range(1, 100):
        scale = 5000 // quality if quality < 50 else 200 - 2 * quality
        steps = [np.clip((base * scale + 50) // 100, 1, 255) for base in _BASE]
        if all((steps[min(place, 1)] <= np.array(table)).all() for place, table in tables.items()):
            return quality
    return 100
