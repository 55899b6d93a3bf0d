"""Nodes that hold no photos give their numbers of the code up, and those say how severe a damage is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from amirnet_training.damage_spectrum import RADII, SECTORS, SIZE
from amirnet_training.degradations.kinds import Defocus, GaussianNoise
from amirnet_training.network import AMIRNet, build
from amirnet_training.network.bands import HIDDEN
from amirnet_training.program.layer import CodeMap
from amirnet_training.tree.severity import LEAST, adopt, begin, kept, prune, see


def network_of(*nodes: int, severity: bool = True) -> AMIRNet:
    torch.manual_seed(0)
    network = build("tiny", 3, severity=severity).eval()
    network.heads.exists[list(nodes)] = True
    return network


def tree_with(shares: dict[int, float]) -> dict[str, Any]:
    return {"nodes": [{"id": node, "share": share} for node, share in shares.items()]}


@pytest.mark.parametrize(
    ("shares", "given_up"),
    [
        ({0: 1, 1: 0.5, 2: 0.5, 3: 0.25, 4: 0.25, 5: 0.5 - LEAST, 6: LEAST}, []),
        ({0: 1, 1: 0.5, 2: 0.5, 3: 0.25, 4: 0.25, 5: 0.4999, 6: 0.0001}, [6]),
        ({0: 1, 1: 0.001, 2: 0.999, 3: 0.001, 4: 0.0, 5: 0.5, 6: 0.499}, [1, 3, 4]),
        ({0: 1, 1: 0.001, 2: 0.999, 3: 0.01, 4: 0.01, 5: 0.5, 6: 0.499}, [1, 3, 4]),  # never a child without a parent
        ({0: 0.0}, []),
    ],
)
def test_which_nodes_are_given_up(shares: dict[int, float], given_up: list[int]) -> None:
    network = network_of(*shares)
    assert prune(network, tree_with(shares)) == given_up
    assert network.heads.exists.nonzero().flatten().tolist() == [node for node in shares if node not in given_up]


def test_what_is_computed_is_at_first_the_same() -> None:
    shares = {0: 1.0, 1: 0.5, 2: 0.5, 3: 0.25, 4: 0.25, 5: 0.5, 6: 0.0}
    network, plain = network_of(*shares), network_of(*list(shares)[:-1], severity=False)
    prune(network, tree_with(shares))
    probes = torch.rand(4, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    assert torch.equal(network.place(probes).code, plain.place(probes).code)
    assert network.heads.free().tolist() == [False] * 6 + [True]


class Photos:
    """Blurred photos with noise, more or less of both: 120 items."""

    def __init__(self, make_photo) -> None:
        rng = np.random.default_rng(1)
        self.strengths = rng.uniform((0.5, 1), (4, 30), (120, 2))
        clean, degraded = [], []
        for number, (radius, sigma) in enumerate(self.strengths):
            photo = np.ascontiguousarray(make_photo(number)[:64, :64])
            photo = (photo + rng.integers(-30, 30, photo.shape)).clip(0, 255).astype(np.uint8)
            clean.append(photo)
            degraded.append(GaussianNoise(sigma)(Defocus(radius)(photo, rng), rng))
        self.pair = [torch.from_numpy(np.stack(part)).permute(0, 3, 1, 2)[:, None] for part in (degraded, clean)]

    def crops(self, count: int, step: int):
        for first in range(0, 120, 50):
            degraded, clean = (part[first : first + 50].repeat(1, count, 1, 1, 1) for part in self.pair)
            yield degraded, clean


def test_they_begin_as_a_guess_of_the_spectrum(make_photo) -> None:
    shares = {0: 1.0, 1: 0.5, 2: 0.5, 3: 0.25, 4: 0.25, 5: 0.0, 6: 0.0}
    network = network_of(*shares)
    prune(network, tree_with(shares))
    photos, looked = Photos(make_photo), []
    probes = photos.pair[0][:, 0].float() / 255
    before = network.place(probes).code
    explained = begin(network, photos, 2, looked.append)
    assert sum(looked) == 120 and explained.shape == (SIZE,)
    detail = len(RADII[1:]) * SECTORS
    assert explained[detail:].mean() > 0.5, "what was added shows even in an untrained encoder's features"
    code = network.place(probes).code
    free = network.heads.free()
    assert torch.equal(code[:, ~free], before[:, ~free]) and not before[:, free].any()
    assert bool((code[:, free].std(0) > 0.3).all()) and bool((code[:, free].mean(0).abs() < 0.2).all())
    told = np.abs(np.corrcoef(np.log(photos.strengths[:, 1]), code[:, free].detach().numpy().T)[0, 1:])
    assert told.max() > 0.7, "how strong the noise is"
    image = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(3))
    assert torch.equal(network.restore(image, code[:2]), network.restore(image, before[:2])), "nothing listens yet"
    listening = [module.linear.weight[:, free] for module in network.modules() if isinstance(module, CodeMap)]
    assert listening and not any(weight.any() for weight in listening) and network.light is not None
    assert not network.light.hidden.weight[:, :7][:, free].any() and network.light.hidden.weight[:, :7][:, ~free].any()


def test_an_encoder_learns_to_read_its_bands(make_photo) -> None:
    photos, plain = Photos(make_photo), network_of(*range(7))
    torch.manual_seed(5)
    network = build("tiny", 3, severity=True, bands=True).eval()
    adopt(network, plain)
    probes = photos.pair[0][:, 0].float() / 255
    assert torch.allclose(network.place(probes).code, plain.place(probes).code, atol=1e-6), "at first nothing listens"
    see(network, photos, 3, lambda count: None)
    assert torch.allclose(network.place(probes).code, plain.place(probes).code, atol=1e-6)
    read = network.encoder(probes)[:, -HIDDEN:].double().detach()
    rows = torch.cat([read, torch.ones(120, 1)], dim=1)
    radius = torch.from_numpy(photos.strengths[:, 0])
    solve = torch.linalg.solve(rows[::2].T @ rows[::2] + 0.1 * torch.eye(HIDDEN + 1), rows[::2].T @ radius[::2])
    told = np.corrcoef((rows[1::2] @ solve).numpy(), radius[1::2].numpy())[0, 1]
    assert told > 0.5, "radii of other photos, under noise"
    again = build("tiny", 3, severity=True, bands=True).eval()
    adopt(again, plain)
    see(again, photos, 3, lambda count: None)
    assert torch.equal(again.encoder.bands.read[0].weight, network.encoder.bands.read[0].weight), "the seed decides"


def test_a_level_more_says_more_of_severity(make_photo) -> None:
    """What the numbers of before said, and what listens to them, stays."""
    photos, plain = Photos(make_photo), network_of(1, 2, 3, 5)
    begin(plain, photos, 1, lambda count: None)
    for module in plain.modules():
        if isinstance(module, CodeMap):
            torch.nn.init.normal_(module.linear.weight)
    torch.nn.init.normal_(plain.restorer.head.weight, std=0.1)
    longer = build("tiny", 4, severity=True).eval()
    adopt(longer, plain)
    probes, image = photos.pair[0][:4, 0].float() / 255, torch.rand(4, 3, 64, 64)
    before, wanted = plain.place(probes).code, plain(image, probes[:, None])
    own = kept(longer, plain)
    assert own is not None and own.nonzero().flatten().tolist() == [4, 6] and kept(plain, plain) is None
    begin(longer, photos, 1, lambda count: None, own)
    code, found = longer.place(probes).code, longer(image, probes[:, None])
    assert torch.allclose(code[:, :7], before, atol=1e-4) and bool((code[:, 7:].std(0) > 0.01).all())
    assert torch.allclose(found.lifted, wanted.lifted, atol=1e-4)
    assert torch.allclose(found.image, wanted.image, atol=1e-3)
