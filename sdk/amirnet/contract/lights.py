"""E1 to E6: statistics, head, curve, powers and tables of a photo's light."""

from __future__ import annotations

import json
from fractions import Fraction
from math import floor, isfinite, ldexp
from pathlib import Path
from typing import Any

from amirnet.contract.pixels import Photo, made_photo, shape_of, stream, to_bytes
from amirnet.contract.vector_file import Fields, VectorFile

CONSTANTS = json.loads((Path(__file__).parents[2] / "contract" / "light.json").read_text("utf-8"))
PERCENTS = (1, 10, 25, 50, 75, 90, 99)

COUNTS = [
    ({0: 1, 10: 98, 255: 1}, [0, 10, 10, 10, 10, 10, 10]),
    ({7: 4096}, [7] * 7),
    ({0: 9, 1: 1, 50: 15, 60: 25, 70: 25, 80: 15, 90: 9, 255: 1}, [0, 1, 50, 60, 70, 80, 90]),
    ({3: 1, 200: 1}, [3, 3, 3, 3, 200, 200, 200]),
]
"""Level -> how many, and by hand the levels at PERCENTS."""

CURVES: list[tuple[list[float], float, list[float], list[float]]] = [
    ([0.5, -1, 300, 0, 20, -0.25], 1, [0.5, 0, 255], [0, 15, 0]),
    ([0.5, -1, 300, 0, 20, 0.25], 0.5, [0.25, 0, 127.5], [0, 7.5, 0.125]),
    ([0.5, 1, 200, 4, 2, 0.25], 4, [2, 4, 255], [15, 8, 1]),
    ([0.5, 1, 200, 4, 2, 0.25], 0, [0, 0, 0], [0, 0, 0]),
]
"""The head's output, a user's number, and by hand gain and bend."""

TABLES = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.5, 0.25), (7.3, 1.6), (255.0, 15.0), (0.001, 0.002), (2.75, 3.1),
          (0.5, 0.0), (0.1, 0.0)]  # fmt: skip
"""Gain and bend."""


def statistics(levels: list[int]) -> list[float]:
    """E1, of one channel's levels: 8 numbers."""
    ordered, total = sorted(levels), len(levels)
    # The least v such that 100 (how many are v or less) >= f total is the level at place ceil(f total / 100), from 1.
    at = [ordered[max(1, -(-percent * total // 100)) - 1] for percent in PERCENTS]
    return [*(level / 255 for level in at), float(Fraction(sum(levels), 255 * total))]


def layer(numbers: list[float], weights: list[list[float]], bias: list[float]) -> list[float]:
    """E2: sums from the bias on, in index order."""
    found = []
    for row, start in zip(weights, bias, strict=True):
        total = start
        for weight, number in zip(row, numbers, strict=True):
            total += weight * number
        found.append(total)
    return found


def curve(output: list[float], times: float = 1.0) -> tuple[list[float], list[float]]:
    """E3: gain and bend, capped, times a user's number, and capped again."""
    gain = [min(255.0, max(0.0, number)) for number in output[:3]]
    bend = [min(15.0, max(0.0, number)) for number in output[3:]]
    return [min(255.0, number * times) for number in gain], [min(15.0, number * times) for number in bend]


def power(level: int, exponent: float) -> float:
    """E5."""
    x = CONSTANTS["log2"][level] * exponent
    n = floor(x)
    f = x - n
    p = CONSTANTS["exp2"][14]
    for k in range(13, -1, -1):
        p = p * f + CONSTANTS["exp2"][k]
    return ldexp(p, n)


def table(gain: float, bend: float) -> list[int]:
    """E4."""
    scale, exponent = 255.0 * (1.0 + gain), 1.0 / (1.0 + bend)
    return [0, *(int(min(255.0, floor(scale * power(level, exponent) + 0.5))) for level in range(1, 256))]


def head(light: dict[str, Any], code: list[float], numbers: list[float]) -> list[float] | None:
    """E2: the six numbers; None where a sum is NaN or infinite."""
    hidden = layer([*code, *numbers], light["hidden"]["weights"], light["hidden"]["bias"])
    output = layer([max(0.0, each) for each in hidden], light["output"]["weights"], light["output"]["bias"])
    return output if all(map(isfinite, hidden + output)) else None


def made_head(code_size: int, seed: int) -> dict[str, Any]:
    """A manifest's `light` that brightens."""
    numbers = stream(seed)

    def rows(count: int, width: int) -> list[list[float]]:
        return [[next(numbers) / 65536 - 0.5 for _ in range(width)] for _ in range(count)]

    hidden = {"weights": rows(5, code_size + 24), "bias": [0.25] * 5}
    return {"hidden": hidden, "output": {"weights": rows(6, 5), "bias": [1.5, 1.25, 2.0, 0.5, 0.75, 0.25]}}


def channels(photo: Photo) -> list[list[int]]:
    """The levels of each channel."""
    return [[pixel[channel] for row in photo for pixel in row] for channel in range(3)]


def vectors() -> VectorFile:
    file = VectorFile("lights", "E1 E2 E3 E4 E5 E6", "How bright a photo is to be. Constants: ../light.json.")
    _statistics(file)
    _heads(file)
    _curves(file)
    return file


def _statistics(file: VectorFile) -> None:
    counted = file.group(
        "statistics",
        "The eight numbers of a channel, of how often each level occurs.",
        {"counts": "pairs of a level and how many"},
        {"numbers": "levels at 1, 10, 25, 50, 75, 90, 99 percent by 255, and the mean"},
    )
    for counts, at in COUNTS:
        found = statistics([level for level, count in counts.items() for _ in range(count)])
        if found[:7] != [level / 255 for level in at]:
            raise AssertionError(f"{counts}: by hand {at}")
        pairs = [list(pair) for pair in counts.items()]
        counted.add(f"by hand: {at}", {"counts": pairs}, {"numbers": found})
    probes = file.group("probes", "All 24 numbers.", {"probes": "uint8 (N, s, s, 3)"}, {"numbers": "R's, G's, B's"})
    for count, size in [(1, 1), (1, 10), (3, 9)]:
        photo = made_photo(size, size * count, seed=count * size, noise=90)
        array = file.array(to_bytes(photo), [count, size, size, 3])
        found = [number for levels in channels(photo) for number in statistics(levels)]
        probes.add(f"{count} of {size}", {"probes": array}, {"numbers": found})


def _heads(file: VectorFile) -> None:
    sums = file.group(
        "layer",
        "A layer's sums, from the bias on, in index order, each product and sum rounded by itself.",
        {"numbers": "float64", "weights": "a row for each sum", "bias": "a number for each"},
        {"sums": "float64"},
    )
    for numbers, weights, bias in [
        ([0.5, 0.25], [[2.0, -8.0]], [0.125]), ([1e16, 1.0, -1e16], [[1.0, 1.0, 1.0]], [1.0]),
        ([0.1, 0.2, 0.3], [[0.7, 0.6, 0.5]], [0.1]),
        ([0.3, 0.2, 0.1], [[0.7, 0.6, 0.5], [-0.7, 0.6, 1e-17]], [0.1, -0.1]),
    ]:  # fmt: skip
        given = {"numbers": numbers, "weights": weights, "bias": bias}
        sums.add(f"{numbers}", given, {"sums": layer(numbers, weights, bias)})
    heads = file.group(
        "head",
        "From a code and 24 statistics to gain and bend.",
        {"light": "as in a manifest", "code": "K float32 numbers", "numbers": "24 float64 numbers"},
        {"gain": "of R, G, B, capped", "bend": "likewise"},
    )
    for seed in range(3):
        photo, light = made_photo(6, 6, seed, noise=50), made_head(7, seed)
        code = [(seed * 5 + place * 3) % 65 / 64 - 0.5 for place in range(7)]
        numbers = [number for levels in channels(photo) for number in statistics(levels)]
        output = head(light, code, numbers)
        gain, bend = curve(output or [])
        heads.add(f"seed {seed}", {"light": light, "code": code, "numbers": numbers}, {"gain": gain, "bend": bend})
    large = made_head(1, 1)
    large["hidden"]["bias"] = [1.5e308] * 5
    large["hidden"]["weights"] = [[1.5e308] * 25] * 5
    if head(large, [1.0], [1.0] * 24) is not None:
        raise AssertionError("too large a sum is infinite")
    heads.add("infinite", {"light": large, "code": [1.0], "numbers": [1.0] * 24}, {"error": "EngineError"})


def _curves(file: VectorFile) -> None:
    group = file.group(
        "curve",
        "Gain and bend of the head's six numbers, times a user's number.",
        {"output": "six numbers", "times": "0 to 4"},
        {"gain": "of R, G, B", "bend": "likewise"},
    )
    for output, times, gain, bend in CURVES:
        if curve(output, times) != (gain, bend):
            raise AssertionError(f"{output} times {times}: by hand {gain}, {bend}")
        group.add(f"by hand: {output} times {times}", {"output": output, "times": times}, {"gain": gain, "bend": bend})
    powers = file.group("power", "(v / 255)^e.", {"level": "v", "exponent": "e"}, {"power": "float64"})
    for level, exponent in [(1, 1.0), (1, 0.5), (3, 0.0625), (100, 0.4), (128, 0.7), (254, 0.8), (255, 0.3), (2, 1.0)]:
        found = power(level, exponent)
        if abs(found - (level / 255) ** exponent) > 1e-14:
            raise AssertionError(f"power({level}, {exponent})")
        powers.add(f"{level} to the {exponent}", {"level": level, "exponent": exponent}, {"power": found})
    tables = file.group("table", "What each level becomes.", {"gain": "", "bend": ""}, {"table": "256 levels"})
    for one, other in TABLES:
        tables.add(f"gain {one}, bend {other}", {"gain": one, "bend": other}, {"table": table(one, other)})
    if table(0, 0) != list(range(256)) or table(1, 0) != [min(255, 2 * level) for level in range(256)]:
        raise AssertionError("with gain and bend 0 a level stays, with gain 1 it doubles")
    applied = file.group(
        "applied",
        "A photo looked up in its channels' tables (E6).",
        {"photo": "uint8 HWC", "gain": "of R, G, B", "bend": "likewise"},
        {"photo": "uint8 HWC"},
    )
    for gains, bends in [([0.0] * 3, [0.0] * 3), ([0.5, 1.0, 0.0], [0.25, 0.0, 2.0])]:
        photo = made_photo(7, 5, seed=1, noise=60)
        lit = lit_up(photo, gains, bends)
        given: Fields = {"photo": file.array(to_bytes(photo), shape_of(photo)), "gain": gains, "bend": bends}
        applied.add(f"gain {gains}", given, {"photo": file.array(to_bytes(lit), shape_of(lit))})


def lit_up(photo: Photo, gain: list[float], bend: list[float]) -> Photo:
    """E6."""
    tables = [table(g, b) for g, b in zip(gain, bend, strict=True)]
    return [[tuple(tables[c][pixel[c]] for c in range(3)) for pixel in row] for row in photo]
