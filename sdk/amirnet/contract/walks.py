"""T3 to T10: the walk, the restricted walk, and how likely each kind is."""

from __future__ import annotations

from collections.abc import Collection

from amirnet.contract.kinds import all_kinds, allowed, commonest, likelihoods, shares, step
from amirnet.contract.pixels import stream
from amirnet.contract.trees import TREES, Tree, entry, node_of, root_of
from amirnet.contract.vector_file import Fields, Group, VectorFile

BY_HAND: list[tuple[list[float], list[int], list[float], float]] = [
    ([1, 0.75, 0.25, 0.125, 0.375, 0.5, 0], [0, 1, 4], [1, 0.75, 0.75], 0.5625),
    ([1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25], [0], [1], 1),
    ([1, 0.75, 0.25, 0.25, 0.25, 0.25, 0.25], [0, 1, 3], [1, 0.75, 0.5], 0.375),
    ([1, 0.25, 0.75, 0.25, 0.25, 0.5, 0], [0, 2, 5], [1, 0.75, 1], 0.75),
    ([1, 0, 0, 0, 0, 0, 0], [0], [1], 1),
]
"""Of the example's tree, worked out by hand: averaged mask, path, probabilities, confidence."""

RESTRICTED_BY_HAND: list[tuple[int, list[str], list[int], list[float], bool]] = [
    (0, ["lowlight"], [0, 1, 4], [1, 0.75, 0.75], False),
    (0, ["noise"], [0, 1, 3], [1, 0.75, 0.25], True),
    (0, ["jpeg"], [0, 2, 5], [1, 0.25, 1], True),
    (0, ["none"], [0, 2, 5], [1, 0.25, 1], True),
    (1, ["jpeg", "noise"], [0, 1, 3], [1, 0.5, 0.5], True),
    (4, ["jpeg"], [0, 2, 5], [1, 0, 1], True),
]
"""Which of the masks above, kinds, path, probabilities, whether the code is the stored one."""

LIKELY_BY_HAND: list[tuple[list[float], dict[str, float]]] = [
    (BY_HAND[0][0], {"jpeg": 0.265625, "lowlight": 0.46875, "motion": 0, "noise": 0.140625, "none": 0.125}),
    ([1, 0, 1, 0, 0, 0.5, 0], {"jpeg": 0.5, "lowlight": 0, "motion": 0, "noise": 0, "none": 0.5}),
    ([1, 0, 0, 0, 0, 0, 0], {}),
]


def walk(tree: Tree, mask: list[float], within: Collection[int] | None = None) -> tuple[list[int], list[float]]:
    """T3 to T6, or restricted to some ids T9: the path, and each step's probability."""
    node = root_of(tree)
    path, probabilities = [node["id"]], [1.0]
    while node["children"]:
        children = [node_of(tree, child) for child in node["children"] if within is None or child in within]
        largest = max(mask[entry(child)] for child in children)
        likeliest = [child for child in children if mask[entry(child)] == largest]
        best = min(likeliest, key=lambda child: int(child["index"]))
        probability = step(tree, node, best["id"], mask)
        if within is None and probability < best["confidence"]:
            break
        node = best
        path.append(node["id"])
        probabilities.append(probability)
    return path, probabilities


def product(probabilities: list[float]) -> float:
    """T6: in path order."""
    found = 1.0
    for probability in probabilities:
        found *= probability
    return found


def made_mask(tree: Tree, seed: int) -> list[float]:
    """An averaged mask: parts of each level that add up to about 1."""
    numbers, found = stream(seed), []
    for level in range(tree["levels"]):
        parts = [next(numbers) + 1 for _ in range(2**level)]
        found += [part / sum(parts) for part in parts]
    return found


def masks() -> list[tuple[str, str, list[float]]]:
    """Name of the case, name of the tree, averaged mask."""
    found = [(f"by hand: {mask}", "example", list(map(float, mask))) for mask, *_ in BY_HAND]
    found += [(f"children in another order: {mask}", "shuffled", list(map(float, mask))) for mask, *_ in BY_HAND]
    found += [("one node", "lone_root", [1.0]), ("one node, nothing in its mask", "lone_root", [0.0])]
    found += [(f"four levels, seed {seed}", "full", made_mask(TREES["full"], seed)) for seed in range(20)]
    exact = [1, 0.4, 0.6, 0.2, 0.2, 0.3, 0.3] + [0.125] * 8
    found.append(("ties, and a step that is as likely as it must be", "full", [float(number) for number in exact]))
    return found


def vectors() -> VectorFile:
    about = "The walk through a tree, and what a node is for."
    file = VectorFile("walk", "T3 T4 T5 T6 T8 T9 T10", about)
    free = file.group(
        "walk",
        "The walk of an averaged mask.",
        {"tree": "a name in trees.json", "mask": "the averaged mask, K float64 numbers"},
        {
            "path": "node ids from the root",
            "probabilities": "each step's, the root's is 1",
            "confidence": "their product",
        },
    )
    for name, tree, mask in masks():
        path, probabilities = walk(TREES[tree], mask)
        expected = {"path": path, "probabilities": probabilities, "confidence": product(probabilities)}
        free.add(name, {"tree": tree, "mask": mask}, expected)
    for case, (_, path, probabilities, confidence) in zip(free.cases, BY_HAND, strict=False):
        same(case, {"path": path, "probabilities": probabilities, "confidence": confidence})
    _kinds(file)
    _restricted(file)
    _likelihoods(file)
    return file


def same(case: Fields, wanted: Fields) -> None:
    """Raises AssertionError unless a case's numbers are those that were worked out by hand."""
    if case["expected"] != wanted:
        raise AssertionError(f"{case['name']}: {case['expected']}, by hand {wanted}")


def _kinds(file: VectorFile) -> None:
    group = file.group(
        "kinds",
        "What a node is for (T8).",
        {"tree": "a name in trees.json", "node": "an id"},
        {"shares": "a user's kind -> its share", "commonest": "a kind, or null"},
    )
    for name in ("example", "full", "minor_kinds"):
        for node in TREES[name]["nodes"]:
            expected = {"shares": shares(node), "commonest": commonest(node)}
            group.add(f"{name}: {node['id']}", {"tree": name, "node": node["id"]}, expected)


def _restricted(file: VectorFile) -> None:
    group = file.group(
        "restricted",
        "The walk restricted to kinds (T9).",
        {"tree": "a name in trees.json", "mask": "the averaged mask", "kinds": "a user's kinds"},
        {"path": "node ids", "probabilities": "each step's", "stored": "whether the code is the answer's stored one "
         "whatever the conditioning, as the unrestricted walk has another path"},
    )  # fmt: skip
    for place, kinds, path, probabilities, stored in RESTRICTED_BY_HAND:
        mask = list(map(float, BY_HAND[place][0]))
        _restrict(group, "example", f"by hand: {mask} to {' '.join(kinds)}", mask, kinds)
        same(group.cases[-1], {"path": path, "probabilities": probabilities, "stored": stored})
    _restrict(group, "example", "a kind that no leaf has", list(map(float, BY_HAND[0][0])), ["motion"])
    for mask, *_ in BY_HAND[:4]:
        for kinds in (["none"], ["rain"], ["none", "rain"], ["jpeg", "rain"]):
            _restrict(group, "minor_kinds", f"nobody's: {mask} to {' '.join(kinds)}", [*map(float, mask)], kinds)
    for seed in range(6):
        mask = made_mask(TREES["full"], seed)
        for kind in all_kinds(TREES["full"]):
            _restrict(group, "full", f"four levels, seed {seed}, {kind}", mask, [kind])
        others = [kind for kind in all_kinds(TREES["full"]) if kind != "lowlight"]
        _restrict(group, "full", f"four levels, seed {seed}, all but lowlight", mask, others)


def _restrict(group: Group, tree: str, name: str, mask: list[float], kinds: list[str]) -> None:
    within = allowed(TREES[tree], kinds)
    expected: Fields = {"error": "NodeError", "names": kinds}
    if within is not None:
        path, probabilities = walk(TREES[tree], mask, within)
        stored = path != walk(TREES[tree], mask)[0]
        expected = {"path": path, "probabilities": probabilities, "stored": stored}
    group.add(name, {"tree": tree, "mask": mask, "kinds": kinds}, expected)


def _likelihoods(file: VectorFile) -> None:
    group = file.group(
        "likelihoods",
        "How likely each kind is (T10).",
        {"tree": "a name in trees.json", "mask": "the averaged mask"},
        {"likelihoods": "kind -> how likely; empty: nothing is known"},
    )
    for numbers, wanted in LIKELY_BY_HAND:
        mask = list(map(float, numbers))
        found = {"likelihoods": likelihoods(TREES["example"], mask)}
        group.add(f"by hand: {mask}", {"tree": "example", "mask": mask}, found)
        same(group.cases[-1], {"likelihoods": wanted})
    for name, tree, mask in masks():
        if tree != "example":
            group.add(name, {"tree": tree, "mask": mask}, {"likelihoods": likelihoods(TREES[tree], mask)})
    plain = {"tree": "without_kinds", "mask": list(map(float, BY_HAND[0][0]))}
    group.add("a tree that states no kinds", plain, {"likelihoods": {}})
