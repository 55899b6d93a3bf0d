"""Batches: the same whatever the workers, the first step, and the number of processes."""

from collections import Counter

import pytest
import torch

from amirnet_training.data.items import Items
from amirnet_training.data.loader import Batch, StepSampler, Visits, item_of_visit, make_loader, to_float


@pytest.fixture
def items(make_config) -> Items:
    return Items(make_config().data, 10, 3)


def batches(items: Items, first: int = 0, last: int = 6, rank: int = 0, world: int = 1, workers: int = 0):
    return list(make_loader(items, 2, StepSampler(first, last, 4, rank, world), workers))


def equal(one: list[Batch], other: list[Batch]) -> bool:
    return len(one) == len(other) and all(
        torch.equal(a, b) for x, y in zip(one, other, strict=True) for a, b in zip(x, y, strict=True)
    )


def test_shapes_and_types(items) -> None:
    batch = batches(items, 0, 1)[0]
    assert batch.item.shape == (4,) and batch.item.dtype == torch.int64
    assert batch.degraded.shape == batch.clean.shape == (4, 3, 32, 32)
    assert batch.probes.shape == (4, 2, 3, 32, 32)
    assert batch.clean.dtype == batch.degraded.dtype == batch.probes.dtype == torch.uint8
    values = to_float(torch.tensor([0, 51, 255], dtype=torch.uint8), torch.device("cpu"))
    assert torch.equal(values, torch.tensor([0.0, 0.2, 1.0]))


def test_workers_change_nothing(items) -> None:
    assert equal(batches(items), batches(items, workers=2))


def test_a_run_that_starts_later_sees_the_same(items) -> None:
    assert equal(batches(items)[3:], batches(items, first=3))
    assert batches(items, first=6) == []


@pytest.mark.parametrize("world", [2, 4])
def test_processes_share_a_batch(items, world: int) -> None:
    whole = batches(items)
    shares = [batches(items, rank=rank, world=world) for rank in range(world)]
    for step, batch in enumerate(whole):
        for field in range(4):
            together = torch.stack([share[step][field] for share in shares], dim=1).flatten(0, 1)
            assert torch.equal(together, batch[field])


def test_an_epoch_visits_every_item_once_in_an_order_of_its_own(items) -> None:
    epochs = [[item_of_visit(items, epoch * 10 + place) for place in range(10)] for epoch in range(3)]
    assert all(Counter(epoch) == Counter(range(10)) for epoch in epochs)
    assert epochs[0] != epochs[1]
    assert item_of_visit(items, 7) == epochs[0][7], "going back is no trouble"


def test_each_visit_to_an_item_is_cut_afresh(items) -> None:
    visits = Visits(items, 1)
    first = next(v for v in range(10, 20) if item_of_visit(items, v) == item_of_visit(items, 0))
    assert not (visits[0][2] == visits[first][2]).all()
