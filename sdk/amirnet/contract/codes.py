"""C1 to C3 and G6: the code that the restorer gets, and the integers that an int8 restorer is fed and gives."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from amirnet.contract.floats import float32
from amirnet.contract.pixels import stream
from amirnet.contract.trees import TREES, Tree, node_of
from amirnet.contract.vector_file import Fields, VectorFile

SOFT: list[tuple[int, list[float], list[float]]] = [
    (0, [0.1, 9, 9, 9, 9, 9, 9], [0.09375, 0, 0, 0, 0, 0, 0]),
    (1, [0.1, -0.1, 0.0078125, 9, 9, 9, 9], [0.09375, -0.09375, 0.015625, 0.25, 0.25, 0.25, 0.25]),
    (4, [-0.0078125, -0.0234375, 1, 0, 0, 0, 0.3], [0, -0.015625, 1, 0, 0, 0, 0.296875]),
]
"""Of the example's tree, by hand: node, soft code, code."""


def code(tree: Tree, number: int, soft: list[float] | None) -> list[float]:
    """C1 to C3."""
    node = node_of(tree, number)
    found = [float(each) for each in node["code"]]
    if soft is not None and tree["conditioning"] == "soft":
        for place in range(2 ** (node["level"] + 1) - 1):
            found[place] = floor(soft[place] * tree["grid"] + 0.5) / tree["grid"]
    return [float32(each) for each in found]


def code_integers(numbers: list[float], steps: int) -> list[int]:
    """G6: the float32 numbers of a code as uint8. Beyond 8 bits they are clipped."""
    return [min(255, max(0, floor(Fraction(number) * steps + Fraction(1, 2)) + 128)) for number in numbers]


def vectors() -> VectorFile:
    about = "The restorer's code, and the integers at the ends of an int8 restorer."
    file = VectorFile("codes", "C1 C2 C3 G6", about)
    group = file.group(
        "code",
        "The code of the node where a walk ended.",
        {"tree": "a name in trees.json", "node": "the answer's id", "soft_code": "the averaged soft code (D5), K "
         "float64 numbers; null where the stored code is wanted whatever the conditioning (R3, T9)"},
        {"code": "K float32 numbers"},
    )  # fmt: skip
    for node, soft, wanted in SOFT:
        soft, found = [float(each) for each in soft], code(TREES["example"], node, [float(each) for each in soft])
        if found != wanted:
            raise AssertionError(f"node {node}: {found}, by hand {wanted}")
        group.add(f"by hand: node {node}", {"tree": "example", "node": node, "soft_code": soft}, {"code": found})
    numbers = stream(3)
    for name, tree in TREES.items():
        for node in [each["id"] for each in tree["nodes"]]:
            soft = [next(numbers) / 32768 - 1 for _ in range(2 ** tree["levels"] - 1)]
            for soft_code, what in [(soft, "soft"), (None, "stored")]:
                given = {"tree": name, "node": node, "soft_code": soft_code}
                group.add(f"{name}: {node}, {what}", given, {"code": code(tree, node, soft_code)})
    missing = {"tree": "example", "node": 9, "soft_code": None}
    group.add("no such node", missing, {"error": "NodeError", "names": ["9"]})
    _int8(file)
    return file


def _int8(file: VectorFile) -> None:
    codes = file.group(
        "int8_code",
        "A code as an int8 restorer takes it.",
        {"code": "float32 numbers", "code_steps": "tree.grid"},
        {"uint8": "code * code_steps + 128", "int8": "the same less 128"},
    )
    samples: list[tuple[str, list[float], int]] = [
        ("on the grid", [0.0, 0.5, -0.5, 1.0, -1.0, 1 / 64, -1 / 64], 64),
        ("the ends of 8 bits, and beyond", [127 / 64, 2.0, 100.0, -2.0, -129 / 64, -100.0], 64),
        ("a grid that float32 does not hold", [float32(n / 48) for n in range(-128, 128, 5)], 48),
        ("one step a unit", [-3.0, 0.0, 3.0], 1),
    ]
    for name, numbers, steps in samples:
        integers = code_integers(numbers, steps)
        expected = {"uint8": integers, "int8": [each - 128 for each in integers]}
        codes.add(name, {"code": numbers, "code_steps": steps}, expected)
    pixels = file.group(
        "int8_pixels",
        "Pixels as an int8 restorer takes and gives them: levels as they are, or less 128 where integers are signed.",
        {"levels": "uint8"},
        {"int8": "int8", "numbers": "float32, v / 255 (N1): what a level is where a number is wanted",
         "fixed_point": "whole numbers, M1's q: 256 v"},
    )  # fmt: skip
    levels = list(range(256))
    found: Fields = {
        "int8": file.array(bytes((level - 128) % 256 for level in levels), [256], "int8"),
        "numbers": [float32(level / 255) for level in levels],
        "fixed_point": [256 * level for level in levels],
    }
    pixels.add("all levels", {"levels": file.array(bytes(levels), [256])}, found)
