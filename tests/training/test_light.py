"""Light: what training computes is what the runtime computes, from a photo's levels to its table of 256 levels."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from amirnet.bundle.json_fields import Fields
from amirnet.bundle.light_fields import light_head
from amirnet.runtime import level_statistics as runtime
from amirnet.runtime.light_curve import MOST_BEND, MOST_GAIN, LightCurve
from amirnet_export.exporter import light_of
from amirnet_training.losses import light_loss
from amirnet_training.network import AMIRNet, build, light
from amirnet_training.network.light import LightHead, level_statistics, lift, to_levels

LEVELS = torch.arange(256) / 255


def probes_of(seed: int, shape: tuple[int, ...] = (2, 3, 16, 16, 3)) -> np.ndarray:
    """uint8 (photos, probes, side, side, 3): noisy, of one level, nearly black, or with two levels only."""
    rng = np.random.default_rng(seed)
    match seed % 4:
        case 0:
            return rng.integers(0, 256, shape).astype(np.uint8)
        case 1:
            return np.full(shape, rng.integers(0, 256), np.uint8)
        case 2:
            return rng.poisson(1.5, shape).astype(np.uint8)
    return rng.choice([3, 250], shape).astype(np.uint8)


def as_tensor(probes: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(probes).movedim(-1, -3).float() / 255


@pytest.mark.parametrize("shape", [(2, 3, 16, 16, 3), (1, 1, 7, 7, 3), (2, 9, 64, 64, 3)])
@pytest.mark.parametrize("seed", range(8))
def test_level_statistics_are_the_runtimes_to_the_bit(seed: int, shape: tuple[int, ...]) -> None:
    probes = probes_of(seed, shape)
    wanted = [runtime.level_statistics(runtime.count_levels(photo)) for photo in probes]
    found = level_statistics(as_tensor(probes)).numpy()
    assert found.dtype == np.float32 and found.shape == (len(probes), light.STATISTICS)
    assert np.array_equal(found, np.array(wanted).astype(np.float32))


def test_they_are_of_all_probes_together_and_each_photo_has_its_own() -> None:
    probes = as_tensor(probes_of(0))
    whole = level_statistics(probes)
    assert torch.equal(whole[1:], level_statistics(probes[1:]))
    assert torch.equal(whole, level_statistics(probes.flip(1))), "in whatever order"
    assert (light.PERCENTS, light.STATISTICS) == (runtime.PERCENTS, runtime.STATISTICS)
    assert (light.MOST_GAIN, light.MOST_BEND) == (MOST_GAIN, MOST_BEND)


def tables_of(curves: torch.Tensor) -> torch.Tensor:
    """What training makes of each level, (N, 3, 256) int."""
    image = LEVELS.expand(len(curves), 3, 1, 256)
    return (to_levels(lift(image, curves)) * 255).round().int()[:, :, 0]


def test_every_level_becomes_what_the_runtimes_table_says() -> None:
    rng = np.random.default_rng(7)
    size = np.exp(rng.uniform(np.log(1e-3), np.log([MOST_GAIN, MOST_BEND]), (400, 2)))
    curves = np.repeat(size, 3, axis=1) * rng.uniform(0, 1, (400, 6)) * (rng.random((400, 6)) < 0.8)
    curves[0], curves[1] = 0, [MOST_GAIN] * 3 + [MOST_BEND] * 3
    curves = curves.astype(np.float32)
    found = tables_of(torch.from_numpy(curves)).numpy()
    wanted = np.stack([LightCurve.of(row[:3].tolist(), row[3:].tolist()).tables for row in curves]).astype(int)
    # The runtime counts in float64: where a value lies within float32's error of a half, it may fall on its other side.
    apart = np.abs(found - wanted)
    assert apart.max() <= 1
    for row, channel, level in np.argwhere(apart):
        gain, bend = curves[row, channel].astype(float), curves[row, channel + 3].astype(float)
        exact = 255 * (1 + gain) * (level / 255) ** (1 / (1 + bend))
        assert abs(exact % 1 - 0.5) < 1e-6 * exact, "only at a half"
    assert np.count_nonzero(apart) <= 3, f"{np.count_nonzero(apart)} of {apart.size} levels"


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_without_gain_and_bend_every_level_stays(zero: float) -> None:
    assert torch.equal(tables_of(torch.full((1, 6), zero))[0], torch.arange(256).int().expand(3, -1))
    image = LEVELS.expand(1, 3, 1, 256)
    assert torch.equal(lift(image, torch.zeros(1, 6))[..., 1:], image[..., 1:]), "not only when rounded"


def test_black_stays_black_and_nothing_gets_darker() -> None:
    curves = torch.tensor([[0.0, 255.0, 0.5, 15.0, 15.0, 0.0], [1.0, 0.0, 3.0, 0.0, 2.0, 7.0]])
    found = tables_of(curves)
    assert not found[:, :, 0].any()
    assert (found >= torch.arange(256)).all() and (found.diff() >= 0).all() and found.max() == 255


@pytest.mark.parametrize("channel", range(3))
def test_each_channel_has_its_own_curve(channel: int) -> None:
    curves = torch.zeros(1, 6)
    curves[0, channel], curves[0, channel + 3] = 0.5, 1.0
    found = tables_of(curves)[0]
    changed = [index for index in range(3) if not torch.equal(found[index], torch.arange(256).int())]
    assert changed == [channel]


def test_levels_are_rounded_halves_up_and_gradients_pass() -> None:
    values = torch.tensor([-0.2, 0.0, 0.49999 / 255, 0.50001 / 255, 127.5 / 255, 1.0, 1.3], requires_grad=True)
    rounded = to_levels(values)
    assert (rounded * 255).round().tolist() == [0, 0, 0, 1, 128, 255, 255]
    rounded.sum().backward()
    assert values.grad is not None and values.grad.tolist()[2:5] == [1.0, 1.0, 1.0]
    assert values.grad[0] == values.grad[-1] == 0, "what is clipped learns nothing by this way"


def test_gradients_are_finite_at_black_and_reach_gain_and_bend() -> None:
    curves = torch.zeros(1, 6, requires_grad=True)
    image = (torch.tensor([0, 1, 2, 128, 255]) / 255).expand(1, 3, 1, 5).clone().requires_grad_()
    lift(image, curves).sum().backward()
    assert curves.grad is not None and image.grad is not None
    assert bool(torch.isfinite(image.grad).all()) and bool((curves.grad > 0).all())


def some_head(seed: int = 0) -> LightHead:
    torch.manual_seed(seed)
    head = LightHead(7, 32)
    torch.nn.init.normal_(head.output.weight, std=0.5)
    torch.nn.init.normal_(head.output.bias, std=0.5)
    return head


def test_a_head_is_never_below_zero_nor_above_its_caps() -> None:
    codes, statistics = torch.randn(50, 7), torch.rand(50, 24)
    found = some_head()(codes, statistics)
    assert found.shape == (50, 6) and (found >= 0).all() and (found == 0).any() and (found > 0).any()
    large = some_head()
    torch.nn.init.constant_(large.output.bias, 1e6)
    assert large(codes, statistics)[0].tolist() == [MOST_GAIN] * 3 + [MOST_BEND] * 3


def test_a_head_that_is_silent_can_rise_and_sinks_no_further() -> None:
    head = some_head()
    with torch.no_grad():
        head.output.bias.fill_(-50.0)
    found = head(torch.randn(4, 7), torch.rand(4, 24))
    assert not found.any()
    (-found.sum()).backward()
    assert bool((head.output.bias.grad < 0).all()), "brighter is wanted: the bias may rise"
    head.zero_grad()
    head(torch.randn(4, 7), torch.rand(4, 24)).sum().backward()
    assert not head.output.bias.grad.any(), "darker than it is cannot be"


def test_a_fresh_head_hardly_brightens() -> None:
    torch.manual_seed(0)
    found = LightHead(7, 32)(torch.randn(5, 7), torch.rand(5, 24))
    assert torch.allclose(found, torch.full((5, 6), 0.02))


@pytest.mark.parametrize("seed", range(3))
def test_the_manifests_head_in_float64_is_torchs(seed: int) -> None:
    torch.manual_seed(seed)
    network = build("tiny", 3)
    network.light = some_head(seed)
    torch.nn.init.constant_(network.light.output.bias, 0.3)
    written = light_of(network)["light"]
    head = light_head(Fields(written, "manifest"), 7)
    assert np.array_equal(np.array(head.hidden.weights, np.float32), network.light.hidden.weight.detach().numpy())
    codes = (torch.randint(-64, 65, (20, 7)) / 64).float()
    statistics = level_statistics(as_tensor(probes_of(4 * seed, (20, 2, 8, 8, 3))))
    found = network.light(codes, statistics).detach().numpy()
    assert 0.3 < (found > 0).mean() < 1
    for row, code, numbers in zip(found, codes.numpy(), statistics.double().numpy(), strict=True):
        curve = head.curve(code, numbers, "here")
        assert np.abs(np.array(curve.gain + curve.bend) - row).max() <= 1e-5


def test_the_paper_preset_has_no_light() -> None:
    network = build("paper", 3, 4)
    assert network.light is None and light_of(network) == {}
    image = torch.rand(1, 3, 16, 16)
    assert network.lift(image, torch.zeros(1, 7), torch.zeros(1, 24)) is image


def test_the_restorer_gets_the_levels_that_the_runtime_would_give_it() -> None:
    torch.manual_seed(3)
    network: AMIRNet = build("tiny", 3).eval()
    network.light = some_head(3)
    image, probes = as_tensor(probes_of(0, (2, 1, 32, 32, 3)))[:, 0], as_tensor(probes_of(2))
    seen: list[torch.Tensor] = []
    network.restorer.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    with torch.no_grad():
        found = network(image, probes)
        curves = network.light(found.code, level_statistics(probes))
    assert curves.max() > 0.05, "the head does something"
    for shown, photo, curve in zip(seen[0], image, curves.double().numpy(), strict=True):
        pixels = (photo * 255).round().permute(1, 2, 0).to(torch.uint8).numpy()
        wanted = LightCurve.of(curve[:3], curve[3:]).applied(pixels)
        assert np.array_equal((shown * 255).round().permute(1, 2, 0).to(torch.uint8).numpy(), wanted)
    assert found.lifted.max() > 1, "what is learnt from is not clipped"


def test_light_loss_sees_brightness_and_clipping_and_no_detail() -> None:
    clean = torch.full((2, 3, 32, 32), 0.5)
    checks = torch.from_numpy(np.indices((32, 32)).sum(axis=0) % 2).float() * 0.2 - 0.1
    assert float(light_loss(clean + checks, clean)) == pytest.approx(0.0, abs=1e-6), "noise is not its business"
    assert float(light_loss(clean * 0.6, clean)) == pytest.approx(0.2, abs=1e-6)
    assert float(light_loss(clean + 0.75, clean)) == pytest.approx(0.75 + 0.25, abs=1e-6), "a quarter is clipped"
