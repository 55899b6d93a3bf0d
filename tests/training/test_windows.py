"""Windows that are damaged ahead: the same whatever the workers, cut alike in both pictures, and no process left."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time

import numpy as np
import pytest
import torch

from amirnet_training.data import windows as module
from amirnet_training.data.counters import CUT_STREAM, WINDOW_STREAM, counter_rng
from amirnet_training.data.items import Items
from amirnet_training.data.loader import Batch, item_of_visit
from amirnet_training.data.windows import Windows, _cut
from amirnet_training.errors import DataError

SIDE, PATCH, PROBE, PROBES = 64, 48, 16, 3
CPU = torch.device("cpu")


@pytest.fixture
def config(make_config):
    return make_config(data={"window": SIDE, "patch": PATCH, "probe": PROBE})


@pytest.fixture
def items(config) -> Items:
    return Items(config.data, 10, 3)


def windows_of(items: Items, workers: int = 1) -> Windows:
    return Windows(items, SIDE, PATCH, PROBE, PROBES, workers, CPU)


def batches(items: Items, first: int = 0, workers: int = 1, rank: int = 0, world: int = 1) -> list[Batch]:
    return list(windows_of(items, workers).batches(range(first, 7), 7, 3, 4, rank, world))


def equal(one: list[Batch], other: list[Batch]) -> bool:
    return len(one) == len(other) and all(
        torch.equal(a, b) for x, y in zip(one, other, strict=True) for a, b in zip(x, y, strict=True)
    )


def children() -> set[int]:
    return {process.pid for process in multiprocessing.active_children()}


def test_shapes_and_where_they_come_from(items) -> None:
    batch = batches(items)[1]
    assert batch.item.tolist() == [item_of_visit(items, visit) for visit in range(4, 8)]
    assert batch.degraded.shape == batch.clean.shape == (4, 3, PATCH, PATCH) and batch.clean.dtype == torch.uint8
    assert batch.probes.shape == (4, PROBES, 3, PROBE, PROBE) and batch.probes.dtype == torch.uint8
    windows = windows_of(items)
    windows.turn_to(0, last=True)
    degraded, clean = items.window(7, SIDE, counter_rng(items.seed, WINDOW_STREAM, 7))
    assert np.array_equal(windows.degraded[7], degraded) and np.array_equal(windows.clean[7], clean)


def test_workers_change_nothing(items) -> None:
    assert equal(batches(items), batches(items, workers=3))


def test_a_run_that_starts_later_sees_the_same(items) -> None:
    whole = batches(items)
    for first in (2, 3, 6):  # in the first generation of windows, at the beginning of one, and in the last
        assert equal(whole[first:], batches(items, first))
    assert batches(items, 7) == []


def test_a_run_that_only_has_to_be_finished_has_its_last_windows(items) -> None:
    at_end, whole = windows_of(items), windows_of(items)
    assert list(at_end.batches(range(7, 7), 7, 3, 4)) == []
    assert len(list(whole.batches(range(7), 7, 3, 4))) == 7
    assert at_end.number == whole.number == 2 and torch.equal(at_end.degraded, whole.degraded)


def test_windows_are_made_anew(items) -> None:
    windows, seen = windows_of(items), []
    for _ in windows.batches(range(7), 7, 3, 4):
        seen.append((windows.number, windows.degraded.clone()))
    assert [number for number, _ in seen] == [0, 0, 0, 1, 1, 1, 2]
    first, second = seen[0][1], seen[3][1]
    changed = [not torch.equal(a, b) for a, b in zip(first, second, strict=True)]
    assert all(changed), "from another place of each photo"


def test_each_visit_to_an_item_is_cut_afresh(items) -> None:
    windows = windows_of(items)
    windows.turn_to(0, last=True)
    epochs = [windows.batch(step, len(items)) for step in range(4)]
    for field in (1, 3):  # of the same windows, patches and probes
        crops = [epoch[field][epoch.item.argsort()] for epoch in epochs]
        for number, crop in enumerate(crops):
            alike = [torch.equal(a, b) for other in crops[:number] for a, b in zip(crop, other, strict=True)]
            assert sum(alike) <= 1, "they differ from step to step"


@pytest.mark.parametrize("world", [2, 4])
def test_processes_share_a_batch(items, world: int) -> None:
    windows = windows_of(items)
    windows.turn_to(0, last=True)
    for step in range(3):
        whole = windows.batch(step, 4)
        shares = [windows.batch(step, 4, rank, world) for rank in range(world)]
        for field in range(4):
            together = torch.stack([share[field] for share in shares], dim=1).flatten(0, 1)
            assert torch.equal(together, whole[field])


def test_all_eight_turns_are_those_of_numpy() -> None:
    rng = np.random.default_rng(0)
    windows = rng.integers(0, 256, (3, 20, 20, 3)).astype(np.uint8)
    places = torch.tensor([[3, 5, turns, flip] for turns in range(4) for flip in range(2)])
    chosen = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])
    found = _cut(torch.from_numpy(windows), chosen, places, 12)
    pictures = set()
    for crop, item, (top, left, turns, flip) in zip(found, chosen, places.tolist(), strict=True):
        part = np.rot90(windows[int(item), top : top + 12, left : left + 12], turns)
        wanted = part[:, ::-1] if flip else part
        assert np.array_equal(crop.permute(1, 2, 0), wanted), (turns, flip)
        alone = _cut(torch.from_numpy(windows), torch.tensor([0]), torch.tensor([[top, left, turns, flip]]), 12)
        pictures.add(alone.numpy().tobytes())
    assert len(pictures) == 8


def test_damaged_and_clean_get_the_same_turn(items) -> None:
    """Of the pairs whose target is four times as bright as the input, in every turn that is drawn."""
    windows = windows_of(items)
    windows.turn_to(0, last=True)
    dark = torch.tensor([kind == "lowlight" for kind in items.kinds])
    counted = 0
    for step in range(40):
        batch = windows.batch(step, 10)
        pairs = dark[batch.item]
        assert torch.equal(batch.clean[pairs] // 4, batch.degraded[pairs])
        counted += int(pairs.sum())
    assert counted > 80
    places = windows._places(counter_rng(items.seed, CUT_STREAM, 0), 1000, PATCH)
    assert {(int(turns), int(flip)) for _, _, turns, flip in places} == {(t, f) for t in range(4) for f in range(2)}
    assert places[:, :2].amin() == 0 and places[:, :2].amax() == SIDE - PATCH, "from edge to edge"


def rises(image: torch.Tensor) -> tuple[int, int]:
    """Which way a ramp rises: by row, by column."""
    plane = image[0].int()
    return int((plane[1:] - plane[:-1]).sum().sign()), int((plane[:, 1:] - plane[:, :-1]).sum().sign())


def test_probes_are_turned_as_the_patch_that_they_speak_of(items) -> None:
    """Which way a camera moved is told by the probes alone."""
    windows = windows_of(items)
    windows.turn_to(0, last=True)
    ramp = torch.arange(SIDE, dtype=torch.uint8)[None, None, :, None] + torch.zeros(10, SIDE, SIDE, 3).byte()
    windows.degraded = windows.clean = ramp
    seen = set()
    for step in range(10):
        batch = windows.batch(step, 6)
        for patch, clean, probes in zip(batch.degraded, batch.clean, batch.probes, strict=True):
            seen.add(rises(patch))
            assert {rises(image) for image in (clean, *probes)} == {rises(patch)}
    assert seen == {(0, 1), (1, 0), (0, -1), (-1, 0)}
    for degraded, clean in windows.crops(4, step=1):
        for some, others in zip(degraded, clean, strict=True):
            assert len({rises(image) for image in (*some, *others)}) == 1
    parts = [windows.batch(3, 6, rank, 2) for rank in range(2)]
    assert torch.equal(torch.stack([part.probes for part in parts], 1).flatten(0, 1), windows.batch(3, 6).probes)


def test_crops_of_every_item_in_order(items) -> None:
    windows = windows_of(items)
    windows.turn_to(0, last=True)
    parts = list(windows.crops(5, step=2, size=4))
    assert [len(degraded) for degraded, _ in parts] == [4, 4, 2]
    degraded, clean = (torch.cat(both) for both in zip(*parts, strict=True))
    assert degraded.shape == clean.shape == (10, 5, 3, PROBE, PROBE)
    for index, kind in enumerate(items.kinds):
        if kind == "lowlight":
            assert torch.equal(clean[index] // 4, degraded[index])
        assert torch.equal(clean[index], degraded[index]) == (kind == "none")
    again, _ = next(windows.crops(5, step=2, size=4))
    other, _ = next(windows.crops(5, step=3, size=4))
    assert torch.equal(again, degraded[:4]) and not torch.equal(other, degraded[:4])


def test_a_bad_photo_in_a_worker_is_one_line(items, monkeypatch) -> None:
    def refuse(self, index: int, side: int, rng: np.random.Generator) -> None:
        raise DataError(f"photo{index}.png: cannot be used: remove it")

    monkeypatch.setattr(Items, "window", refuse)
    before = children()
    windows = windows_of(items, workers=2)
    with pytest.raises(DataError, match=r"^photo[01]\.png: cannot be used: remove it$"):
        windows.turn_to(0)
    assert children() == before


def test_a_worker_that_is_killed_is_told(items, monkeypatch) -> None:
    window = Items.window

    def killed(self, index: int, side: int, rng: np.random.Generator):
        if index == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return window(self, index, side, rng)

    monkeypatch.setattr(Items, "window", killed)
    windows, told = windows_of(items, workers=2), []
    with pytest.raises(DataError, match="ended from outside: resume the run, with more memory") as caught:
        windows.turn_to(0, told.append)
    assert "\n" not in str(caught.value)
    assert sum(told) == 5 + 2, "the other worker made all of its own, the killed one those before"


def test_progress_is_told_to_the_end(items, monkeypatch) -> None:
    monkeypatch.setattr(module, "POLL", 0.01)
    told: list[int] = []
    windows_of(items, workers=2).turn_to(0, told.append, last=True)
    assert sum(told) == len(items) and min(told) >= 0


def test_no_process_is_left_behind(items, monkeypatch) -> None:
    before = children()
    windows = windows_of(items, workers=2)
    monkeypatch.setattr(Items, "window", lambda *_: time.sleep(60))
    windows._next = module._Generation(items, SIDE, 2, 0)
    assert len(children() - before) == 2
    windows.close()
    windows.close()  # once more does no harm
    assert children() == before


def test_a_run_that_is_left_early_leaves_no_process(items) -> None:
    before = children()
    batches = windows_of(items).batches(range(100), 100, 2, 4)
    next(batches)
    batches.close()
    assert children() == before


def test_another_generation_than_the_one_in_the_making(items) -> None:
    jumped, direct = windows_of(items), windows_of(items)
    jumped.turn_to(0)
    jumped.turn_to(4, last=True)
    direct.turn_to(4, last=True)
    assert torch.equal(jumped.degraded, direct.degraded) and jumped._next is None
