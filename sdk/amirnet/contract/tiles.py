"""L1 to L7 and S5: tile plans, the sizes to try, and the errors of sizes that will not do."""

from __future__ import annotations

from amirnet.contract.tiling import Plan, preferred, sizes
from amirnet.contract.vector_file import Fields, Group, VectorFile

PLANS = [
    Plan(150, 60, 352, 48, 16, 4, True), Plan(1, 500, 352, 48, 16, 4, True), Plan(150, 60, 352, 48, 16, 4, False),
    Plan(257, 256, 352, 48, 16, 4, True), Plan(257, 256, 352, 48, 16, 4, False),
    Plan(997, 1009, 352, 48, 16, 4, True), Plan(40, 20, 104, 48, 16, 4, True), Plan(1, 1, 344, 44, 16, 4, True),
    Plan(1, 1, 344, 44, 16, 4, False), Plan(500, 1, 344, 44, 16, 4, True), Plan(8000, 6000, 600, 44, 16, 4, True),
    Plan(8000, 6000, 344, 44, 16, 4, False), Plan(4032, 3024, 600, 44, 16, 4, True), Plan(101, 103, 56, 12, 6, 4, True),
    Plan(101, 103, 56, 12, 6, 4, False), Plan(7919, 7, 56, 12, 6, 4, True), Plan(31, 37, 8, 0, 0, 1, True),
    Plan(31, 37, 9, 1, 100, 1, True), Plan(64, 64, 64, 0, 8, 64, True), Plan(65, 129, 64, 0, 8, 64, False),
    Plan(12000, 9000, 600, 44, 16, 4, True),
]  # fmt: skip

BY_HAND = [
    ([152, 60], [152, 60], [0], [0]),
    ([4, 180], [4, 500], [0], [0, 160, 320]),
    ([256, 256], [256, 256], [0], [0]),
    ([140, 256], [260, 256], [0, 120], [0]),
    ([256, 256], [260, 256], [0, 4], [0]),
    ([216, 216], [1000, 1012], [0, 196, 392, 588, 784], [0, 196, 396, 596, 796]),
    ([8, 8], [40, 20], [0, 4, 8, 12, 16, 20, 24, 28, 32], [0, 4, 8, 12]),
]
"""Of the first plans, worked out by hand: cores, padded lengths, x and y."""

SIZES = [
    ((344, 44, 4, True), [344, 280, 232, 196, 168, 148, 132, 120, 112]),
    ((352, 48, 4, True), [352, 288, 240, 204, 176, 156, 140, 128, 120]),
    ((56, 12, 4, True), [56, 48, 40, 36, 32]),
    ((104, 48, 4, True), [104]),
    ((352, 48, 4, False), [352]),
]
"""Size, halo, alignment, flexible, and by hand the sizes to try."""

WRONG: list[tuple[str, dict[str, int], list[str]]] = [
    ("no alignment", {"alignment": 0}, []),
    ("a negative halo", {"halo": -4}, []),
    ("a negative overlap", {"overlap": -1}, []),
    ("a halo that is no multiple", {"halo": 10}, ["10", "4"]),
    ("no core at all", {"size": 24}, ["24", "28"]),
    ("far too small, and no multiple", {"size": 3}, ["3", "28"]),
    ("no multiple", {"size": 57}, ["57", "56", "60"]),
    ("no multiple, just above the smallest", {"size": 30}, ["30", "28", "32"]),
    ("halo before size", {"halo": 11, "size": 9}, ["11", "4"]),
    ("no width", {"width": 0}, ["0x103"]),
    ("no height", {"height": 0}, ["101x0"]),
]

PLAN = {
    "width": "",
    "height": "of the photo",
    "size": "the tile's input a side",
    "halo": "",
    "overlap": "",
    "alignment": "of geometry.tile",
    "flexible": "whether the graph takes smaller tiles",
}
"""What a plan is made of, in words."""


def vectors() -> VectorFile:
    file = VectorFile("tiles", "L1 L2 L3 L4 L5 L7 S5", "How a photo is cut into tiles.")
    plans = file.group(
        "plan",
        "A photo's tiles: all pairs of y and x, y the outer loop.",
        PLAN,
        {"core": "of the horizontal and of the vertical axis", "padded": "likewise", "x": "where cores begin",
         "y": "likewise", "overlap_in_use": "L2", "tiles": "how many"},
    )  # fmt: skip
    for place, plan in enumerate(PLANS):
        x, y = plan.x, plan.y
        found: Fields = {"core": [x.core, y.core], "padded": [x.padded, y.padded], "x": [*x.starts], "y": [*y.starts]}
        if place < len(BY_HAND) and tuple(found.values()) != BY_HAND[place]:
            raise AssertionError(f"{plan}: {found}, by hand {BY_HAND[place]}")
        more = {"overlap_in_use": plan.shared, "tiles": len(x.starts) * len(y.starts)}
        plans.add(_name(plan), plan.given, found | more)
    wrong = file.group(
        "wrong",
        "Sizes of which no plan can be made. What is wrong first is told, and a size that would do.",
        PLAN,
        {},
    )
    for name, change, names in WRONG:
        given = Plan(101, 103, 56, 12, 6, 4, True).given | change
        wrong.add(name, given, {"error": "TileError", "names": names})
    tried = file.group(
        "sizes",
        "The sizes to try where memory is short (S5).",
        {key: PLAN[key] for key in ("size", "halo", "alignment", "flexible")},
        {"sizes": "the largest first"},
    )
    for (size, halo, alignment, flexible), by_hand in SIZES:
        if sizes(size, halo, alignment, flexible) != by_hand:
            raise AssertionError(f"sizes of {size}: by hand {by_hand}")
    for size, halo, alignment, flexible in [*(each for each, _ in SIZES), (600, 44, 4, True), (9, 0, 1, True)]:
        case = {"size": size, "halo": halo, "alignment": alignment, "flexible": flexible}
        tried.add(f"{size}, {flexible}", case, {"sizes": sizes(size, halo, alignment, flexible)})
    _preferred(file)
    _asked(file)
    return file


def _name(plan: Plan) -> str:
    flexible = "flexible" if plan.flexible else "fixed"
    return f"{plan.width}x{plan.height}, {plan.size}/{plan.halo}/{plan.overlap}/{plan.alignment}, {flexible}"


def _preferred(file: VectorFile) -> None:
    group = file.group(
        "preferred",
        "The size for a photo where nobody asks for one (L7). A plan's `size` is geometry.tile.preferred.",
        {**PLAN, "otherwise": "geometry.tile.size", "runtime": "bytes of the engine and what loads it, or null where "
         "that is not known", "tile_pixel": "bytes that the engine takes a pixel of a tile, or null"},
        {"size": "the tile"},
    )  # fmt: skip
    engines = {"unknown": None, "small": (100_000_000, 340), "int8": (72_000_000, 760), "large": (150_000_000, 980),
               "huge": (300_000_000, 340)}  # fmt: skip
    photos = [(1, 1), (640, 480), (4032, 3024), (8000, 6000), (12000, 9000), (16000, 500), (500, 16000)]
    for engine, taken in engines.items():
        for width, height in photos:
            plan = Plan(width, height, 600, 44, 16, 4, True)
            runtime, tile_pixel = taken or (None, None)
            size = 344 if taken is None else preferred(plan, 344, *taken)
            given = {**plan.given, "otherwise": 344, "runtime": runtime, "tile_pixel": tile_pixel}
            group.add(f"{width}x{height}, engine {engine}", given, {"size": size})


def _asked(file: VectorFile) -> None:
    group = file.group(
        "asked",
        "The size that a plan gets of what a caller asks for (L1, G3). The bundle's tiles: size 56, halo 12, overlap "
        "6, alignment 4, preferred 56.",
        {"flexible": "of the bundle", "engine_tile": "the only side that the engine takes, or null", "tile": "the "
         "size asked for, or null"},
        {"size": "the plan's", "flexible": "the plan's"},
    )  # fmt: skip

    def case(name: str, flexible: bool, engine: int | None, tile: int | None, *names: str, size: int = 0) -> None:
        given = {"flexible": flexible, "engine_tile": engine, "tile": tile}
        group.add(name, given, _outcome(names, size, flexible and engine is None))

    case("nothing asked", True, None, None, size=56)
    case("another size", True, None, 100, size=100)
    case("one that will not do", True, None, 101, "101", "100", "104")
    case("its own size of a fixed graph", False, None, 56, size=56)
    case("nothing asked of a fixed graph", False, None, None, size=56)
    case("another size of a fixed graph", False, None, 60, "60", "56")
    case("a wrong size of a fixed graph", False, None, 58, "58", "56", "60")
    case("nothing asked of a fixed engine", True, 56, None, size=56)
    case("its own size of a fixed engine", True, 56, 56, size=56)
    case("another size of a fixed engine", True, 56, 64, "64", "56")


def _outcome(names: tuple[str, ...], size: int, flexible: bool) -> Fields:
    return {"error": "TileError", "names": [*names]} if names else {"size": size, "flexible": flexible}


def add_plan(group: Group, plan: Plan, given: Fields, expected: Fields) -> None:
    """A case of a plan, by its usual name."""
    group.add(_name(plan) + "".join(f", {key} {value}" for key, value in given.items()), plan.given | given, expected)
