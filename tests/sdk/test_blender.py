"""Blender: equal to the formula pixel by pixel, streamed or whole, exact where tiles agree."""

import numpy as np
import pytest
from blending import blended
from hypothesis import given, settings
from hypothesis import strategies as st

from amirnet import Blender, TilePlan
from amirnet.errors import TileError
from amirnet.runtime.blender import fixed_point, lone_levels, rounded


@st.composite
def small_plans(draw: st.DrawFn) -> TilePlan:
    alignment = draw(st.sampled_from([1, 2, 4]))
    size = alignment * draw(st.integers(1, 6))
    sides = st.integers(1, 23)
    return TilePlan(draw(sides), draw(sides), size, 0, draw(st.integers(0, 6)), alignment, draw(st.booleans()))


def random_cores(plan: TilePlan, seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.uniform(-0.2, 1.2, (tile.height, tile.width, 3)).astype(np.float32) for tile in plan]


def brute_force(plan: TilePlan, cores: list[np.ndarray]) -> np.ndarray:
    """The contract's formulas, one pixel and channel at a time, in Python integers over the whole photo."""
    total = [[[0, 0, 0] for _ in range(plan.width)] for _ in range(plan.height)]
    weights = [[0] * plan.width for _ in range(plan.height)]
    full = plan.shared + 1

    def along(axis, position, offset):
        left = full if position == 0 else min(full, 1 + offset)
        right = full if position == axis.positions[-1] else min(full, axis.core - offset)
        return min(left, right)

    for tile, core in zip(plan, cores, strict=True):
        for y in range(min(tile.height, plan.height - tile.y)):
            for x in range(min(tile.width, plan.width - tile.x)):
                weight = along(plan.horizontal, tile.x, x) * along(plan.vertical, tile.y, y)
                weights[tile.y + y][tile.x + x] += weight
                for channel in range(3):
                    number = float(core[y, x, channel]) / (255 if core.dtype == np.uint8 else 1)
                    total[tile.y + y][tile.x + x][channel] += weight * int(min(1.0, max(0.0, number)) * 65280 + 0.5)
    pixels = np.zeros((plan.height, plan.width, 3), np.uint8)
    for y in range(plan.height):
        for x in range(plan.width):
            weight = weights[y][x]
            pixels[y, x] = [(2 * number + 256 * weight) // (512 * weight) for number in total[y][x]]
    return pixels


@settings(max_examples=40)
@given(small_plans(), st.integers(0, 10**6))
def test_blend_equals_the_formula(plan, seed):
    cores = random_cores(plan, seed)
    np.testing.assert_array_equal(blended(plan, cores), brute_force(plan, cores))
    levels = [np.rint(core.clip(0, 1) * 255).astype(np.uint8) for core in cores]
    np.testing.assert_array_equal(blended(plan, levels), brute_force(plan, levels))


def test_what_one_core_alone_holds_is_rounded_as_sums_are():
    """Every float32 within a few steps of where a level turns, by the formula of sums and by the shorter one."""
    turns = ((np.arange(256) * 256 + 127.5) / 65280).astype(np.float32)
    near = np.concatenate([(turns.view(np.int32) + step).view(np.float32) for step in range(-40, 41)])
    numbers = np.concatenate([near, [-1, -0.0, 1, 2, np.inf, -np.inf, 1e-40]]).astype(np.float32)
    core = np.repeat(numbers, 3).reshape(-1, 1, 3)
    found = np.zeros(core.shape, np.uint8)
    lone_levels(core, found)
    np.testing.assert_array_equal(found, rounded(fixed_point(core), np.float64(1)))
    assert len(np.unique(found)) == 256


@given(small_plans(), st.integers(0, 10**6))
def test_tiles_of_one_photo_give_that_photo_back(plan, seed):
    photo = np.random.default_rng(seed).integers(0, 256, (plan.height, plan.width, 3), dtype=np.uint8)
    padded = np.pad(photo, ((0, plan.vertical.padded - plan.height), (0, plan.horizontal.padded - plan.width), (0, 0)))
    cores = [padded[t.y : t.y + t.height, t.x : t.x + t.width].astype(np.float32) / np.float32(255) for t in plan]
    np.testing.assert_array_equal(blended(plan, cores), photo)


def test_rows_are_given_out_as_soon_as_no_later_tile_touches_them():
    plan = TilePlan(8, 40, 16, 0, 4, 4)
    ends = []
    blender = Blender(plan, lambda top, left, levels: ends.append(top + len(levels)))
    for place, (tile, core) in enumerate(zip(plan, random_cores(plan, 0), strict=True)):
        blender.add(tile, core)
        assert ends[-1] == [*plan.vertical.positions[1:], 40][place]


def test_memory_does_not_grow_with_the_photos_height():
    plan = TilePlan(64, 20_000, 32, 0, 4, 4)
    blender = Blender(plan, lambda *finished: None)
    core, sizes = np.zeros((plan.vertical.core, plan.horizontal.core, 3), np.float32), set()
    for tile in plan:
        blender.add(tile, core)
        sizes.add((blender._carried.shape, blender._pending.shape[0], blender._pending.shape[1] <= 3 * 8))
    assert sizes == {((8, 3 * 64), 32, True)}


def test_fixed_point_rounds_halves_up_and_clamps():
    values = np.array([-1.0, 0.0, 0.5 / 65280, 1.0, 2.0, np.inf, -np.inf], np.float64)
    assert fixed_point(values).tolist() == [0, 0, 1, 65280, 65280, 65280, 0]


def test_nan_names_the_tile():
    plan = TilePlan(8, 8, 8, 0, 0, 4)
    (tile,) = plan
    with pytest.raises(TileError, match=r"tile 0 at \(0, 0\): the model returned NaN"):
        Blender(plan, print).add(tile, np.full((8, 8, 3), np.nan, np.float32))


def test_a_tile_out_of_order_or_of_the_wrong_shape_is_refused():
    plan = TilePlan(8, 16, 8, 0, 0, 4)
    first, second = plan
    with pytest.raises(TileError, match="tile 0 comes next"):
        Blender(plan, print).add(second, np.zeros((8, 8, 3), np.float32))
    with pytest.raises(TileError, match="shape"):
        Blender(plan, print).add(first, np.zeros((3, 8, 8), np.float32))
