"""The program and its grid: what is folded is equal, integers are shared, and a broken grid is refused."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from amirnet_training.errors import CheckpointError
from amirnet_training.network.phone import HighPass, PhoneRestorer
from amirnet_training.program.folding import fold
from amirnet_training.program.layer import Layer, after_fixed, layer_of
from amirnet_training.program.restorer import blocks_of, restore, step_names
from amirnet_training.program.torch_steps import FloatSteps
from amirnet_training.quantization.borders import inner
from amirnet_training.quantization.calibrate import calibrate
from amirnet_training.quantization.grid import (
    FIXED,
    HIGH,
    LOW,
    MIN_GAIN,
    MIN_WEIGHT_SCALE,
    PIXELS,
    Grid,
    QuantParams,
    fake_weight,
    integers,
    params_for,
    weight_scales,
)
from amirnet_training.quantization.int8_steps import QuantizedRestorer

CODES = 7


def codes(count: int, seed: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(-64, 65, (count, CODES, 1, 1), generator=generator) / 64


def tiles(count: int, side: int = 64, seed: int = 2) -> torch.Tensor:
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def restorer(random_restorer, shape) -> PhoneRestorer:
    return random_restorer(shape=shape)


@pytest.fixture(scope="module")
def quantized(restorer: PhoneRestorer) -> QuantizedRestorer:
    return calibrate(restorer, [(tiles(2), codes(2)), (tiles(2, seed=3), codes(2, seed=4))], 64)


def test_the_folded_high_pass_is_exact_inside_the_border() -> None:
    torch.manual_seed(0)
    for conv in (torch.nn.Conv2d(6, 5, 4, stride=2, padding=1), torch.nn.Conv2d(6, 5, 3, padding=1)):
        high_pass = HighPass(padding=1)
        image = torch.rand(1, 3, 24, 20)
        with torch.no_grad():
            joined = after_fixed(high_pass.weight, high_pass.bias, layer_of(conv))(image)
            split = conv(high_pass(image))
        assert joined.shape == split.shape
        cut = 2 // conv.stride[0]
        assert torch.allclose(joined[:, :, cut:-cut, cut:-cut], split[:, :, cut:-cut, cut:-cut], atol=2e-5)
        assert not torch.allclose(joined, split, atol=1e-3), "at the border they differ, or the test sees nothing"


def test_the_program_is_the_network(restorer: PhoneRestorer) -> None:
    # What is farther from the border than the network sees must not know of it.
    tile, steered = tiles(1, 160), codes(6)
    found = restore(restorer.float_steps(), tile.expand(6, -1, -1, -1), steered)
    expected = restorer(tile.expand(6, -1, -1, -1), steered)
    assert torch.allclose(found[:, :, 64:-64, 64:-64], expected[:, :, 64:-64, 64:-64], atol=2e-5)
    assert (expected - tile).abs().mean() > 0.01, "the network changes something"


def test_the_steps_by_name(restorer: PhoneRestorer) -> None:
    for steered in (True, False):
        layers = restorer.layers() if steered else fold(restorer.layers(), restorer.blocks, codes(1).flatten())
        steps = FloatSteps(layers, restorer.blocks, keep=True)
        restore(steps, tiles(1, 16), codes(1) if steered else None)
        assert steps.kept is not None
        assert list(steps.kept) == list(step_names(restorer.blocks, steered=steered))
        assert set(layers) <= set(steps.kept), "a layer is named as the step that it computes"
        assert blocks_of(steps.kept) == restorer.blocks, "and the steps say which blocks there are"


def test_a_node_folds_into_the_weights(restorer: PhoneRestorer) -> None:
    layers = restorer.layers()
    for code in codes(6):
        whole = restore(FloatSteps(layers, restorer.blocks), tiles(1), code[None])
        folded = restore(FloatSteps(fold(layers, restorer.blocks, code.flatten()), restorer.blocks), tiles(1), None)
        assert (whole - folded).abs().max() <= 1e-5


def test_folded_nodes_share_the_weight_integers(quantized: QuantizedRestorer) -> None:
    of = {"hidden": "spatial", "change": "mix", "residual": "head"}
    whole = {name: integers(layer, quantized.grid.weights[name]) for name, layer in quantized.layers.items()}
    rounded, counted = quantized.rounded(), 0
    for code in codes(3):
        node = quantized.folded(code.flatten())
        assert not node.steered and quantized.steered
        assert set(node.grid.weights) == set(node.layers)
        for name, layer in node.layers.items():
            block, slash, part = name.rpartition("/")
            source = f"{block}{slash}{of.get(part, part)}"
            source = source if source in whole else name  # a plain block has nothing to fold
            gains = torch.ones(len(layer.bias))
            if source != name:
                gain = {"spatial": f"{block}/gain", "mix": f"{block}/scale", "head": "scale"}[source.rpartition("/")[2]]
                gains = rounded[gain](code[None]).flatten().abs()
            for found, wanted, gain in zip(integers(layer, node.grid.weights[name]), whole[source], gains, strict=True):
                if gain > MIN_GAIN:
                    assert torch.equal(found, wanted) or torch.equal(found, -wanted), name
                    counted += 1
                else:
                    assert not found.any(), "what is multiplied by next to nothing"
    assert counted > 3 * 100


def test_a_folded_node_computes_what_the_steered_restorer_does(quantized: QuantizedRestorer) -> None:
    for code in codes(6):
        levels = 255 * (quantized(tiles(1), code[None]) - quantized.folded(code.flatten())(tiles(1), None))
        assert levels.square().mean().sqrt() < 3, "they round in other places, and no more than that"


def test_a_channel_whose_gain_is_nothing(restorer: PhoneRestorer, quantized: QuantizedRestorer) -> None:
    silent = copy.deepcopy(restorer)
    with torch.no_grad():
        silent.encode[0].gain.linear.weight[3] = 0
        silent.encode[0].gain.linear.bias[3] = 1e-7
    node = QuantizedRestorer(silent.layers(), quantized.grid, silent.blocks).folded(codes(1).flatten())
    scales, layer = node.grid.weights["encode0/hidden"], node.layers["encode0/hidden"]
    assert scales[3] == quantized.grid.weights["encode0/spatial"][3]
    assert not integers(layer, scales)[3].any() and integers(layer, scales)[2].any()


def test_int8_steps_stay_on_the_grid_of_pixels(quantized: QuantizedRestorer) -> None:
    node = quantized.folded(codes(1).flatten())
    for one, code in ((quantized, codes(1)), (node, None)):
        steps = one.steps(keep=True)
        restore(steps, tiles(1), code)
        assert steps.kept is not None
        for name in FIXED:
            pixels = steps.kept[name] * 255
            low = -128 if name == "residual" else 0
            assert one.grid.activations[name] == FIXED[name] and FIXED[name].scale == PIXELS.scale
            assert torch.allclose(pixels, pixels.round(), atol=1e-4)
            assert pixels.min() >= low - 0.001 and pixels.max() <= low + 255.001
    assert quantized.grid.activations["code"] == QuantParams(1 / 64, 0)


@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
def test_scales_cover_their_range_and_zero(one: float, other: float) -> None:
    low, high = min(one, other, 0.0), max(one, other, 0.0)
    scale = params_for(one if one < other else other, max(one, other))
    assert LOW <= scale.zero_point <= HIGH and float(np.float32(scale.scale)) == scale.scale
    ends = torch.tensor([low, high, 0.0])
    assert scale.fake(ends)[2] == 0
    assert ((scale.fake(ends) - ends).abs() <= 1.01 * scale.scale).all()


@settings(deadline=None)
@given(st.integers(0, 2**31), st.floats(-8, 4))
def test_weights_use_all_of_their_channels_integers(seed: int, size: float) -> None:
    weight = 10**size * torch.randn(4, 3, 3, 3, generator=torch.Generator().manual_seed(seed))
    scales = weight_scales(weight)
    found = integers(Layer(weight, torch.zeros(4)), tuple(scales.tolist()))
    assert torch.equal(fake_weight(weight, scales), found * scales.view(-1, 1, 1, 1))
    if bool((scales > MIN_WEIGHT_SCALE).all()):
        assert (found.abs().amax(dim=(1, 2, 3)) == 127).all()
    assert ((fake_weight(weight, scales) - weight).abs() <= 0.501 * scales.view(-1, 1, 1, 1)).all()


def test_calibration_clips_what_is_rare() -> None:
    from amirnet_training.quantization.calibrate import _best_params

    values = torch.randn(1_000_000, generator=torch.Generator().manual_seed(0))
    values[0] = 20.0
    full, found = params_for(float(values.min()), 20.0), _best_params(values, float(values.min()), 20.0)
    error = {scale: (scale.fake(values) - values).square().mean() for scale in (full, found)}
    assert found.scale < 0.6 * full.scale and error[found] < 0.6 * error[full]


def test_calibration_does_not_look_at_the_border(restorer: PhoneRestorer) -> None:
    image = torch.full((1, 3, 64, 64), 0.5)
    quiet = calibrate(restorer, [(image, codes(1))], 64).grid.activations["encode0/spatial"]
    image[:, :, :, :8] = 1.0  # within the first quarter, and farther out than that step sees
    assert inner(image).shape[2:] == (32, 32) and (inner(image) == 0.5).all()
    assert calibrate(restorer, [(image, codes(1))], 64).grid.activations["encode0/spatial"] == quiet
    image[:, :, 30, 30] = 1.0
    assert calibrate(restorer, [(image, codes(1))], 64).grid.activations["encode0/spatial"] != quiet
    assert inner(codes(2)).shape == codes(2).shape, "a code has no border"


def test_a_grid_comes_back_from_json(quantized: QuantizedRestorer) -> None:
    again = Grid.from_json(json.loads(json.dumps(quantized.grid.to_json())), "x")
    assert again == quantized.grid


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda grid: grid.pop("weights"), "KeyError('weights')"),
        (lambda grid: grid.update(activations=[1]), "broken"),
        (lambda grid: grid["activations"]["stem"].pop("scale"), "KeyError('scale')"),
        (lambda grid: grid["activations"]["stem"].update(scale=0.0), "scale 0.0 is not a float32 above 0"),
        (lambda grid: grid["activations"]["stem"].update(scale=float("nan")), "scale nan"),
        (lambda grid: grid["activations"]["stem"].update(scale=0.1), "scale 0.1 is not a float32"),
        (lambda grid: grid["activations"]["stem"].update(scale="0.5"), "scale '0.5'"),
        (lambda grid: grid["activations"]["stem"].update(zero_point=128), "zero point 128"),
        (lambda grid: grid["activations"]["stem"].update(zero_point=1.0), "zero point 1.0"),
        (lambda grid: grid["activations"]["tile"].update(zero_point=0), "tile off the grid of pixels"),
        (lambda grid: grid["activations"].pop("restored"), "restored off the grid of pixels"),
        (lambda grid: grid["weights"]["stem"].__setitem__(0, -1.0), "scale -1.0"),
        (lambda grid: grid["weights"].update(stem=None), "broken"),
    ],
)
def test_broken_grids_are_refused(quantized: QuantizedRestorer, change, says: str) -> None:
    grid = quantized.grid.to_json()
    change(grid)
    with pytest.raises(CheckpointError, match=r"^there: its int8 grid .*: quantize again$") as caught:
        Grid.from_json(grid, "there")
    assert says in str(caught.value)


@pytest.mark.parametrize("content", [None, [], "grid", {"activations": {}, "weights": {}}])
def test_what_is_no_grid(content: object) -> None:
    with pytest.raises(CheckpointError, match="there: its int8 grid"):
        Grid.from_json(content, "there")
