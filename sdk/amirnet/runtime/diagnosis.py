"""What is wrong with a photo, what a user wants of it, and so what is done to it (CONTRACT T, C, E, R3, R7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from amirnet.errors import EngineError, OptionError
from amirnet.runtime.arrays import Doubles, Floats, Integers
from amirnet.runtime.degradation_tree import DegradationTree, Walk
from amirnet.runtime.engine import Engine
from amirnet.runtime.kinds import LOW_LIGHT, allowed_for, check_kind, commonest, kind_of, kinds_of, likelihoods
from amirnet.runtime.level_statistics import count_levels, level_statistics, mean_level
from amirnet.runtime.light_curve import NO_LIGHT, LightCurve
from amirnet.runtime.model_spec import ModelSpec
from amirnet.runtime.photo_rows import PhotoRows
from amirnet.runtime.probe_plan import ProbePlan, average
from amirnet.runtime.restore_options import RestoreOptions


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """What is wrong with a photo."""

    node: int
    """The id of the chosen node."""
    path: tuple[int, ...]
    """Node ids from the root to the chosen one."""
    confidences: tuple[float, ...]
    """Each step's probability, 0..1; the root's is 1."""
    confidence: float
    """Their product."""
    code: Floats
    """What steers the restorer, float32 (K,)."""
    mask: Doubles
    """The averaged mask of the probes, float64 (K,)."""
    kinds: dict[str, float]
    """Kind of damage -> how likely, the likeliest first; they add up to 1. {} where the model states no kinds, or a
    node was forced."""
    light: LightCurve | None
    """The curves that the photo is brightened by; None: this model has no such step."""
    levels: Integers | None
    """How often each level occurs in the probes, (3, 256); None where nobody looked."""

    @property
    def mean_levels(self) -> tuple[float, float] | None:
        """The probes' mean level, 0..255, before and after `light`; None where there is no light, or no levels."""
        if self.light is None or self.levels is None:
            return None
        return mean_level(self.levels), mean_level(self.levels, self.light.tables)


def check_options(model: ModelSpec, options: RestoreOptions) -> None:
    """Raises NodeError and OptionError for what the model has nothing for, before a photo is looked at."""
    tree, head = model.tree, model.light
    if options.node is not None:
        tree.node(options.node)
    if options.kind is not None:
        check_kind(tree, options.kind)
    if options.light == "brighten":
        check_kind(tree, LOW_LIGHT)
    led = options.kind is not None or options.node is not None
    if head is None and options.light == "keep" and not led and not kinds_of(tree):
        problem = "this model does not state which of its nodes brighten"
        raise OptionError(f"light keep: {problem}; leave it out, or give a node (see amirnet inspect)")
    if head is None and not isinstance(options.light, str) and options.light != 1.0:
        raise OptionError(f"light {options.light:g}: this model has no curve to scale; take auto, keep or brighten")


def diagnose(model: ModelSpec, engine: Engine, photo: PhotoRows, options: RestoreOptions) -> Diagnosis:
    """The diagnosis of a photo. Raises EngineError, NodeError, OptionError."""
    check_options(model, options)
    tree, head, probe = model.tree, model.light, model.probe
    wants_light = head is not None and options.light != "keep"
    squares = None
    if options.node is None or wants_light:
        squares = ProbePlan(photo.width, photo.height, probe.size, probe.probes_per_side).gather(photo.read)
    if options.node is not None:
        path = tree.path_to(options.node)
        walk, code, mask = Walk(path, (1.0,) * len(path)), tree.code_for(options.node), np.zeros(tree.size)
        light_code, likely = code, {}
    else:
        assert squares is not None
        mask, soft = average(*engine.encode(squares), probe.trim)
        if not (np.isfinite(mask).all() and np.isfinite(soft).all()):
            raise EngineError(f"{model.where}: the encoder returned NaN or infinity; export the bundle again")
        walk, code, light_code = _walks(tree, mask, soft, options)
        likely = likelihoods(tree, mask)
    levels = None if squares is None else count_levels(squares)
    light = None if head is None else NO_LIGHT
    if head is not None and levels is not None and options.light != "keep":
        light = head.curve(light_code, level_statistics(levels), model.where)
        if not isinstance(options.light, str):
            light = light.scaled(options.light)
    return Diagnosis(walk.node, walk.path, walk.confidences, walk.confidence, code, mask, likely, light, levels)


def _walks(tree: DegradationTree, mask: Doubles, soft: Doubles, options: RestoreOptions) -> tuple[Walk, Floats, Floats]:
    """The walk that the options ask for, the restorer's code, and the code that the light is asked with (CONTRACT T9,
    E7)."""
    free = tree.walk(mask)

    def towards(kinds: set[str]) -> Walk:
        return tree.walk(mask, allowed_for(tree, kinds))

    def code_of(walk: Walk) -> Floats:
        return tree.code_for(walk.node, soft if walk.path == free.path else None)

    chosen = free
    if options.kind is not None:
        chosen = towards({kind_of(options.kind)})
    elif options.light == "brighten":
        chosen = towards({LOW_LIGHT})
    elif options.light == "keep" and commonest(tree.node(free.node)) == LOW_LIGHT:
        chosen = towards(set(kinds_of(tree)) - {LOW_LIGHT})
    bright = towards({LOW_LIGHT}) if options.light == "brighten" else chosen
    return chosen, code_of(chosen), code_of(bright)
