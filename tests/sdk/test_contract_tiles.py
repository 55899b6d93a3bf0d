"""Vectors of tile plans, streams and memory, replayed (CONTRACT L, M5, S)."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from replay import refused_as, replay

from amirnet import Blender, Restorer, TilePlan
from amirnet.errors import OutOfMemoryError
from amirnet.runtime.engine import EngineMemory
from amirnet.runtime.input_window import InputWindow, row_span
from amirnet.runtime.memory_plan import PixelCost, peak, preferred_size, sizes_within
from amirnet.runtime.model_spec import TileGeometry
from amirnet.runtime.tile_plan import tile_sizes
from amirnet.runtime.tile_runner import first_that_fits


def plan_of(given):
    keys = ("width", "height", "size", "halo", "overlap", "alignment", "flexible")
    return TilePlan(**{key: given[key] for key in keys})


def sizes_of(plan):
    return tile_sizes(plan.size, plan.halo, plan.alignment, plan.flexible)


def engine_memory(given):
    return None if given["runtime"] is None else EngineMemory(given["runtime"], given["tile_pixel"])


@replay("tiles", "plan")
def test_tile_plan(given, expected):
    plan = plan_of(given)
    x, y = plan.horizontal, plan.vertical
    assert ([x.core, y.core], [x.padded, y.padded]) == (expected["core"], expected["padded"])
    assert (list(x.positions), list(y.positions)) == (expected["x"], expected["y"])
    assert (plan.shared, len(plan)) == (expected["overlap_in_use"], expected["tiles"])
    if len(plan) < 5000:
        assert [(tile.x, tile.y) for tile in plan] == [(left, top) for top in expected["y"] for left in expected["x"]]


@replay("tiles", "wrong")
def test_sizes_of_which_no_plan_can_be_made(given, expected):
    with refused_as(expected):
        plan_of(given)


@replay("tiles", "sizes")
def test_tile_sizes(given, expected):
    assert list(tile_sizes(**given)) == expected["sizes"]


@replay("tiles", "preferred")
def test_preferred_size(given, expected):
    assert preferred_size(plan_of(given), given["otherwise"], engine_memory(given)) == expected["size"]


@replay("tiles", "asked")
def test_the_size_that_is_asked_for(given, expected):
    spec = SimpleNamespace(tile=TileGeometry(56, 12, 6, 4, 9, given["flexible"], 56))
    engine = SimpleNamespace(fixed_tile=given["engine_tile"], memory=None)
    with refused_as(expected):
        plan = Restorer(SimpleNamespace(spec=spec), engine, given["tile"]).plan_for(100, 90)
        assert (plan.size, plan.flexible) == (expected["size"], expected["flexible"])


@replay("streams", "bands")
def test_bands(given, expected):
    plan = plan_of(given)
    assert list(plan.vertical.positions) == expected["y"]
    assert [list(row_span(plan, row)) for row in range(len(expected["y"]))] == expected["reads"]
    seen, found, final = [], [], []
    blender = Blender(plan, lambda top, left, levels: seen.append([top, left, *levels.shape[:2]]))
    for tile in plan:
        blender.add(tile, np.zeros((tile.height, tile.width, 3), np.uint8))
        found.append(seen.pop() if seen else None)
        final.append(max(part[0] + part[2] for part in found if part) if any(found) else 0)
    assert found == expected["rectangles"]
    assert final[len(plan.horizontal.positions) - 1 :: len(plan.horizontal.positions)] == expected["final"]


@replay("streams", "bands")
def test_every_row_is_read_once_and_held_as_long_as_it_is_needed(given, expected):
    plan, reads = plan_of(given), []

    def read(top, bottom):
        reads.extend(range(top, bottom))
        return np.broadcast_to(np.arange(top, bottom).astype(np.uint8)[:, None, None], (bottom - top, plan.width, 3))

    window = InputWindow(plan, read)
    for row, (first, end) in enumerate(expected["reads"]):
        window.step(row)
        assert window.block(first, 0, end - first, 1)[:, 0, 0].tolist() == [y % 256 for y in range(first, end)]
    assert reads == list(range(reads[-1] + 1))


@replay("streams", "memory")
def test_memory(given, expected):
    plan, engine = plan_of(given), engine_memory(given)
    assert peak(plan, PixelCost(given["bytes_opening"], given["bytes_held"]), engine) == expected["bytes"]
    rows = peak(plan, PixelCost(0, 0), EngineMemory(0, 0)) / plan.width
    assert rows == 3 * expected["held_rows"] + 24 * expected["shared_rows"]
    assert peak(plan, PixelCost(10**9, 0), EngineMemory(0, 1)) % 10**9 == expected["tile_pixels"]


@replay("streams", "limit")
def test_sizes_within_a_limit(given, expected):
    plan, engine = plan_of(given), SimpleNamespace(memory=engine_memory(given), title="an engine")
    with refused_as(expected):
        sizes = sizes_within(given["limit"] // 10**6, Path("p.jpg"), plan, sizes_of(plan), engine, PixelCost(4, 4))
        assert list(sizes) == expected["sizes"]


@replay("streams", "tried")
def test_the_next_size_is_tried(given, expected):
    plan, tried = plan_of(given), []

    def attempt(size):
        tried.append(replace(plan, size=size).size)
        if size in given["fails"]:
            raise OutOfMemoryError("no memory")
        return size

    with refused_as(expected):
        assert first_that_fits(sizes_of(plan), attempt) == expected["tried"][-1]
    assert tried == expected["tried"]
