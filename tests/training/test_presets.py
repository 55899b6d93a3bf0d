"""What the presets cost, and what they are made of."""

import pytest
import torch

from amirnet_training.network import PRESETS, build
from amirnet_training.network.cost import encoder_macs, parameters, restorer_macs_per_megapixel
from amirnet_training.network.phone import Blocks, Widths


@pytest.mark.parametrize(("preset", "gmac"), [("mobile", 40), ("tiny", 10)])
@pytest.mark.parametrize(("levels", "bands"), [(4, False), (5, False), (5, True)])
def test_phone_presets_keep_their_budgets(preset: str, gmac: float, levels: int, bands: bool) -> None:
    network = build(preset, levels, bands=bands)
    assert parameters(network) <= {"mobile": 2e6, "tiny": 0.7e6 if bands else 0.5e6}[preset]
    assert restorer_macs_per_megapixel(network) <= gmac * 1e9
    assert encoder_macs(network) <= 0.3e9


@pytest.mark.parametrize("scales", [2, 3])
def test_a_shape_of_ones_own_is_built_and_aligned(scales: int) -> None:
    shape = (Widths(8, 16, 24), Blocks(1, 0, 4)) if scales == 2 else (Widths(8, 16, 24, 32), Blocks(1, 2, 4))
    restorer = build("mobile", 3, shape=shape).restorer
    assert restorer.alignment == 2**scales and restorer.blocks == shape[1]
    kinds = [type(block).__name__ for block in restorer.middle]
    assert kinds == ["FeatureTransformBlock"] * 3 + ["PlainBlock"], "the code steers all but the last third"
    assert hasattr(restorer, "reduce") == hasattr(restorer, "rebuild") == (scales == 3)
    side = 3 * restorer.alignment
    assert restorer(torch.rand(1, 3, side, side), torch.zeros(1, 7, 1, 1)).shape == (1, 3, side, side)
    with pytest.raises(RuntimeError, match="size"):
        restorer(torch.rand(1, 3, side + 2, side + 2), torch.zeros(1, 7, 1, 1))
    with pytest.raises(ValueError, match="leave out 'shape'"):
        build("paper", 3, shape=shape)


@pytest.mark.parametrize(("width", "gmac", "millions"), [(32, 26.0, 19.9), (64, 73.1, 71.8)])
def test_the_paper_preset_costs_what_the_paper_network_does(width: int, gmac: float, millions: float) -> None:
    with torch.device("meta"):  # shapes only: nothing is computed
        network = build("paper", 4, width)
        restorer = restorer_macs_per_megapixel(network) * 256**2 / 1e6
        whole = restorer + encoder_macs(network, 256)
    assert whole / 1e9 == pytest.approx(gmac, rel=0.01)
    assert parameters(network) / 1e6 == pytest.approx(millions, rel=0.05)


def test_a_known_network_is_counted_right() -> None:
    network = build("tiny", 2)
    network.restorer = torch.nn.Identity()
    network.restorer.forward = lambda image, code: torch.nn.functional.conv2d(image, torch.ones(5, 3, 3, 3), padding=1)
    assert restorer_macs_per_megapixel(network, 64) == 5 * 3 * 9 * 1e6


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_train(preset: str) -> None:
    torch.manual_seed(0)
    network = build(preset, 3, 4 if preset == "paper" else None)
    image, probes = torch.rand(2, 3, 32, 48), torch.rand(2, 3, 3, 32, 32)
    found = network(image, probes)
    assert found.image.shape == found.lifted.shape == image.shape
    assert found.code.shape == (2, 7) and found.place.mask.shape == (6, 7)
    assert (network.light is None) == (preset == "paper") == torch.equal(found.lifted, image)
    (found.image.mean() + found.lifted.mean() + found.place.logits[:, :1].mean()).backward()
    missing = [name for name, p in network.named_parameters() if p.grad is None]
    assert not missing, "DDP wants a gradient for every parameter at every step"
    assert all(bool(torch.isfinite(p.grad).all()) for p in network.parameters())


@pytest.mark.parametrize("preset", ["mobile", "tiny"])
def test_nothing_in_a_phone_restorer_looks_at_the_whole_picture(preset: str) -> None:
    forbidden = (torch.nn.LayerNorm, torch.nn.GroupNorm, torch.nn.InstanceNorm2d, torch.nn.PixelShuffle,
                 torch.nn.AdaptiveAvgPool2d, torch.nn.ConvTranspose2d)  # fmt: skip
    assert not [m for m in build(preset).restorer.modules() if isinstance(m, forbidden)]


def test_unknown_presets_and_widths_are_refused() -> None:
    with pytest.raises(ValueError, match="choose one of mobile, tiny, paper"):
        build("huge")
    with pytest.raises(ValueError, match="fixed width"):
        build("mobile", 4, 16)
