"""M1 to M7: integer weights, integer sums, one rounding."""

from __future__ import annotations

import struct
from fractions import Fraction
from functools import cache

from amirnet.contract.floats import float32
from amirnet.contract.pixels import Photo, shape_of, stream, to_bytes
from amirnet.contract.tiling import Axis, Plan
from amirnet.contract.vector_file import Fields, VectorFile

Cores = list[list[list[list[Fraction]]]]
"""Of each tile its core's numbers: rows, pixels, channels."""

WEIGHTS = [
    ((8, 0, 8, 2), [3, 3, 3, 3, 3, 3, 3, 3]),
    ((8, 0, 20, 2), [3, 3, 3, 3, 3, 3, 2, 1]),
    ((8, 4, 20, 2), [1, 2, 3, 3, 3, 3, 2, 1]),
    ((8, 12, 20, 2), [1, 2, 3, 3, 3, 3, 3, 3]),
    ((4, 4, 20, 16), [1, 2, 2, 1]),
]
"""Core, where it begins, padded length, overlap in use; and by hand its weights."""

MIXED: list[tuple[list[float], list[int], list[int], int]] = [
    ([0.5], [1], [32640], 128),
    ([0.25, 0.75], [3, 1], [16320, 48960], 96),
    ([-1, 2], [1, 1], [0, 65280], 128),
    ([1, 1, 1, 1], [9, 3, 3, 1], [65280] * 4, 255),
    ([0.00195], [1], [127], 0),
    ([0.001961], [1], [128], 1),
    ([3 / 512, 1 / 512], [1, 1], [383, 128], 1),
]
"""Numbers, weights, and by hand q and the level."""


@cache
def weights(core: int, begins: int, padded: int, overlap: int) -> list[int]:
    """M2."""
    full = overlap + 1
    left = [full if begins == 0 else min(full, d + 1) for d in range(core)]
    right = [full if begins + core == padded else min(full, core - d) for d in range(core)]
    return [min(pair) for pair in zip(left, right, strict=True)]


def fixed_point(number: Fraction) -> int:
    """M1, exactly."""
    above, below = min(max(number.numerator, 0), number.denominator), number.denominator
    return (2 * 65280 * above + below) // (2 * below)


def level(parts: list[int], weight: list[int]) -> int:
    """M3, M4."""
    total = sum(q * w for q, w in zip(parts, weight, strict=True))
    return (2 * total + 256 * sum(weight)) // (512 * sum(weight))


def blended(plan: Plan, cores: Cores) -> Photo:
    """M3: pixel by pixel, over all cores that hold it."""
    found = []
    for y in range(plan.height):
        row = []
        for x in range(plan.width):
            at = [
                (place, y - top, x - left, wy * wx)
                for place, (top, left) in enumerate((top, left) for top in plan.y.starts for left in plan.x.starts)
                if (wy := _weight(plan.y, top, y, plan.shared)) and (wx := _weight(plan.x, left, x, plan.shared))
            ]
            channels = [[fixed_point(cores[place][dy][dx][c]) for place, dy, dx, _ in at] for c in range(3)]
            row.append(tuple(level(parts, [w for *_, w in at]) for parts in channels))
        found.append(row)
    return found


def _weight(axis: Axis, begins: int, at: int, overlap: int) -> int:
    """0 where the core does not hold that pixel."""
    inside = 0 <= at - begins < axis.core
    return weights(axis.core, begins, axis.padded, overlap)[at - begins] if inside else 0


def vectors() -> VectorFile:
    file = VectorFile("blends", "M1 M2 M3 M4 M6 M7", "Tiles become a photo.")
    ramps = file.group(
        "weights",
        "The weights of a core's pixels along an axis.",
        {"core": "", "begins": "", "padded": "the axis' padded length", "overlap": "the overlap in use (L2)"},
        {"weights": "whole numbers, one a pixel"},
    )
    for (core, begins, padded, overlap), by_hand in WEIGHTS:
        if weights(core, begins, padded, overlap) != by_hand:
            raise AssertionError(f"weights of {core} at {begins}: by hand {by_hand}")
    for core, begins, padded, overlap in [*(each for each, _ in WEIGHTS), (1, 3, 9, 0), (256, 240, 1000, 16)]:
        given = {"core": core, "begins": begins, "padded": padded, "overlap": overlap}
        found = {"weights": weights(core, begins, padded, overlap)}
        ramps.add(f"{core} at {begins} of {padded}, {overlap}", given, found)
    _levels(file)
    _blends(file)
    return file


def _levels(file: VectorFile) -> None:
    group = file.group(
        "level",
        "What a pixel becomes of the numbers of the cores that hold it.",
        {"numbers": "float32, one a core; or the text Infinity, -Infinity", "weights": "whole numbers, one a core"},
        {"fixed_point": "M1's q of each", "level": "the pixel's"},
    )
    for numbers, weight, parts, wanted in MIXED:
        exact = [Fraction(float32(number)) for number in numbers]
        if [fixed_point(number) for number in exact] != parts or level(parts, weight) != wanted:
            raise AssertionError(f"{numbers}: by hand {parts}, {wanted}")
        given = {"numbers": [float32(number) for number in numbers], "weights": weight}
        group.add(f"by hand: {numbers}", given, {"fixed_point": parts, "level": wanted})
    # Each level's own number, the two floats beside it, and those beside the halfway points between levels.
    for at in [0, 1, 2, 100, 127, 128, 200, 254, 255]:
        for name, number in [("", at / 255), (" and a half", (at + 0.5) / 255)]:
            (bits,) = struct.unpack("<i", struct.pack("<f", number))
            for step in (-1, 0, 1):
                if bits + step < 0:
                    continue
                (near,) = struct.unpack("<f", struct.pack("<i", bits + step))
                q = fixed_point(Fraction(near))
                expected = {"fixed_point": [q], "level": level([q], [1])}
                group.add(f"level {at}{name}, float {step:+d}", {"numbers": [near], "weights": [1]}, expected)
    infinite = {"numbers": ["Infinity", "-Infinity"], "weights": [1, 3]}
    group.add("infinities are clamped", infinite, {"fixed_point": [65280, 0], "level": 64})


def _blends(file: VectorFile) -> None:
    group = file.group(
        "photo",
        "Whole plans: the numbers of each tile's core, in plan order, and the photo.",
        {"plan": "as in tiles.json", "cores": "of each tile an array HWC, float32 or uint8, as the engine gave it"},
        {"photo": "uint8 HWC"},
    )
    for kind, plan in [
        ("float32", Plan(11, 9, 8, 0, 2, 1, True)), ("float32", Plan(10, 7, 12, 4, 16, 2, False)),
        ("uint8", Plan(11, 9, 8, 0, 2, 1, True)), ("uint8", Plan(5, 13, 8, 0, 4, 4, True)),
    ]:  # fmt: skip
        numbers, cores, arrays = stream(plan.width), [], []
        for _ in range(len(plan.x.starts) * len(plan.y.starts)):
            count = plan.y.core * plan.x.core * 3
            levels = [next(numbers) % 256 for _ in range(count)]
            floats = [float32(next(numbers) / 50000 - 0.1) for _ in range(count)]
            flat = [Fraction(v) / 255 if kind == "uint8" else Fraction(f) for v, f in zip(levels, floats, strict=True)]
            content = bytes(levels) if kind == "uint8" else struct.pack(f"<{count}f", *floats)
            arrays.append(file.array(content, [plan.y.core, plan.x.core, 3], kind))
            pixels = [flat[at : at + 3] for at in range(0, count, 3)]
            cores.append([pixels[at : at + plan.x.core] for at in range(0, len(pixels), plan.x.core)])
        photo = blended(plan, cores)
        given: Fields = {"plan": plan.given, "cores": arrays}
        found = {"photo": file.array(to_bytes(photo), shape_of(photo))}
        group.add(f"{plan.width}x{plan.height}, {kind}, overlap {plan.overlap}", given, found)
    nan = struct.pack("<12f", *[0.5] * 7, float("nan"), *[0.5] * 4)
    plan = Plan(4, 2, 2, 0, 0, 2, True)
    sound = file.array(struct.pack("<12f", *[0.5] * 12), [2, 2, 3], "float32")
    given = {"plan": plan.given, "cores": [sound, file.array(nan, [2, 2, 3], "float32")]}
    group.add("a NaN, in tile 1", given, {"error": "TileError", "names": ["1"]})
