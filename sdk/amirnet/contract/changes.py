"""R5 and R6: how much of the restored photo is taken, and how far the result is from the photo."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor

from amirnet.contract.pixels import stream
from amirnet.contract.vector_file import Fields, VectorFile

STRENGTH: list[tuple[list[int], list[int], float, int, list[int]]] = [
    ([0, 10, 255, 255], [255, 11, 0, 254], 1.0, 256, [255, 11, 0, 254]),
    ([0, 10, 255, 255], [255, 11, 0, 254], 0.0, 0, [0, 10, 255, 255]),
    ([0, 10, 255, 255], [255, 11, 0, 254], 0.5, 128, [128, 11, 128, 255]),
    ([100, 200], [50, 201], 0.3, 77, [85, 200]),
    ([0], [255], 0.001953125, 1, [1]),
]
"""Photo, restored, strength, and by hand the parts of 256 and the result."""

SIX = [10, 20, 30, 40, 50, 60]
CHANGED = [12, 20, 29, 40, 255, 60]
CHANGE: list[tuple[list[int], list[int], bool, list[int] | None, int, int]] = [
    (SIX, SIX, False, None, 0, 6),
    (SIX, CHANGED, False, None, 42030, 6),
    (SIX, CHANGED, False, [1, 0], 5, 3),
    (SIX, CHANGED, False, [0, 0], 0, 0),
    ([90, 90, 90, 200, 200, 200], [91, 92, 88, 255, 201, 0], True, None, 37, 2),
]
"""Photo, result, gray, alpha, and by hand D and n."""

ALONE = [(0, 0), (0, 12), (1, 36_000_000), (5, 3), (2601, 400), (2_601_000_001, 400_000_000), (65025, 1),
         (6, 1), (7, 1), (26010, 4000), (26011, 4000), (10**12, 324_000_000), (1, 1)]  # fmt: skip
"""D and n."""


def mixed(photo: list[int], restored: list[int], parts: int) -> list[int]:
    """R6."""
    return [(p * (256 - parts) + r * parts + 128) // 256 for p, r in zip(photo, restored, strict=True)]


def change(photo: list[int], result: list[int], gray: bool, alpha: list[int] | None) -> tuple[int, int]:
    """R5: D and n, of RGB after RGB."""
    squares = numbers = 0
    for place in range(len(photo) // 3):
        if alpha is not None and alpha[place] == 0:
            continue
        s, r = photo[3 * place : 3 * place + 3], result[3 * place : 3 * place + 3]
        if gray:
            s, r = [_brightness(s)], [_brightness(r)]
        squares += sum((a - b) ** 2 for a, b in zip(r, s, strict=True))
        numbers += len(s)
    return squares, numbers


def _brightness(pixel: list[int]) -> int:
    red, green, blue = pixel
    return (19595 * red + 38470 * green + 7471 * blue + 32768) // 65536


def vectors() -> VectorFile:
    file = VectorFile("changes", "R5 R6", "Strength, and how much a photo was changed.")
    group = file.group(
        "strength",
        "How much of the restored photo is taken.",
        {"photo": "levels", "restored": "levels", "strength": "0 to 1"},
        {"parts": "n, of 256", "result": "levels"},
    )
    for photo, restored, strength, parts, result in STRENGTH:
        if (floor(strength * 256 + 0.5), mixed(photo, restored, parts)) != (parts, result):
            raise AssertionError(f"strength {strength}: by hand {parts}, {result}")
        given: Fields = {"photo": photo, "restored": restored, "strength": strength}
        group.add(f"by hand: {strength} of {restored}", given, {"parts": parts, "result": result})
    numbers = stream(5)
    for strength in (0.0, 0.001, 1 / 512, 0.1, 0.25, 0.498, 0.7, 0.999, 1.0):
        photo, restored = ([next(numbers) % 256 for _ in range(24)] for _ in range(2))
        parts = floor(Fraction(strength) * 256 + Fraction(1, 2))
        given = {"photo": photo, "restored": restored, "strength": strength}
        group.add(f"strength {strength:g}", given, {"parts": parts, "result": mixed(photo, restored, parts)})
    _change(file)
    _left_alone(file)
    return file


def _change(file: VectorFile) -> None:
    group = file.group(
        "change",
        "The sum of squared differences, and of how many numbers.",
        {"photo": "levels, RGB after RGB", "result": "likewise", "gray": "whether the file's own colours are gray",
         "alpha": "one number a pixel, or null where there is none"},
        {"squares": "D", "numbers": "n"},
    )  # fmt: skip
    made = stream(9)
    one, other = ([next(made) % 256 for _ in range(90)] for _ in range(2))
    some = [next(made) % 3 for _ in range(30)]
    more: list[tuple[list[int], list[int], bool, list[int] | None]] = [
        (one, other, False, None), (one, other, True, None), (one, other, False, some), (one, other, True, some),
        ([0] * 300, [255] * 300, False, None), ([0] * 300, [255] * 300, True, None),
    ]  # fmt: skip
    for photo, result, gray, alpha, squares, numbers in CHANGE:
        if change(photo, result, gray, alpha) != (squares, numbers):
            raise AssertionError(f"{photo} to {result}: by hand {squares}, {numbers}")
    for place, (photo, result, gray, alpha) in enumerate([*(each[:4] for each in CHANGE), *more]):
        squares, numbers = change(photo, result, gray, alpha)
        given: Fields = {"photo": photo, "result": result, "gray": gray, "alpha": alpha}
        name = f"{place}: {len(photo) // 3} pixels, {'gray' if gray else 'colour'}, {'alpha' if alpha else 'opaque'}"
        group.add(name, given, {"squares": squares, "numbers": numbers})


def _left_alone(file: VectorFile) -> None:
    group = file.group(
        "left_alone",
        "The same in decibels, and whether there was nothing to mend.",
        {"squares": "D", "numbers": "n"},
        {"change_psnr": "dB, within 1e-9: a platform's log10 may round otherwise", "left_alone": "exact"},
    )
    for squares, numbers in ALONE:
        # In decimals, whose logarithm is rounded rightly on every platform.
        psnr = float(10 * (Decimal(65025 * numbers) / squares).log10()) if squares else 100.0
        # 40 dB is a quotient of 10^4: decided in whole numbers, without a logarithm.
        expected = {"change_psnr": min(100.0, psnr), "left_alone": squares == 0 or 65025 * numbers >= 10**4 * squares}
        group.add(f"D {squares}, n {numbers}", {"squares": squares, "numbers": numbers}, expected)
