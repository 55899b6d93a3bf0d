"""S1 to S6 and M5: what a tile row reads, what is final with it, what it takes in memory, what is tried next."""

from __future__ import annotations

from dataclasses import replace

from amirnet.contract.tiles import PLAN, PLANS, add_plan
from amirnet.contract.tiling import Plan, memory, sizes
from amirnet.contract.vector_file import Fields, VectorFile

BY_HAND = [
    (
        Plan(50, 1009, 352, 48, 16, 4, True),
        [0, 196, 396, 596, 796],
        "0-264 148-460 348-660 548-860 748-1009",
        [196, 396, 596, 796, 1009],
    ),
    (Plan(50, 257, 352, 48, 16, 4, False), [0, 4], "0-257 0-257", [4, 257]),
    (Plan(50, 97, 56, 12, 6, 4, True), [0, 20, 44, 68], "0-44 8-64 32-88 56-97", [20, 44, 68, 97]),
    (
        Plan(50, 30, 28, 12, 6, 4, True),
        [0, 0, 4, 4, 8, 8, 12, 12, 16, 16, 20, 20, 24, 28],
        "0-16 0-16 0-20 0-20 0-24 0-24 0-28 0-28 4-30 4-30 8-30 8-30 12-30 15-30",
        [0, 4, 4, 8, 8, 12, 12, 16, 16, 20, 20, 24, 28, 30],
    ),
    (
        Plan(50, 33, 28, 12, 0, 4, False),
        [0, 4, 8, 12, 16, 20, 24, 28, 32],
        "0-16 0-20 0-24 0-28 4-32 8-33 12-33 16-33 17-33",
        [4, 8, 12, 16, 20, 24, 28, 32, 33],
    ),
]
"""A plan, and by hand where its tile rows begin, what they read, and to where rows are final after each."""

TRIED: list[tuple[str, Plan, list[int], list[int]]] = [
    ("none fails", PLANS[13], [], [56]),
    ("the first fails", PLANS[13], [56], [56, 48]),
    ("three fail", PLANS[13], [56, 48, 40], [56, 48, 40, 36]),
    ("all fail", PLANS[13], [56, 48, 40, 36, 32], [56, 48, 40, 36, 32]),
    ("a fixed graph has one size", PLANS[14], [56], [56]),
]
"""Plan, the sizes for which memory does not suffice, and which are tried."""


def vectors() -> VectorFile:
    file = VectorFile("streams", "S1 S3 S4 S5 S6 M5", "A photo restored in its own rows: bands, memory, smaller tiles.")
    bands = file.group(
        "bands",
        "What each tile row reads, and what is given out with each tile.",
        PLAN,
        {"y": "where tile rows begin", "reads": "[first, end) of the photo's rows, a tile row each", "final": "to "
         "which row all is final after each tile row", "rectangles": "of each tile in plan order top, left, height "
         "and width of what is given out with it; null: nothing is"},
    )  # fmt: skip
    plans = [*(plan for plan, *_ in BY_HAND), *(plan for plan in PLANS if plan.width * plan.height < 10**6)]
    for place, plan in enumerate(plans):
        final = [*plan.y.starts[1:], plan.height]
        if place < len(BY_HAND):
            _, y, reads, ends = BY_HAND[place]
            if (list(plan.y.starts), [f"{a}-{b}" for a, b in plan.reads()], final) != (y, reads.split(), ends):
                raise AssertionError(f"{plan}: by hand {BY_HAND[place]}")
        found: Fields = {"y": [*plan.y.starts], "reads": plan.reads(), "final": final}
        add_plan(bands, plan, {}, found | {"rectangles": plan.rectangles()})
    _memory(file)
    _tried(file)
    return file


def _memory(file: VectorFile) -> None:
    group = file.group(
        "memory",
        "The most bytes that restoring takes (S4).",
        {**PLAN, "bytes_held": "b: bytes that the buffer takes a pixel of the photo", "bytes_opening": "bytes a pixel "
         "while the photo is opened or written, if that is more", "runtime": "bytes of the loaded runtime",
         "tile_pixel": "m: bytes that the engine takes a pixel of a tile"},
        {"held_rows": "R", "shared_rows": "O", "tile_pixels": "t", "bytes": "all of it, the runtime too"},
    )  # fmt: skip
    # By hand: 12 megapixels in tiles of 344, halo 44. Tile rows read 344 rows (+ 16), neighbours share 20 of them.
    twelve = Plan(4000, 3000, 344, 44, 16, 4, True)
    rows = max(end - first for first, end in twelve.reads())
    if rows > 344 or memory(twelve, 4, 4, 0, 0).bytes != 48_000_000 + 4000 * (
        3 * (rows + 16) + 24 * memory(twelve, 4, 4, 0, 0).shared_rows
    ):
        raise AssertionError("the formula is not the sum of its parts")
    for plan in PLANS:
        for held, opening, runtime, pixel in [(4, 4, 0, 0), (4, 4, 100_000_000, 340), (3, 12, 72_000_000, 760)]:
            more = {"bytes_held": held, "bytes_opening": opening, "runtime": runtime, "tile_pixel": pixel}
            add_plan(group, plan, more, dict(vars(memory(plan, held, opening, runtime, pixel))))
    limited = file.group(
        "limit",
        "The sizes to try where a limit is stated, in bytes (S5). The buffer takes 4 bytes a pixel, at any time.",
        {**PLAN, "limit": "bytes, a multiple of 1,000,000", "runtime": "", "tile_pixel": "as in `memory`"},
        {"sizes": "the largest first"},
    )
    for width, height in [(640, 480), (4032, 3024), (12000, 9000)]:
        plan = Plan(width, height, 344, 44, 16, 4, True)
        for limit in (100, 140, 160, 180, 200, 600):
            engine = {"runtime": 100_000_000, "tile_pixel": 340}
            fits = [
                size for size in sizes(plan.size, plan.halo, plan.alignment, plan.flexible)
                if memory(replace(plan, size=size), 4, 4, **engine).bytes <= limit * 10**6
            ]  # fmt: skip
            expected: Fields = {"sizes": fits} if fits else {"error": "OutOfMemoryError", "names": []}
            add_plan(limited, plan, {"limit": limit * 10**6, **engine}, expected)


def _tried(file: VectorFile) -> None:
    group = file.group(
        "tried",
        "Which sizes are tried, one after the other, where memory does not suffice (S6).",
        {**PLAN, "fails": "the sizes for which memory does not suffice"},
        {"tried": "sizes in the order in which they are; with an error: all of them, before it is raised"},
    )
    for name, plan, fails, tried in TRIED:
        expected: Fields = {"tried": tried}
        if tried[-1] in fails:
            expected |= {"error": "OutOfMemoryError", "names": [str(tried[-1])]}
        group.add(name, plan.given | {"fails": fails}, expected)
