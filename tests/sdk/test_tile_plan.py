"""Tile plan: every pixel covered, everything aligned, integers only."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amirnet import Restorer, TilePlan
from amirnet.errors import TileError
from amirnet.runtime.memory_plan import MEGABYTE, PixelCost, peak
from amirnet.runtime.tile_plan import tile_sizes

LENGTHS = st.one_of(st.integers(1, 700), st.sampled_from([1, 2, 150, 60, 500, 499, 503, 997, 1009, 4032]))


@st.composite
def plans(draw: st.DrawFn) -> TilePlan:
    alignment = draw(st.sampled_from([1, 2, 4, 8, 3]))
    halo = alignment * draw(st.integers(0, 12))
    size = 2 * halo + alignment * draw(st.integers(1, 64))
    overlap = draw(st.integers(0, 40))
    return TilePlan(draw(LENGTHS), draw(LENGTHS), size, halo, overlap, alignment, draw(st.booleans()))


@given(plans())
@example(TilePlan(1, 1, 352, 48, 16, 4))
@example(TilePlan(1, 500, 352, 48, 16, 4))
@example(TilePlan(150, 60, 352, 48, 16, 4))
@example(TilePlan(997, 1009, 352, 48, 16, 4))
def test_cores_cover_every_pixel_and_are_aligned(plan):
    largest = plan.size - 2 * plan.halo
    for length, axis in ((plan.width, plan.horizontal), (plan.height, plan.vertical)):
        covered = np.zeros(axis.padded, dtype=int)
        for position in axis.positions:
            assert position % plan.alignment == 0
            assert 0 <= position < length
            covered[position : position + axis.core] += 1
        assert covered.min() >= 1
        assert axis.core % plan.alignment == 0
        assert axis.core <= largest if plan.flexible else axis.core == largest
        assert axis.positions[0] == 0
        assert axis.positions[-1] + axis.core == axis.padded
        assert list(axis.positions) == sorted(axis.positions)
        assert length <= axis.padded <= max(axis.core, length + plan.alignment - 1)


@given(plans())
def test_iteration_is_row_by_row_and_complete(plan):
    if len(plan) > 2000:
        return
    tiles = list(plan)
    assert len(tiles) == len(plan)
    assert [tile.index for tile in tiles] == list(range(len(tiles)))
    expected = [(x, y) for y in plan.vertical.positions for x in plan.horizontal.positions]
    assert [(tile.x, tile.y) for tile in tiles] == expected
    assert {(tile.width, tile.height) for tile in tiles} == {(plan.horizontal.core, plan.vertical.core)}


@given(st.integers(1, 5000), st.integers(0, 16))
def test_neighbours_share_nearly_the_overlap(length, overlap):
    axis = TilePlan(length, 1, 352, 48, overlap, 4).horizontal
    steps = np.diff(axis.positions)
    assert all(step <= axis.core - overlap + 4 for step in steps)


def test_a_photo_that_fits_is_one_small_tile():
    (tile,) = TilePlan(150, 60, 352, 48, 16, 4)
    assert (tile.x, tile.y, tile.width, tile.height) == (0, 0, 152, 60)


def test_a_fixed_graph_gets_full_tiles():
    (tile,) = TilePlan(150, 60, 352, 48, 16, 4, flexible=False)
    assert (tile.width, tile.height) == (256, 256)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ((96, 48, 16, 4), "tile 96: its core would be empty with a halo of 48; choose 100 or more"),
        ((101, 48, 16, 4), "tile 101: must be a multiple of 4; choose 100 or 104"),
        ((352, 46, 16, 4), "halo 46: must be a multiple of the alignment 4"),
        ((352, 48, -1, 4), "must be at least"),
        ((352, 48, 16, 0), "must be at least"),
    ],
)
def test_sizes_that_contradict_are_refused_with_a_remedy(sizes, message):
    with pytest.raises(TileError, match=message):
        TilePlan(100, 100, *sizes)


def test_a_photo_without_pixels_is_refused():
    with pytest.raises(TileError, match="0x5"):
        TilePlan(0, 5, 352, 48, 16, 4)


def preferring(reseal, preferred=104):
    """The toy, whose tile is 56, with a larger one where there is room."""
    return Restorer.from_bundle(reseal(lambda manifest: manifest["geometry"]["tile"].update(preferred=preferred)))


def test_the_preferred_tile_where_there_is_room(reseal):
    """Sizes fall by S5 as photos grow, and come back to the bundle's own."""
    restorer = preferring(reseal, 1784)
    sizes = [restorer.plan_for(4 * unit, 3 * unit).size for unit in range(10, 20_000, 500)]
    assert sizes[0] == 1784 or sizes[0] in tile_sizes(1784, 12, 4, True)
    assert sizes == sorted(sizes, reverse=True) and len(set(sizes)) > 3
    for unit, size in zip(range(10, 20_000, 500), sizes, strict=True):
        room = 262_500_000 + 25 * 12 * unit * unit // 8
        plan = TilePlan(4 * unit, 3 * unit, size, 12, 6, 4)
        assert size == 56 or peak(plan, PixelCost(4, 4), restorer.engine.memory) <= room


def test_what_is_asked_for_or_unknown_is_no_matter_of_room(reseal):
    restorer = preferring(reseal)
    assert restorer.plan_for(400, 300).size == 104
    assert Restorer(restorer.bundle, restorer.engine, tile=56).plan_for(400, 300).size == 56
    restorer.engine.memory = None
    assert restorer.plan_for(400, 300).size == 56
    restorer.engine.fixed_tile = 56
    assert Restorer(restorer.bundle, restorer.engine).plan_for(400, 300).size == 56


def test_twelve_megapixels_take_300_megabytes_and_108_take_600(reseal):
    restorer = preferring(reseal, 1784)
    for unit, most in ((1000, 300), (3000, 600)):
        plan = restorer.plan_for(4 * unit, 3 * unit)
        found = peak(plan, PixelCost(4, 4), restorer.engine.memory)
        assert plan.size > 300 and 0.8 * most * MEGABYTE < found <= most * MEGABYTE
