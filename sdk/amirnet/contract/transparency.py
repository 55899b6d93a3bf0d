"""N4: what is put where alpha is 0; and of N2 what a 16-bit sample is in 8 bits."""

from __future__ import annotations

from amirnet.contract.pixels import Photo, Pixel, made_photo, shape_of, stream, to_bytes
from amirnet.contract.vector_file import VectorFile

Mask = list[list[int]]


def filled(photo: Photo, alpha: Mask) -> Photo:
    """A pixel whose alpha is 0 becomes the mean of the visible ones in the smallest block around it that has one."""
    rows, columns = range(len(photo)), range(len(photo[0]))
    return [[_fill(photo, alpha, x, y) if alpha[y][x] == 0 else photo[y][x] for x in columns] for y in rows]


def _fill(photo: Photo, alpha: Mask, x: int, y: int) -> Pixel:
    height, width = len(photo), len(photo[0])
    side = 1
    while side < max(height, width):
        side *= 2
        left, top = x // side * side, y // side * side
        visible = [
            photo[v][u]
            for v in range(top, min(top + side, height))
            for u in range(left, min(left + side, width))
            if alpha[v][u] > 0
        ]
        if visible:
            n = len(visible)
            return tuple((sum(levels) + n // 2) // n for levels in zip(*visible, strict=True))
    return (128,) * len(photo[0][0])


def vectors() -> VectorFile:
    file = VectorFile("transparency", "N2 N4", "Colour below full transparency, and samples of 16 bits.")
    group = file.group(
        "fill",
        "Pixels whose alpha is 0, filled from the visible ones.",
        {"photo": "uint8 HWC, 8 bits, in the file's own colours, upright", "alpha": "uint8 HW"},
        {"photo": "uint8 HWC"},
    )
    for name, width, height, every in [
        ("nothing hidden", 6, 5, 0), ("all hidden", 6, 5, 1), ("half hidden", 17, 9, 2), ("few seen", 40, 37, -50),
        ("hardly any seen", 33, 70, -700), ("one row", 35, 1, -9), ("one column", 1, 20, -6), ("one pixel", 1, 1, 1),
    ]:  # fmt: skip
        photo, numbers = made_photo(width, height, seed=width), stream(height)
        alpha = [[_alpha(next(numbers), every) for _ in range(width)] for _ in range(height)]
        given = {
            "photo": file.array(to_bytes(photo), shape_of(photo)),
            "alpha": file.array(bytes(each for row in alpha for each in row), [height, width]),
        }
        found = filled(photo, alpha)
        group.add(f"{name}, {width}x{height}", given, {"photo": file.array(to_bytes(found), shape_of(found))})
    black: Pixel = (0, 0, 0)
    corner: Photo = [[(9, 200, 30), *[black] * 4], *([black] * 5 for _ in range(4))]
    if filled(corner, [[255, 0, 0, 0, 0], *([0] * 5 for _ in range(4))]) != [[(9, 200, 30)] * 5] * 5:
        raise AssertionError("by hand: one visible pixel fills all")
    deep = file.group(
        "deep",
        "A 16-bit sample in 8 bits.",
        {"samples": "whole numbers of 0 to 65535"},
        {"levels": "whole numbers of 0 to 255"},
    )
    samples = [0, 1, 127, 128, 129, 256, 257, 384, 385, 386, 32767, 32768, 32896, 65406, 65407, 65535]
    deep.add("ends and halves", {"samples": samples}, {"levels": [(each + 128) // 257 for each in samples]})
    return file


def _alpha(number: int, every: int) -> int:
    """0: all visible; n: one of n hidden; -n: one of n visible, a little."""
    if every < 0:
        return 1 if number % -every == 0 else 0
    return 255 if every == 0 or number % every else 0
