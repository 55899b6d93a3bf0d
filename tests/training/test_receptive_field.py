"""The receptive radius that code computes, against a real network in which one pixel moves."""

from functools import cache

import pytest
import torch
from torch import Tensor, nn

from amirnet_training.network import AMIRNet, build
from amirnet_training.network.receptive_field import measure

SIDE = 128


@cache
def radius_of(preset: str) -> int:
    return measure(build(preset, 3))


def reach(network: AMIRNet, centre: int) -> tuple[int, int]:
    """How far up and down (or left and right, the larger) the output changes when the pixel at ``centre`` moves."""
    generator = torch.Generator().manual_seed(centre)
    image = torch.rand(1, 3, SIDE, SIDE, generator=generator, dtype=torch.float64)
    moved = image.clone()
    moved[:, :, centre, centre] += 0.5
    code = torch.rand(1, network.code_size, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        change = network.restore(moved, code) - network.restore(image, code)
    places = torch.nonzero(change[0].abs().sum(dim=0))
    return centre - int(places.min()), int(places.max()) - centre


@pytest.mark.parametrize("preset", ["mobile", "tiny"])
@pytest.mark.parametrize("phase", range(8))
def test_no_change_beyond_the_radius_at_any_stride_phase(preset: str, phase: int) -> None:
    torch.manual_seed(phase)
    network = build(preset, 3).double()
    torch.nn.init.normal_(network.restorer.head.weight)  # it starts at zero, where nothing shows
    radius = radius_of(preset)
    before, after = reach(network, SIDE // 2 + phase)
    assert max(before, after) <= radius
    assert max(before, after) >= radius // 2, "the pixel should have moved something"


@pytest.mark.parametrize("preset", ["mobile", "tiny"])
def test_phone_presets_see_at_most_64_pixels_far(preset: str) -> None:
    assert radius_of(preset) <= 64, "a pixel of halo costs as much as a channel"


@pytest.mark.parametrize("preset", ["mobile", "tiny"])
def test_the_radius_is_reached(preset: str) -> None:
    network = build(preset, 3).double()
    with torch.no_grad():
        for parameter in network.restorer.parameters():  # positive: nothing cancels, no ReLU closes
            parameter.fill_(1.0 / max(1, parameter[0].numel()) if parameter.ndim > 1 else 1.0)
        for fixed in network.restorer.buffers():
            fixed.abs_()
    found = max(max(reach(network, SIDE // 2 + phase)) for phase in range(8))
    assert found == radius_of(preset)


def test_known_networks() -> None:
    network = build("tiny", 2)
    network.restorer = Strided(nn.Conv2d(3, 3, (1, 7), padding=(0, 3)))
    assert measure(network) == 3, "columns count as rows do"
    network.restorer = Strided(nn.Conv2d(3, 3, 4, stride=4), nn.Upsample(scale_factor=4))
    assert measure(network) == 3, "a block of 4 sees 3 pixels to either side"


def test_a_global_operation_is_found_out() -> None:
    network = build("tiny", 2)
    network.restorer = Strided(nn.Conv2d(3, 3, 3, padding=1))
    network.restorer.pool = True
    with pytest.raises(ValueError, match="global operation"):
        measure(network, limit=32)


def test_the_network_is_left_alone() -> None:
    network = build("tiny", 2)
    before = [parameter.clone() for parameter in network.parameters()]
    measure(network)
    assert all(torch.equal(a, b) for a, b in zip(before, network.parameters(), strict=True))


class Strided(nn.Sequential):
    alignment = 4
    pool = False

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        y = super().forward(x)
        return y + x.mean(dim=(2, 3), keepdim=True) if self.pool else y
