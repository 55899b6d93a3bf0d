"""P1 to P3, and N1: what a pixel beyond the photo is, and what number a level is."""

from __future__ import annotations

import struct

from amirnet.contract.pixels import Photo, made_photo, shape_of, to_bytes
from amirnet.contract.vector_file import VectorFile

AXES = [(4, -3, 8), (3, -4, 6), (1, -2, 3), (2, -5, 7), (5, 0, 5), (7, 12, 16), (100, -48, -40), (100, 140, 204)]
"""Pixels of an axis, and the coordinates [first, end) asked for."""


def place(coordinate: int, n: int) -> int:
    """P1, then P2."""
    if coordinate < 0:
        coordinate = -coordinate
    elif coordinate > n - 1:
        coordinate = 2 * (n - 1) - coordinate
    return min(max(coordinate, 0), n - 1)


def rectangle(photo: Photo, left: int, top: int, width: int, height: int) -> Photo:
    """P3."""
    rows = [photo[place(y, len(photo))] for y in range(top, top + height)]
    return [[row[place(x, len(row))] for x in range(left, left + width)] for row in rows]


def vectors() -> VectorFile:
    file = VectorFile("padding", "N1 P1 P2 P3", "Pixels beyond the photo's edge, and levels as numbers.")
    axis = file.group(
        "coordinates",
        "Which of an axis' n pixels each coordinate reads.",
        {"n": "pixels of the axis", "first": "first coordinate", "end": "the coordinate after the last"},
        {"read_from": "for each coordinate from first to end - 1 the pixel that it reads"},
    )
    for n, first, end in AXES:
        found = [place(at, n) for at in range(first, end)]
        axis.add(f"n {n}, {first} to {end}", {"n": n, "first": first, "end": end}, {"read_from": found})
    crops = file.group(
        "rectangle",
        "A rectangle that may lie beyond the photo.",
        {"photo": "uint8 HWC", "left": "", "top": "", "width": "", "height": "the rectangle"},
        {"pixels": "uint8 HWC of the rectangle's size"},
    )
    for width, height, box in [
        (5, 4, (0, 0, 5, 4)), (5, 4, (1, 1, 2, 2)), (5, 4, (-2, -3, 9, 10)), (3, 1, (-4, -2, 11, 5)),
        (1, 6, (-1, 4, 4, 4)), (2, 2, (5, 5, 2, 2)),
    ]:  # fmt: skip
        photo = made_photo(width, height, seed=width * 10 + height)
        cut = rectangle(photo, *box)
        at = dict(zip(("left", "top", "width", "height"), box, strict=True))
        given = {"photo": file.array(to_bytes(photo), shape_of(photo)), **at}
        crops.add(f"{width}x{height} at {box}", given, {"pixels": file.array(to_bytes(cut), shape_of(cut))})
    numbers = file.group(
        "numbers",
        "What a level is to a graph: float32(v) / float32(255), one division.",
        {"levels": "uint8"},
        {"numbers": "float32 of the same shape"},
    )
    # A quotient of two float32 that is rounded to float64 first and to float32 then is the same as rounded once.
    floats = struct.pack("<256f", *(level / 255 for level in range(256)))
    given = {"levels": file.array(bytes(range(256)), [256])}
    numbers.add("all levels", given, {"numbers": file.array(floats, [256], "float32")})
    return file
