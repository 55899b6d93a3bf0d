"""Worker processes: whatever becomes of one, the lane gives an answer for each task."""

import multiprocessing

import numpy as np
import pytest
from PIL import Image

from amirnet import ModelBundle, Restorer
from amirnet.batch.process_pool import Lane, run
from amirnet.batch.recipe import Recipe, Task, fingerprint, sha256_of


@pytest.fixture
def recipe(toy_bundle):
    return Recipe(str(toy_bundle), fingerprint(ModelBundle.open(toy_bundle)))


def task(photo, name):
    output = photo.with_name(name)
    return Task(str(photo), str(output), sha256_of(photo))


def test_a_worker_that_is_killed_while_idle_is_replaced(recipe, photo, toy_bundle):
    before = set(multiprocessing.active_children())
    lane = Lane(recipe, threads=1)
    first = task(photo, "first.png")
    assert lane.result(lane.submit(first), first).error == ""
    (process,) = set(multiprocessing.active_children()) - before
    process.kill()
    process.join()
    outcomes = []
    for name in ("second.png", "third.png"):  # the pool may take a moment to notice: then it costs one photo, by name
        then = task(photo, name)
        outcomes.append(lane.result(lane.submit(then), then))
    lane.close()
    assert outcomes[1].error == ""
    assert outcomes[0].error == "" or outcomes[0].error.startswith(f"{photo}: its worker process was killed")
    expected = Restorer.from_bundle(toy_bundle).restore(photo).image
    np.testing.assert_array_equal(np.asarray(Image.open(photo.with_name("third.png"))), expected)


def test_a_batch_that_is_given_up_leaves_no_process(recipe, photo):
    before = set(multiprocessing.active_children())
    outcomes = run((task(photo, f"{place}.png") for place in range(1000)), recipe, jobs=1)
    assert next(outcomes).error == ""
    assert set(multiprocessing.active_children()) > before
    outcomes.close()
    assert set(multiprocessing.active_children()) == before
    assert list(photo.parent.glob(".*.part")) == []
