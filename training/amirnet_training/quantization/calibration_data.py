"""Photos for quantizing: training samples as in training, but with the codes that the runtime would give them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from amirnet.runtime.degradation_tree import DegradationTree, TreeNode

from .. import progress as bars
from ..checkpoint import TrainedModel, load_model
from ..config import Config, with_root
from ..data.counters import NODE_STREAM, counter_rng
from ..data.items import Items
from ..data.loader import Batch, StepSampler, make_loader, to_float
from ..data.windows import Windows
from ..errors import CheckpointError, DataError
from ..network import AMIRNet
from ..network.light import level_statistics, to_levels
from ..network.phone import PhoneRestorer


class Sample(NamedTuple):
    """A batch for the restorer. Images are (N, 3, P, P) in [0, 1]; the degraded ones as bright as their code and their
    levels say that they should be."""

    item: Tensor
    """Item numbers, (N,) int64, on the CPU."""
    degraded: Tensor
    """As the restorer is given them."""
    clean: Tensor
    """As the photos should come back."""
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
        count, repeats = probes.shape[:2]
        place = self.network.place(self._cut(probes).flatten(0, 1))
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

    @torch.no_grad()
    def lifted(self, tiles: Tensor, probes: Tensor, codes: Tensor) -> Tensor:
        """Tiles (N, 3, H, W) under the tone curves of their photos, as the runtime gives them to the restorer."""
        statistics = level_statistics(self._cut(probes))
        return to_levels(self.network.lift(tiles, codes[:, :, 0, 0], statistics))

    def _cut(self, probes: Tensor) -> Tensor:
        side = probes.shape[-1]
        first = (side - self.size) // 2 if self.size else 0
        return probes[..., first : side - first, first : side - first]


def tree_of(tree: dict[str, Any]) -> DegradationTree:
    """The runtime's tree from the checkpoint's."""
    nodes = [{**node, "children": tuple(node["children"]), "code": tuple(node["code"])} for node in tree["nodes"]]
    return DegradationTree(tree["levels"], tree["grid"], tree["conditioning"], tuple(TreeNode(**n) for n in nodes))


class Setting(NamedTuple):
    """What a finished model is quantized with: its own training images, in patches with context."""

    config: Config
    """Of the model, with patches that have context."""
    items: Items
    """The photos."""
    codes: RuntimeCodes
    """What each sample is steered by."""

    @classmethod
    def of(cls, model: TrainedModel, tree: dict[str, Any], data: Path) -> Setting:
        """For a model with its tree, and the folder ``data`` of its image sets. Raises DataError."""
        config = with_context(with_root(model.config, data))
        codes = RuntimeCodes(model.network, tree, model.config.data.probe_side)
        return cls(config, quantization_items(config), codes)


def with_context(config: Config) -> Config:
    """The configuration with patches half as large again, and half as many a batch unless it says otherwise: what is
    left of them by `layers.inner` has been restored from a photo, and not from a border."""
    patch = config.data.patch * 3 // 2 // 16 * 16
    data = config.data.model_copy(update={"patch": min(patch, config.data.window or patch)})
    train = config.train.model_copy(update={"batch": config.quantize.batch or max(1, config.train.batch // 2)})
    return config.model_copy(update={"data": data, "train": train})


def quantization_items(config: Config) -> Items:
    """Those of the training items that a restorer is quantized with. Raises DataError."""
    return Items(config.data, config.quantize.items or config.data.items, config.train.seed)


def samples(
    codes: RuntimeCodes, items: Items, config: Config, steps: range, rank: int = 0, world: int = 1
) -> Iterator[Sample]:
    """One process's share of the batches of ``steps``, the same whatever the number of data workers.

    Raises:
        DataError: a training image is missing or cannot be used.
    """
    batch = config.train.batch
    device = next(codes.network.parameters()).device
    try:
        for step, share in zip(steps, _batches(items, config, steps, rank, world), strict=True):
            probes = to_float(share.probes, device)
            code = codes(probes, range(step * batch + rank, (step + 1) * batch, world))
            tiles = codes.lifted(to_float(share.degraded, device), probes, code)
            yield Sample(share.item, tiles, to_float(share.clean, device), code)
    except DataError as error:
        # From a data worker it comes with the worker's traceback before it.
        raise DataError(str(error).rpartition(f"{DataError.__name__}: ")[2].strip()) from None


def _batches(items: Items, config: Config, steps: range, rank: int, world: int) -> Iterator[Batch]:
    data, batch = config.data, config.train.batch
    if data.window:
        windows = _windows(items, data.window, data.patch, data.probe_side, data.probes, data.workers)
        return (windows.batch(step, batch, rank, world) for step in steps)
    sampler = StepSampler(steps.start, steps.stop, batch, rank, world)
    return iter(make_loader(items, data.probes, sampler, data.workers))


@lru_cache(maxsize=2)
def _windows(items: Items, side: int, patch: int, probe: int, probes: int, workers: int) -> Windows:
    """One generation of windows, which calibration and training share."""
    windows = Windows(items, side, patch, probe, probes, workers, torch.device("cpu"))
    with bars.task("damaging photos", len(items)) as advance:
        windows.turn_to(0, advance, last=True)
    return windows


def calibration_samples(codes: RuntimeCodes, items: Items, config: Config) -> Iterator[Sample]:
    """What `search.calibrate_by_result` looks at: training's first crops and their codes."""
    steps = range(config.quantize.batches)
    with bars.task("calibrating", len(steps)) as advance:
        for sample in samples(codes, items, config, steps):
            yield sample
            advance(1)


def load_start(path: Path) -> tuple[TrainedModel, PhoneRestorer, dict[str, Any]]:
    """A finished model that can be quantized, with its restorer and its tree.

    Raises:
        CheckpointError: missing, broken or not finite, of a preset without an 8-bit form, or without a tree.
    """
    model = load_model(path)
    if not isinstance(model.network.restorer, PhoneRestorer):
        preset = model.config.network.preset
        raise CheckpointError(f"{path}: preset {preset!r} has no 8-bit form: quantize a phone preset, mobile or tiny")
    if model.tree is None:
        raise CheckpointError(f"{path}: holds no tree: train to the end, then quantize model.safetensors")
    return model, model.network.restorer, model.tree
