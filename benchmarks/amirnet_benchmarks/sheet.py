"""A sheet of small pictures in rows, each with a line of words below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .classical_tools import Photo

PAPER, INK, MUTED = "#ffffff", "#22262b", "#646b74"
GAP = 8


@dataclass(frozen=True)
class Cell:
    """A picture and what stands below it."""

    image: Photo
    """uint8 RGB."""
    words: str
    """The first line."""
    more: str = ""
    """A second one, smaller."""
    loud: bool = False
    """Prints the first in full ink."""


def draw_sheet(rows: Sequence[Sequence[Cell]], width: int, height: int, *, font: int = 14) -> Image.Image:
    """The sheet: every picture unscaled in a field of `width` x `height` pixels, so that noise looks as it is.

    Larger pictures are cut around their middle, smaller ones are centred.
    """
    lines = 2 if any(cell.more for row in rows for cell in row) else 1
    caption = 6 + lines * (font + 4) + 6
    columns = max(len(row) for row in rows)
    sheet = Image.new("RGB", (columns * (width + GAP) - GAP, len(rows) * (height + caption)), PAPER)
    draw = ImageDraw.Draw(sheet)
    for down, row in enumerate(rows):
        for across, cell in enumerate(row):
            left, top = across * (width + GAP), down * (height + caption)
            picture = Image.fromarray(_field(cell.image, width, height))
            sheet.paste(picture, (left + (width - picture.width) // 2, top + (height - picture.height) // 2))
            ink = INK if cell.loud else MUTED
            draw.text((left, top + height + 5), cell.words, ink, ImageFont.load_default(font))
            draw.text((left, top + height + 9 + font), cell.more, MUTED, ImageFont.load_default(font - 2))
    return sheet


def _field(photo: Photo, width: int, height: int) -> Photo:
    top, left = max(0, (photo.shape[0] - height) // 2), max(0, (photo.shape[1] - width) // 2)
    return np.ascontiguousarray(photo[top : top + height, left : left + width])


def where_worst(came: Photo, restored: Photo, meant: Photo, side: int) -> tuple[slice, slice]:
    """Rows and columns of the `side` x `side` window (less in a smaller photo) in which restoring lost most."""
    height, width = (min(side, length) for length in meant.shape[:2])
    exact = [image.astype(np.float32) for image in (came, restored, meant)]
    lost = ((exact[1] - exact[2]) ** 2 - (exact[0] - exact[2]) ** 2).sum(axis=2)
    sums = cv2.boxFilter(lost, -1, (width, height), anchor=(0, 0), borderType=cv2.BORDER_REPLICATE)
    inside = sums[: meant.shape[0] - height + 1, : meant.shape[1] - width + 1]
    top, left = np.unravel_index(int(inside.argmax()), inside.shape)
    return slice(int(top), int(top) + height), slice(int(left), int(left) + width)
