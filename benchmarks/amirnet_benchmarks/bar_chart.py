"""Draws horizontal bars as inline SVG, with class names only, like the tree drawings: colours come from the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

WIDTH = 400
"""In the drawing's own units, small enough that its letters stay readable on a phone."""
ROW, THICK = 40, 12


class Bar(NamedTuple):
    """One bar of a chart."""

    label: str
    """Before it."""
    value: str
    """In words, after it."""
    parts: tuple[float, ...]
    """Lengths of its parts, from the left."""
    reach: float = 0.0
    """How far a thin line goes on; 0 for none."""


def draw_bars(title: str, bars: Sequence[Bar]) -> Markup:
    """A bar a row, each under its label and its value; the longest one, its thin line included, fills the width.

    Raises ValueError for a length that is negative or not finite.
    """
    lengths = [length for bar in bars for length in (*bar.parts, bar.reach)]
    if not all(0 <= length < float("inf") for length in lengths):
        raise ValueError(f"{title}: a bar of {min(lengths)} to {max(lengths)}")
    longest = max((max(sum(bar.parts), bar.reach) for bar in bars), default=0.0) or 1.0
    drawn = []
    for row, bar in enumerate(bars):
        top = row * ROW
        drawn.append(f'<text class="label" x="0" y="{top + 14}">{escape(bar.label)}</text>')
        drawn.append(f'<text class="value" x="{WIDTH}" y="{top + 14}">{escape(bar.value)}</text>')
        start, middle = 0.0, top + 20 + THICK / 2
        for number, length in enumerate(bar.parts):
            wide = WIDTH * length / longest
            place = f'x="{start:.1f}" y="{top + 20}" width="{wide:.1f}" height="{THICK}"'
            drawn.append(f'<rect class="bar part{number}" {place}/>')
            start += wide
        if bar.reach > sum(bar.parts):
            end = WIDTH * bar.reach / longest
            line = f"M{start:.1f} {middle}H{end:.1f}M{end - 1:.1f} {middle - 4}V{middle + 4}"
            drawn.append(f'<path class="reach" d="{line}"/>')
    words = escape(f"{title}: " + "; ".join(f"{bar.label} {bar.value}" for bar in bars))
    head = f'<svg class="bars" viewBox="0 0 {WIDTH} {max(1, len(bars)) * ROW}" role="img" aria-label="{words}">'
    return Markup(head + "".join(drawn) + "</svg>")  # every text in it went through escape()
