"""R3, R7, T9, C and E7 together: what is wrong with a photo, what a user wants of it, and so what is done to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from amirnet.contract.codes import code
from amirnet.contract.floats import float32
from amirnet.contract.kinds import all_kinds as kinds_of
from amirnet.contract.kinds import allowed, commonest, likelihoods
from amirnet.contract.lights import curve, head, made_head, statistics
from amirnet.contract.padding import rectangle
from amirnet.contract.pixels import Photo, stream, to_bytes
from amirnet.contract.probes import averaged_mask, soft_code, starts
from amirnet.contract.trees import TREES, node_of, path_to
from amirnet.contract.vector_file import Fields, VectorFile
from amirnet.contract.walks import product, walk

HEADS = {"seven": made_head(7, 21), "fifteen": made_head(15, 22), "one": made_head(1, 23)}
"""Light heads for codes of so many numbers, by the name that cases cite."""

PLAIN: Fields = {"light": "auto", "kind": None, "node": None, "strength": 1.0}
"""The options of a user who asks for nothing."""


@dataclass(frozen=True)
class Model:
    """A model as far as a diagnosis needs it."""

    tree: str
    """The tree's name among the shared ones."""
    light: str | None = None
    """The light head's name; None: the bundle has none."""
    probe_size: int = 8
    """Pixels a side."""
    probes_per_side: int = 3
    """At most."""
    trim: int = 0
    """As in CONTRACT D5."""

    @property
    def given(self) -> Fields:
        return dict(vars(self))

    @property
    def head(self) -> dict[str, Any] | None:
        return HEADS[self.light] if self.light else None


def probes(model: Model, photo: Photo) -> list[Photo]:
    """D3: the probes' pixels, in plan order."""
    size, most = model.probe_size, model.probes_per_side
    tops, lefts = (starts(n, size, most) for n in (len(photo), len(photo[0])))
    return [rectangle(photo, x, y, size, size) for y in tops for x in lefts]


def answers(model: Model, count: int, seed: int) -> tuple[list[list[float]], list[list[float]]]:
    """What an encoder may give for so many probes: mask and value, float32, probabilities per level."""
    numbers, levels = stream(seed), TREES[model.tree]["levels"]
    mask, value = [], []
    for _ in range(count):
        row: list[float] = []
        for level in range(levels):
            parts = [next(numbers) + 1 for _ in range(2**level)]
            row += [float32(part / sum(parts)) for part in parts]
        mask.append(row)
        value.append([float32(next(numbers) / 32768 - 1) for _ in row])
    return mask, value


def diagnosis(model: Model, photo: Photo, mask: list[list[float]], value: list[list[float]], options: Fields) -> Fields:
    """What must come out: see the fields of `diagnose`."""
    tree, options = TREES[model.tree], PLAIN | options
    gathered = probes(model, photo)
    found: Fields = {"likelihoods": {}}
    if options["node"] is not None:
        path = path_to(tree, options["node"])
        probabilities, numbers = [1.0] * len(path), code(tree, options["node"], None)
        light_code = numbers
    else:
        averaged, soft = averaged_mask(mask), soft_code(mask, value, model.trim)
        free = walk(tree, averaged)
        wanted = _wanted(model, options, free[0][-1])
        bright = ["lowlight"] if options["light"] == "brighten" else wanted
        found = {"likelihoods": likelihoods(tree, averaged)}
        codes = []
        for kinds in (bright, wanted):
            path, probabilities = free if kinds is None else walk(tree, averaged, allowed(tree, kinds))
            codes.append(code(tree, path[-1], soft if path == free[0] else None))
        light_code, numbers = codes
    found |= {"path": path, "probabilities": probabilities, "confidence": product(probabilities), "code": numbers}
    return found | {"light": _light(model, gathered, light_code, options["light"])}


def _wanted(model: Model, options: Fields, free: int) -> list[str] | None:
    """E7, R7: the kinds that the restorer's walk is restricted to; None: it is not."""
    tree = TREES[model.tree]
    if options["kind"] is not None:
        return ["noise" if options["kind"] == "camera" else options["kind"]]
    if options["light"] == "brighten":
        return ["lowlight"]
    if options["light"] == "keep" and commonest(node_of(tree, free)) == "lowlight":
        return [kind for kind in kinds_of(tree) if kind != "lowlight"]
    return None


def _light(model: Model, gathered: list[Photo], numbers: list[float], light: str | float) -> Fields | None:
    """E1 to E3, E7."""
    if model.head is None:
        return None
    if light == "keep":
        return {"gain": [0.0] * 3, "bend": [0.0] * 3}
    flat = [pixel for photo in gathered for row in photo for pixel in row]
    seen = [each for channel in range(3) for each in statistics([pixel[channel] for pixel in flat])]
    output = head(model.head, numbers, seen)
    gain, bend = curve(output or [], 1.0 if isinstance(light, str) else light)
    return {"gain": gain, "bend": bend}


def encoder(
    file: VectorFile, model: Model, photo: Photo, seed: int
) -> tuple[Fields, list[list[float]], list[list[float]]]:
    """What the encoder is given and gives, as a case states it; mask and value."""
    gathered = probes(model, photo)
    mask, value = answers(model, len(gathered), seed)
    shape = [len(gathered), model.probe_size, model.probe_size, 3]
    stated = {"probes": file.array(b"".join(map(to_bytes, gathered)), shape), "mask": mask, "value": value}
    return stated, mask, value


ENCODER = "what the encoder is given and gives: probes, uint8 (N, s, s, 3); mask and value, N lists of K float32"
MODEL = (
    "tree: a name in trees.json; light: a name in shared.lights (a manifest's `light`), or null; probe_size, "
    "probes_per_side, trim: of geometry.probe"
)
OPTIONS = "as in options.json; what is left out is light auto, no kind, no node, strength 1"
