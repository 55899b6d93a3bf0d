"""Photos for quantising: training samples as in training, but with the codes that the runtime would give them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from amirnet.runtime.degradation_tree import DegradationTree, TreeNode

from .. import progress as bars
from ..checkpoint import TrainedModel, load_model
from ..config import Config, with_root
from ..data.items import NODE_STREAM, Items, counter_rng
from ..data.loader import StepSampler, make_loader, to_float
from ..errors import CheckpointError, DataError
from ..network import AMIRNet
from ..network.phone import PhoneRestorer


class Sample(NamedTuple):
    """A batch for the restorer. Images are (N, 3, P, P) in [0, 1]."""

    item: Tensor
    """Item numbers, (N,) int64, on the CPU."""
    degraded: Tensor
    clean: Tensor
    code: Tensor
    """(N, K, 1, 1), multiples of 1 / grid."""


class RuntimeCodes:
    """What the runtime would steer each sample by: the walk through the tree and the rounded code (CONTRACT T, C).

    Args:
        network: trained, in eval mode; its encoder and heads are used as they are.
        tree: as the checkpoint holds it.
        share: part of the samples that get the stored code of a random node on their path instead, so that the
            restorer stays good for a walk that stops early.
        seed: decides which samples.
        size: side of the probes in pixels; of larger ones the middle is taken; 0: they are as they should be.
    """

    def __init__(
        self, network: AMIRNet, tree: dict[str, Any], size: int = 0, share: float = 0.0, seed: int = 0
    ) -> None:
        self.network, self.tree, self.size, self.share, self.seed = network, tree_of(tree), size, share, seed

    @torch.no_grad()
    def __call__(self, probes: Tensor, visits: range) -> Tensor:
        """Codes (N, K, 1, 1) of probes (N, R, 3, P, P); ``visits`` numbers the samples."""
        count, repeats, _, side, _ = probes.shape
        first = (side - self.size) // 2 if self.size else 0
        probes = probes[..., first : side - first, first : side - first]
        place = self.network.place(probes.flatten(0, 1))
        mask = place.mask.double().view(count, repeats, -1).mean(dim=1).cpu().numpy()
        soft = (place.mask.double() * place.value.double()).view(count, repeats, -1).mean(dim=1).cpu().numpy()
        codes = []
        for own_mask, own_soft, visit in zip(mask, soft, visits, strict=True):
            path = self.tree.walk(own_mask).path
            rng = counter_rng(self.seed, NODE_STREAM, visit)
            if rng.random() < self.share:
                codes.append(self.tree.code_for(path[int(rng.integers(len(path)))]))
            else:
                codes.append(self.tree.code_for(path[-1], own_soft))
        return torch.from_numpy(np.stack(codes))[:, :, None, None].to(probes.device)


def tree_of(tree: dict[str, Any]) -> DegradationTree:
    """The runtime's tree from the checkpoint's."""
    nodes = [{**node, "children": tuple(node["children"]), "code": tuple(node["code"])} for node in tree["nodes"]]
    return DegradationTree(tree["levels"], tree["grid"], tree["conditioning"], tuple(TreeNode(**n) for n in nodes))


class Setting(NamedTuple):
    """What a finished model is quantised with: its own training images, in patches with context."""

    config: Config
    items: Items
    codes: RuntimeCodes

    @classmethod
    def of(cls, model: TrainedModel, tree: dict[str, Any], data: Path) -> Setting:
        """For a model with its tree, and the folder ``data`` of its image sets. Raises DataError."""
        config = with_context(with_root(model.config, data))
        codes = RuntimeCodes(model.network, tree, model.config.data.patch)
        return cls(config, Items(config.data, config.data.items, config.train.seed), codes)


def with_context(config: Config) -> Config:
    """The configuration with patches half as large again, and half as many a batch: what is left of them by
    `layers.inner` has been restored from a photo, and not from a border."""
    data = config.data.model_copy(update={"patch": config.data.patch * 3 // 2 // 16 * 16})
    train = config.train.model_copy(update={"batch": max(1, config.train.batch // 2)})
    return config.model_copy(update={"data": data, "train": train})


def samples(
    codes: RuntimeCodes, items: Items, config: Config, steps: range, rank: int = 0, world: int = 1
) -> Iterator[Sample]:
    """One process's share of the batches of ``steps``, the same whatever the number of data workers.

    Raises:
        DataError: a training image is missing or cannot be used.
    """
    batch = config.train.batch
    sampler = StepSampler(steps.start, steps.stop, batch, rank, world)
    device = next(codes.network.parameters()).device
    loader = make_loader(items, config.data.probes, sampler, config.data.workers)
    try:
        for step, share in zip(steps, loader, strict=True):
            code = codes(to_float(share.probes, device), range(step * batch + rank, (step + 1) * batch, world))
            yield Sample(share.item, to_float(share.degraded, device), to_float(share.clean, device), code)
    except DataError as error:
        # From a data worker it comes with the worker's traceback before it.
        raise DataError(str(error).rpartition(f"{DataError.__name__}: ")[2].strip()) from None


def calibration_samples(codes: RuntimeCodes, items: Items, config: Config) -> Iterator[Sample]:
    """What `search.calibrate_by_result` looks at: training's first crops and their codes."""
    steps = range(config.quantize.batches)
    with bars.task("calibrating", len(steps)) as advance:
        for sample in samples(codes, items, config, steps):
            yield sample
            advance(1)


def load_start(path: Path) -> tuple[TrainedModel, PhoneRestorer, dict[str, Any]]:
    """A finished model that can be quantised, with its restorer and its tree.

    Raises:
        CheckpointError: missing, broken or not finite, of a preset without an 8-bit form, or without a tree.
    """
    model = load_model(path)
    if not isinstance(model.network.restorer, PhoneRestorer):
        preset = model.config.network.preset
        raise CheckpointError(f"{path}: preset {preset!r} has no 8-bit form: quantise a phone preset, mobile or tiny")
    if model.tree is None:
        raise CheckpointError(f"{path}: holds no tree: train to the end, then quantise model.safetensors")
    return model, model.network.restorer, model.tree
