"""Vectors of codes, int8 ends, blends, strength and change, replayed (CONTRACT C, G6, M, R5, R6)."""

import numpy as np
from replay import array, doubles, refused_as, replay, tree
from test_contract_tiles import plan_of

from amirnet import Blender
from amirnet.runtime.blender import axis_weights, fixed_point, lone_levels, rounded
from amirnet.runtime.change import LEFT_ALONE, Change
from amirnet.runtime.int8 import code_bytes, real_pixels, signed, unsigned
from amirnet.runtime.strength import mixed, parts_of
from amirnet.runtime.tile_plan import Axis


@replay("codes", "code")
def test_code(given, expected):
    soft = None if given["soft_code"] is None else doubles(given["soft_code"])
    with refused_as(expected):
        code = tree(given["tree"]).code_for(given["node"], soft)
        assert code.dtype == np.float32
        assert code.tolist() == expected["code"]


@replay("codes", "int8_code")
def test_int8_code(given, expected):
    code = np.array(given["code"], np.float32)
    assert code.tolist() == given["code"], "they are float32"
    integers = code_bytes(code, given["code_steps"])
    assert (integers.tolist(), signed(integers).tolist()) == (expected["uint8"], expected["int8"])


@replay("codes", "int8_pixels")
def test_int8_pixels(given, expected):
    levels = array(given["levels"])
    np.testing.assert_array_equal(signed(levels), array(expected["int8"]))
    np.testing.assert_array_equal(unsigned(signed(levels)), levels)
    assert real_pixels(levels).tolist() == expected["numbers"]
    assert fixed_point(levels).tolist() == expected["fixed_point"]


@replay("blends", "weights")
def test_weights(given, expected):
    axis = Axis(given["core"], given["padded"], ())
    assert axis_weights(axis, given["begins"], given["overlap"]).tolist() == expected["weights"]


@replay("blends", "level")
def test_level(given, expected):
    numbers, weights = np.array(given["numbers"]).astype(np.float32), np.array(given["weights"])
    q = fixed_point(numbers)
    assert q.tolist() == expected["fixed_point"]
    assert rounded((weights * q).sum(), weights.sum()) == expected["level"]
    if len(numbers) == 1:
        alone = np.empty((1, 1, 1), np.uint8)
        lone_levels(numbers.reshape(1, 1, 1), alone)
        assert alone[0, 0, 0] == expected["level"]


@replay("blends", "photo")
def test_blended(given, expected):
    plan = plan_of(given["plan"])
    photo = np.full((plan.height, plan.width, 3), 7, np.uint8)

    def put(top, left, levels):
        photo[top : top + levels.shape[0], left : left + levels.shape[1]] = levels

    with refused_as(expected):
        blender = Blender(plan, put)
        for tile, core in zip(plan, given["cores"], strict=True):
            blender.add(tile, array(core))
        np.testing.assert_array_equal(photo, array(expected["photo"]))


@replay("changes", "strength")
def test_strength(given, expected):
    photo, restored = (np.array(given[key], np.uint8) for key in ("photo", "restored"))
    parts = parts_of(given["strength"])
    assert (parts, mixed(photo, restored, parts).tolist()) == (expected["parts"], expected["result"])


@replay("changes", "change")
def test_change(given, expected):
    photo, result = (np.array(given[key], np.uint8).reshape(-1, 2 if len(given[key]) == 6 else 1, 3)
                     for key in ("photo", "result"))  # fmt: skip
    alpha = given["alpha"]
    change = Change()
    change.add(photo, result, given["gray"], None if alpha is None else np.reshape(alpha, photo.shape[:2]) > 0)
    assert (change.squares, change.numbers) == (expected["squares"], expected["numbers"])


@replay("changes", "left_alone")
def test_left_alone(given, expected):
    change = Change()
    change.squares, change.numbers = given["squares"], given["numbers"]
    assert abs(change.psnr - expected["change_psnr"]) < 1e-9
    assert (change.psnr >= LEFT_ALONE) == expected["left_alone"]
