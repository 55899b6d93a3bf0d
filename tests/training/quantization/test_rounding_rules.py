"""The exact grid: which scales are tied, and that no product of whole numbers can be rounded two ways."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from amirnet_training.program.restorer import Blocks, step_names
from amirnet_training.quantization.calibrate import calibrate
from amirnet_training.quantization.grid import FIXED, LOW
from amirnet_training.quantization.rounding_rules import EDGE, FINEST, Product, Ties, factor_scale, inexact, shift_for

TWO, THREE = Blocks(2, 0, 6), Blocks(2, 2, 3)


@pytest.fixture(scope="module")
def scales(random_restorer) -> dict[str, float]:
    restorer = random_restorer(seed=3)
    assert restorer.blocks == THREE
    batch = torch.rand(2, 3, 32, 32), torch.randint(-64, 65, (2, 7, 1, 1)) / 64
    grid = calibrate(restorer, [batch], 64).grid
    assert grid.activations["encode0/hidden"].zero_point == LOW, "the grid itself is the ReLU"
    return {name: scale.scale for name, scale in grid.activations.items()}


@pytest.mark.parametrize(("blocks", "steered_blocks"), [(TWO, 2 + 4), (THREE, 2 + 2 + 2)])
def test_what_is_added_is_tied(blocks: Blocks, steered_blocks: int) -> None:
    ties = Ties.of(blocks)
    groups = ties.groups()
    assert sorted(step for members in groups.values() for step in members) == sorted(step_names(blocks, steered=True))
    assert groups["tile"] == list(FIXED)
    assert {"stem", "encode1/sum", "up", "merge", "decode1/sum"} <= set(groups["stem"]) and "down" not in groups["stem"]
    assert groups["encode0/gained"] == ["encode0/gained", "encode0/shift", "encode0/hidden"]
    assert groups["encode0/spatial"] == ["encode0/spatial"]
    assert Product("residual", "head", "scale") in ties.products and len(ties.products) == 1 + 2 * steered_blocks
    assert Ties.of(blocks, steered=False).products == []


def test_the_third_scale_joins_the_second() -> None:
    groups = Ties.of(THREE).groups()
    assert {"down", "reduce1/sum", "ascend", "rejoin", "rebuild1/sum"} <= set(groups["down"])
    assert {"descend", "middle2/sum"} <= set(groups["descend"]) and "ascend" not in groups["descend"]


def test_a_calibrated_grid_is_exact_and_others_are_told(scales: dict[str, float]) -> None:
    ties = Ties.of(THREE)
    assert inexact(scales, ties) == []
    for step in ("middle1/sum", "encode0/scale"):
        assert inexact({**scales, step: scales[step] * 1.001}, ties) == [step]
    without_edge = scales["scale"] / (1 + EDGE)
    assert inexact({**scales, "scale": without_edge}, ties) == ["scale"]
    too_fine = scales["scale"] * 2.0 ** -(FINEST + 3)
    assert inexact({**scales, "scale": too_fine}, ties) == ["scale"]


@given(st.floats(1e-3, 1.0), st.floats(1e-3, 1.0), st.floats(1e-4, 0.5))
def test_a_factor_gets_as_fine_a_scale_as_it_may(value: float, result: float, least: float) -> None:
    shift = shift_for(value, result, least)
    scale = factor_scale(value, result, shift)
    assert scale >= least * (1 - 1e-4) and float(np.float32(scale)) == scale
    assert shift == FINEST or factor_scale(value, result, shift + 1) < least * (1 + 1e-4)


@pytest.mark.parametrize("shift", range(FINEST + 1))
@pytest.mark.parametrize(("value", "result"), [(0.0369, 0.069), (0.13, 0.0493), (1 / 255, 1 / 255), (0.9, 0.01)])
def test_every_product_rounds_one_way(value: float, result: float, shift: int) -> None:
    """Each whole number that a product can be, rounded in six ways that engines use."""
    value, result = float(np.float32(value)), float(np.float32(result))
    factor = factor_scale(value, result, shift)
    product = np.arange(-160 * 2**shift, 160 * 2**shift + 1)
    exact = np.round(product * (value * factor / result))  # float64, halves to even
    ratio = np.float32(value) * np.float32(factor) / np.float32(result)
    once = product.astype(np.float32) * ratio
    twice = product.astype(np.float32) * np.float32(value) * np.float32(factor) / np.float32(result)
    fixed = (product * np.int64(round(float(ratio) * 2**31)) + 2**30) >> 31  # 31 bits, halves up
    ways = {"once": np.rint(once), "twice": np.rint(twice), "up": np.floor(once + np.float32(0.5)), "fixed": fixed}
    for zero_point in (-128, 127, 255):
        ways[f"beside {zero_point}"] = np.rint(once + np.float32(zero_point)) - zero_point
    inside = np.abs(exact) < 128
    for name, found in ways.items():
        assert np.array_equal(found[inside], exact[inside]), name


def test_without_the_edge_they_do_not() -> None:
    """The check above can fail: products on halves are rounded up by some and to even by others."""
    product = np.arange(-1000, 1001)
    once = product.astype(np.float32) * np.float32(2.0**-4)
    assert (np.rint(once) != np.floor(once + np.float32(0.5))).mean() > 0.01
