"""R1: whole photos, from their pixels to the result, with what an encoder and a restorer gave."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor

from amirnet.contract.blends import Cores, blended
from amirnet.contract.changes import change, mixed
from amirnet.contract.diagnoses import ENCODER, HEADS, MODEL, OPTIONS, Model, diagnosis, encoder
from amirnet.contract.floats import float32, packed
from amirnet.contract.lights import lit_up
from amirnet.contract.padding import rectangle
from amirnet.contract.pixels import Photo, made_photo, shape_of, to_bytes
from amirnet.contract.tiling import Plan, sizes
from amirnet.contract.vector_file import Fields, Group, VectorFile


@dataclass(frozen=True)
class Job:
    """A case before it is worked out."""

    name: str
    """Unique in its group."""
    model: Model
    """By which the photo is diagnosed."""
    plan: Plan
    """The photo, and how it is cut."""
    options: Fields = field(default_factory=dict)
    """What the user asks for."""
    int8: bool = False
    """The restorer gives levels."""
    short: bool = False
    """Memory does not suffice for the first size."""


def _plan(width: int, height: int, flexible: bool = True) -> Plan:
    return Plan(width, height, 24, 4, 6, 4, flexible)


JOBS = [
    Job("float", Model("example"), _plan(37, 30)),
    Job("int8, brightened, half of it", Model("example", "seven"), _plan(31, 26), {"strength": 0.5}, int8=True),
    Job("float, as low light", Model("full", "fifteen", trim=4), _plan(20, 33), {"light": "brighten"}),
    Job("int8, a kind, tiles of one size", Model("example"), _plan(29, 18, False), {"kind": "jpeg"}, int8=True),
    Job("float, a node, light kept", Model("example", "seven"), _plan(17, 40), {"node": 3, "light": "keep"}),
    Job("float, a node, its light times 2", Model("example", "seven"), _plan(16, 16), {"node": 4, "light": 2.0}),
    Job("one pixel", Model("without_kinds"), _plan(1, 1)),
    Job("one column", Model("lone_root", "one"), _plan(1, 50), int8=True),
    Job("nothing of it", Model("example"), _plan(18, 7), {"strength": 0.0}),
    Job("float, memory short at first", Model("example"), _plan(37, 30), short=True),
]


def vectors() -> VectorFile:
    file = VectorFile("restores", "R1 R2 R3 R5 R6 R7 R8 S6", "Whole photos, with recorded engines.")
    file.shared = {"lights": HEADS}
    group = file.group(
        "restore",
        "A photo restored. The engine is recorded: it gives `output` for the tile whose bytes have that SHA-256.",
        {"model": MODEL, "plan": "as in tiles.json; the size is geometry.tile.size and preferred, and nobody asks for "
         "another", "photo": "uint8 HWC", "options": OPTIONS, "encoder": ENCODER + "; null: it may not be run",
         "tiles": "input: SHA-256, in hex, of the tile's bytes, uint8 HWC (L5, E6); output: HWC, uint8 or float32; "
         "null: there is not enough memory for this tile", "code": "what the engine must be given with each tile"},
        {"path": "node ids", "light": "gain and bend, or null", "size": "the size a side that the photo was restored "
         "with", "tiles": "how many it took", "photo": "uint8 HWC, the result", "squares": "D", "numbers": "n"},
    )  # fmt: skip
    for seed, job in enumerate(JOBS, 60):
        given, expected = _case(file, job, seed)
        group.add(job.name, given, expected)
    _cancelled(file, group)
    return file


def _cancelled(file: VectorFile, restores: Group) -> None:
    group = file.group(
        "cancelled",
        "A restore that its caller ends (R8), and the same photo, by the same engine, once more.",
        {"case": "the name of a case of `restore`", "after": "tiles, 0 is before the first"},
        {"tiles": "that the engine has run when the restore ends; then the whole photo comes out as in that case"},
    )
    for case in restores.cases[:2]:
        for after in (0, 1, 4, case["expected"]["tiles"] - 1):
            given = {"case": case["name"], "after": after}
            group.add(f"{case['name']}: after {after}", given, {"tiles": after})


def _case(file: VectorFile, job: Job, seed: int) -> tuple[Fields, Fields]:
    plan = job.plan
    photo = made_photo(plan.width, plan.height, seed, base=40)
    stated, mask, value = encoder(file, job.model, photo, seed)
    found = diagnosis(job.model, photo, mask, value, job.options)
    light, numbers = found["light"], found["code"]
    seen = photo if light is None else lit_up(photo, light["gain"], light["bend"])
    tiles: list[Fields] = []
    if job.short:  # the first tile goes well, and what it gave must not be seen in the result
        first, second = _inputs(seen, plan)[:2]
        shape = shape_of(first)
        output = file.array(packed([1.0] * (shape[0] * shape[1] * 3)), shape, "float32")
        tiles = [{"input": _sha256(first), "output": output}, {"input": _sha256(second), "output": None}]
        plan = replace(plan, size=sizes(plan.size, plan.halo, plan.alignment, plan.flexible)[1])
    cores: Cores = []
    for tile in _inputs(seen, plan):
        given_back = _restored(tile, numbers, job.int8)
        flat = [number for row in given_back for pixel in row for number in pixel]
        content = bytes(map(int, flat)) if job.int8 else packed([float(number) for number in flat])
        kind, shape = "uint8" if job.int8 else "float32", [len(tile), len(tile[0]), 3]
        tiles.append({"input": _sha256(tile), "output": file.array(content, shape, kind)})
        across, down = (slice(plan.halo, plan.halo + axis.core) for axis in (plan.x, plan.y))
        core = [row[across] for row in given_back[down]]
        cores.append([[[n / 255 if job.int8 else n for n in pixel] for pixel in row] for row in core])
    restored = blended(plan, cores)
    parts = floor(job.options.get("strength", 1.0) * 256 + 0.5)
    rows = zip(photo, restored, strict=True)
    result = [[tuple(mixed([*p], [*r], parts)) for p, r in zip(*pair, strict=True)] for pair in rows]
    squares, count = change([*to_bytes(photo)], [*to_bytes(result)], False, None)
    given: Fields = {
        "model": job.model.given,
        "plan": job.plan.given,
        "photo": file.array(to_bytes(photo), shape_of(photo)),
        "options": job.options,
        "encoder": None if "node" in job.options else stated,
        "tiles": tiles,
        "code": numbers,
    }
    expected: Fields = {"path": found["path"], "light": light, "size": plan.size}
    expected |= {"tiles": len(plan.x.starts) * len(plan.y.starts), "squares": squares, "numbers": count}
    return given, expected | {"photo": file.array(to_bytes(result), shape_of(result))}


def _inputs(photo: Photo, plan: Plan) -> list[Photo]:
    """L5: the tiles' inputs, in plan order."""
    halo, across, down = plan.halo, plan.x.core + 2 * plan.halo, plan.y.core + 2 * plan.halo
    return [rectangle(photo, x - halo, y - halo, across, down) for y in plan.y.starts for x in plan.x.starts]


def _restored(tile: Photo, code: list[float], int8: bool) -> list[list[list[Fraction]]]:
    """What a restorer may give: each pixel moved towards its right neighbour and by the code, some of it out of range,
    and something else in each tile, so that a blend is seen."""
    shift = int(sum(code) * 8) + sum(tile[0][0]) % 7
    rows = []
    for row in tile:
        nexts = [*row[1:], row[-1]]
        levels = [
            [(3 * a + b) // 4 + shift for a, b in zip(p, q, strict=True)] for p, q in zip(row, nexts, strict=True)
        ]
        if int8:
            rows.append([[Fraction(min(255, max(0, level))) for level in pixel] for pixel in levels])
        else:
            rows.append([[Fraction(float32((level - 0.3) / 251)) for level in pixel] for pixel in levels])
    return rows


def _sha256(tile: Photo) -> str:
    return hashlib.sha256(to_bytes(tile)).hexdigest()
