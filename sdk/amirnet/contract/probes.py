"""D1 to D5: where the probes lie, what they hold, and how their answers become one mask and one code."""

from __future__ import annotations

from amirnet.contract.floats import float32
from amirnet.contract.padding import rectangle
from amirnet.contract.pixels import made_photo, shape_of, stream, to_bytes
from amirnet.contract.vector_file import Fields, Group, VectorFile

PLANS = [
    (64, 65, 64, 4), (150, 60, 64, 4), (1, 500, 64, 4), (4032, 3024, 64, 4), (100, 100, 64, 1), (1, 1, 64, 4),
    (127, 129, 64, 2), (997, 1009, 128, 4), (8000, 6000, 64, 5), (65, 4000, 64, 64), (3, 7, 1, 3),
]  # fmt: skip
"""Width, height, probe size, probes a side."""

PRODUCTS: list[tuple[list[float], int]] = [
    ([0.5, 0.25, 0.25], 0),
    ([8, 1, 2, 3], 4),
    ([4, 1, 2], 4),
    ([9, 0, -9, 1, 2, 3, 4, 5], 3),
]
"""A table that was worked out by hand: a probe's product each, and the trim. Of each the code:"""
CODES = [1 / 3, 2.5, 7 / 3, 2.5]


def starts(n: int, size: int, most: int) -> list[int]:
    """D2."""
    if n <= size:
        return [0]
    count = min(most, (n + size - 1) // size)
    if count == 1:
        return [(n - size) // 2]
    return [i * (n - size) // (count - 1) for i in range(count)]


def averaged_mask(masks: list[list[float]]) -> list[float]:
    """D4."""
    return [_added(column) / len(masks) for column in zip(*masks, strict=True)]


def soft_code(masks: list[list[float]], values: list[list[float]], trim: int) -> list[float]:
    """D5. The product of two float32 is exact in float64."""
    found = []
    for place in range(len(masks[0])):
        products = sorted(mask[place] * value[place] for mask, value in zip(masks, values, strict=True))
        drop = len(products) // trim if trim else 0
        kept = products[drop : len(products) - drop]
        found.append(_added(kept) / len(kept))
    return found


def _added(numbers: list[float] | tuple[float, ...]) -> float:
    """From 0, one after the other; Python's own sum is more exact."""
    total = 0.0
    for number in numbers:
        total += number
    return total


def vectors() -> VectorFile:
    file = VectorFile("probes", "D1 D2 D3 D4 D5", "Probes: their places, their pixels, and the mean of their answers.")
    plans = file.group(
        "plan",
        "Where the probes of a photo begin. They are all pairs of y and x, y the outer loop.",
        {"width": "", "height": "of the photo", "size": "geometry.probe.size",
         "probes_per_side": "geometry.probe.grid: the most probes along a side"},
        {"x": "left edges, ascending", "y": "top edges, ascending"},
    )  # fmt: skip
    for width, height, size, most in PLANS:
        given = {"width": width, "height": height, "size": size, "probes_per_side": most}
        expected = {"x": starts(width, size, most), "y": starts(height, size, most)}
        plans.add(f"{width}x{height}, {most} of {size}", given, expected)
    gathered = file.group(
        "gather",
        "The pixels of the probes, in the order in which the encoder gets them.",
        {"photo": "uint8 HWC", "size": "geometry.probe.size", "probes_per_side": "geometry.probe.grid"},
        {"probes": "uint8 of shape (N, size, size, 3)"},
    )
    for width, height, size, most in [(20, 13, 8, 3), (5, 30, 8, 4), (1, 1, 4, 4), (9, 9, 4, 1)]:
        photo = made_photo(width, height, seed=size)
        found = [
            rectangle(photo, x, y, size, size) for y in starts(height, size, most) for x in starts(width, size, most)
        ]
        content = b"".join(map(to_bytes, found))
        gathered.add(
            f"{width}x{height}, {most} of {size}",
            {"photo": file.array(to_bytes(photo), shape_of(photo)), "size": size, "probes_per_side": most},
            {"probes": file.array(content, [len(found), size, size, 3])},
        )
    _averages(file)
    return file


def _averages(file: VectorFile) -> None:
    group = file.group(
        "average",
        "One mask and one soft code from the encoder's answers.",
        {"mask": "a list a probe of K float32 numbers", "value": "likewise", "trim": "geometry.probe.trim"},
        {"mask": "K float64 numbers", "soft_code": "K float64 numbers"},
    )
    for (products, trim), code in zip(PRODUCTS, CODES, strict=True):
        answers = [[float(product)] for product in products]
        ones = [[1.0] for _ in answers]
        if soft_code(ones, answers, trim) != [code]:
            raise AssertionError(f"{products} trimmed by {trim}: worked out by hand it is {code}")
        _average(group, f"by hand: {products}, trim {trim}", ones, answers, trim)
    numbers = stream(7)
    for count, trim in [(1, 0), (1, 3), (2, 3), (5, 4), (16, 0), (16, 4), (16, 3)]:
        # Of many sizes, and with all of float32's digits: another order of additions gives another sum.
        answers = [[float32(next(numbers) / 65537 / 3 ** (next(numbers) % 28)) for _ in range(7)] for _ in range(count)]
        values = [[float32(next(numbers) / 32769 - 1) for _ in range(7)] for _ in range(count)]
        _average(group, f"{count} probes, trim {trim}", answers, values, trim)


def _average(group: Group, name: str, masks: list[list[float]], values: list[list[float]], trim: int) -> None:
    given: Fields = {"mask": masks, "value": values, "trim": trim}
    group.add(name, given, {"mask": averaged_mask(masks), "soft_code": soft_code(masks, values, trim)})
