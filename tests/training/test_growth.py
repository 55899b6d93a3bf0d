"""Growing: clear clusters are parted, and what cannot be parted is kept whole with a reason."""

import numpy as np
import pytest

from amirnet_training.tree.compare import table
from amirnet_training.tree.growth import confusion, grow, purity, split
from amirnet_training.tree.policy import POLICIES

FEATURES = 16


def clusters(*sizes: int, spread: float = 0.1, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Items around centres in two far-apart families, 0 and 1 against 2 and 3, and which each belongs to."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(len(sizes)), sizes)
    signs = np.where(rng.random((4, FEATURES)) < 0.5, -1.0, 1.0)
    centres = np.stack([signs[0], 1.5 * signs[0] + signs[1], 3 * signs[2], 4 * signs[2] + 2 * signs[3]])
    # Items of one kind differ along few directions, as features of a network do.
    noise = rng.normal(0, spread, (len(truth), 3)) @ rng.normal(size=(3, FEATURES))
    return centres[truth] + noise, truth


@pytest.mark.parametrize("policy", POLICIES)
def test_clear_clusters_are_parted(policy: str) -> None:
    features, truth = clusters(60, 0, 40)
    truth //= 2
    labels, report = split(features, policy, 0.08, 0)
    assert labels is not None and report == "split into 60 and 40 items"
    assert np.array_equal(labels, truth), "child 0 is the one that moved less"


@pytest.mark.parametrize("policy", POLICIES)
def test_the_same_items_give_the_same_tree(policy: str) -> None:
    features, _ = clusters(30, 30, 30, spread=1.0)
    leaves = np.zeros(90, np.int64)
    first, again = (grow(features, leaves, policy, 0.1, 7) for _ in range(2))
    assert np.array_equal(first.labels, again.labels) and first.report == again.report


def test_two_levels_find_four_kinds() -> None:
    features, truth = clusters(50, 50, 50, 50)
    labels = np.zeros(200, np.int64)
    for _ in range(2):
        labels = grow(features, labels, "direction", 0.08, 0).labels
    kinds = [f"kind{t}" for t in truth]
    assert purity(labels, kinds) == 1.0
    assert set(labels) == {0, 1, 2, 3}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(
    ("features", "reason"),
    [
        (np.ones((1, FEATURES)), "too few"),
        (np.ones((7, FEATURES)), "too few"),
        (np.ones((50, FEATURES)), "all alike"),
        (np.zeros((50, FEATURES)), "all alike"),
        (np.full((50, FEATURES), np.nan), "not finite"),
        (np.where(np.arange(50)[:, None] == 3, np.inf, 1.0) * np.ones(FEATURES), "not finite"),
    ],
    ids=["one", "seven", "alike", "no change", "nan", "infinite"],
)
def test_what_cannot_be_split_is_kept_whole(policy: str, features: np.ndarray, reason: str) -> None:
    labels, report = split(features, policy, 0.08, 0)
    assert labels is None and "kept whole" in report and reason in report
    leaves = np.full(len(features), 3)
    grown = grow(features, leaves, policy, 0.08, 0)
    assert (grown.labels == 6).all(), "goes on as child 2i alone"
    assert grown.report == (f"node 3: {report}",)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("policy", POLICIES)
def test_one_outlier_is_no_cluster(policy: str) -> None:
    features = np.zeros((60, FEATURES))
    features[17] = 1000.0
    labels, report = split(features, policy, 0.08, 0)
    assert labels is None and "kept whole" in report


@pytest.mark.parametrize("policy", ["standardise", "direction"])
def test_an_outlier_does_not_hide_two_clusters(policy: str) -> None:
    features, truth = clusters(100, 0, 100)
    features[5] *= 1e4
    labels, _ = split(features, policy, 0.08, 0)
    assert labels is not None
    agreeing = (labels == truth // 2).mean()  # the outlier may change which child moved less
    assert max(agreeing, 1 - agreeing) >= 0.99


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("seed", range(3))
def test_children_have_their_share_or_there_are_none(policy: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for features in (rng.normal(size=(40, FEATURES)), rng.exponential(size=(40, 1)) ** 4 * np.ones(FEATURES)):
        labels, _ = split(features, policy, 0.2, 0)
        assert labels is None or np.bincount(labels, minlength=2).min() >= 8


@pytest.mark.parametrize("policy", POLICIES)
def test_few_dimensions_do_not_break_a_policy(policy: str) -> None:
    rng = np.random.default_rng(0)
    thin = np.outer(np.repeat([0.5, 4.0], 20) + rng.normal(0, 0.05, 40), np.ones(FEATURES))
    labels, _ = split(thin, policy, 0.08, 0)
    if policy != "direction":  # there the two differ by length only, which is not a direction
        assert labels is not None and np.array_equal(labels, np.repeat([0, 1], 20))
    assert np.isfinite(POLICIES[policy](thin)).all()
    assert POLICIES["whiten"](thin).shape == (40, 1), "rounding noise is no component"


def test_leaves_are_split_apart_from_each_other() -> None:
    features, truth = clusters(40, 40, 6)
    leaves = np.where(truth < 2, 0, 1)
    grown = grow(features.astype(np.float32), leaves, "direction", 0.1, 0)
    assert set(grown.labels[truth < 2]) == {0, 1} and set(grown.labels[truth == 2]) == {2}
    assert len(grown.report) == 2 and "kept whole: 6 items" in grown.report[1]


def test_purity_and_confusion() -> None:
    labels = np.array([0, 0, 0, 1, 1, 5])
    kinds = ["a", "a", "b", "b", "b", "a"]
    assert purity(labels, kinds) == pytest.approx(5 / 6)
    assert confusion(labels, kinds) == {0: {"a": 2, "b": 1}, 1: {"a": 0, "b": 2}, 5: {"a": 1, "b": 0}}


def test_policies_are_compared_on_the_same_features() -> None:
    features, truth = clusters(50, 50, 50, 50)
    rows = table(features, [f"kind{t}" for t in truth], 3, 0.08, 0)
    assert set(rows) == set(POLICIES) and all(len(values) == 2 for values in rows.values())
    assert rows["direction"] == [0.5, 1.0]
