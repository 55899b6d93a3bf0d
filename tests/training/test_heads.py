"""The tree heads and how their code reaches the restorer."""

import pytest
import torch
import torch.nn.functional as F

from amirnet_training.network import build, level_slices
from amirnet_training.network.amirnet import TreeHeads
from amirnet_training.network.light import level_statistics, to_levels


def heads(*nodes: int) -> TreeHeads:
    torch.manual_seed(0)
    made = TreeHeads(8, 3)
    made.exists[list(nodes)] = True
    return made


FEATURES = torch.randn(5, 8, generator=torch.Generator().manual_seed(1))


def test_levels_lie_one_after_the_other() -> None:
    assert [(s.start, s.stop) for s in level_slices(4)] == [(0, 1), (1, 3), (3, 7), (7, 15)]


def test_only_grown_nodes_have_a_mask() -> None:
    place = heads(1, 2, 3, 6)(FEATURES)
    assert torch.allclose(place.mask[:, 0], torch.ones(5))
    assert torch.allclose(place.mask[:, 1:3].sum(dim=1), torch.ones(5))
    assert torch.allclose(place.mask[:, 3:].sum(dim=1), torch.ones(5)) and not place.mask[:, 4:6].any()
    assert bool((place.value.abs() < 1).all())
    assert torch.equal(place.code, place.mask * place.value)


def test_ungrown_levels_have_code_zero() -> None:
    place = heads(1, 2)(FEATURES)
    assert not place.code[:, 3:].any() and place.code[:, :3].all()


def test_numbers_that_no_node_owns_say_how_severe() -> None:
    plain, made = heads(1, 2, 3, 6), TreeHeads(8, 3, severity=True)
    made.load_state_dict(plain.state_dict())
    before, place = plain(FEATURES), made(FEATURES)
    assert made.free().nonzero().flatten().tolist() == [4, 5] and not plain.free().any()
    assert bool((place.mask[:, [4, 5]] == 1).all()) and torch.equal(place.code[:, [4, 5]], place.value[:, [4, 5]])
    rest = [0, 1, 2, 3, 6]
    assert torch.equal(place.mask[:, rest], before.mask[:, rest]) and torch.equal(place.logits, before.logits)
    made.exists[[3, 6]] = False
    assert made.free().tolist() == [False] * 3 + [True] * 4 and bool((made(FEATURES).mask[:, 3:] == 1).all())


def test_cross_entropy_is_the_sum_over_levels() -> None:
    made = heads(1, 2, 3, 4, 5, 6)
    logits = made(FEATURES).logits
    labels = torch.tensor([[0, 0, 1], [0, 1, 2], [0, 1, 3], [0, 0, 0], [0, 1, 2]])
    wanted = F.cross_entropy(logits[:, 1:3], labels[:, 1]) + F.cross_entropy(logits[:, 3:], labels[:, 2])
    assert torch.allclose(made.cross_entropy(logits, labels), wanted)


def test_cross_entropy_ignores_what_is_not_labelled() -> None:
    made = heads(1, 2)
    logits = made(FEATURES).logits
    ungrown = torch.tensor([[0, 1, -1]] * 5)
    assert torch.allclose(made.cross_entropy(logits, ungrown), F.cross_entropy(logits[:, 1:3], ungrown[:, 1]))
    partly = torch.tensor([[0, 1, -1]] * 2 + [[0, -1, -1]] * 3)
    assert torch.allclose(made.cross_entropy(logits, partly), F.cross_entropy(logits[:2, 1:3], partly[:2, 1]))
    nothing = made.cross_entropy(logits, torch.full((5, 3), -1))
    assert nothing.item() == 0.0
    nothing.backward()
    assert made.mask.weight.grad is not None and not made.mask.weight.grad.any(), "every parameter takes part"


def test_a_level_with_one_node_costs_nothing() -> None:
    made = heads(1)
    assert made.cross_entropy(made(FEATURES).logits, torch.tensor([[0, 0, -1]] * 5)).item() == 0.0


def test_prototypes_are_running_means() -> None:
    made = heads(1, 2)
    codes = torch.randn(60, 7, generator=torch.Generator().manual_seed(2))
    for code in codes[:20]:
        sums, counts = torch.zeros(7, 7), torch.zeros(7)
        sums[1], counts[1] = 3 * code, 3.0
        made.update_prototypes(sums, counts)
    assert torch.allclose(made.prototypes[1], codes[:20].mean(dim=0), atol=1e-5), "a plain mean at first"
    assert not made.prototypes[0].any() and made.seen.tolist() == [0, 20, 0, 0, 0, 0, 0]
    before = made.prototypes[1].clone()
    made.seen[1] = 1000
    made.update_prototypes(sums, counts)
    assert torch.allclose(made.prototypes[1], before + 0.02 * (code - before), atol=1e-6), "then a slow one"


@pytest.mark.parametrize("preset", ["mobile", "tiny"])
def test_a_forced_node_is_restored_by_its_prototype(preset: str) -> None:
    torch.manual_seed(0)
    network = build(preset, 3)
    network.heads.exists[:] = True
    network.heads.prototypes.normal_()
    torch.nn.init.normal_(network.restorer.head.weight)  # it starts at zero, where the code does not show
    image, probes = torch.rand(3, 3, 32, 32), torch.rand(3, 2, 3, 32, 32)
    torch.nn.init.normal_(network.light.output.weight, std=0.2)  # likewise
    own, forced = network(image, probes), network(image, probes, torch.tensor([-1, 4, 0]))
    assert torch.equal(own.code, forced.code)
    assert torch.equal(own.image[0], forced.image[0]) and torch.equal(own.lifted[0], forced.lifted[0])
    assert not torch.allclose(own.image[1:], forced.image[1:], atol=1e-3), "the code matters"
    assert not torch.allclose(own.lifted[1:], forced.lifted[1:], atol=1e-3), "for the light as well"

    def by(code: torch.Tensor) -> torch.Tensor:
        return network.restore(to_levels(network.lift(image, code, level_statistics(probes))), code)

    assert torch.allclose(own.image, by(own.code), atol=1e-6), "the mean code of a photo's probes"
    stored = network.heads.prototypes[[0, 4, 0]]
    assert torch.allclose(forced.image[1:], by(stored)[1:], atol=1e-6)
