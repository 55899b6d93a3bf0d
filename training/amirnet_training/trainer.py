"""Training in float: restoration and tree learnt together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from . import progress as bars
from .checkpoint import STATE_KEYS, TrainedModel, fingerprint, load_model
from .config import Config
from .data.items import Items
from .data.loader import Batch, StepSampler, make_loader
from .data.windows import Windows
from .errors import CheckpointError
from .learner import Learner
from .loop import TrainingLoop
from .meter import Meter
from .network import AMIRNet, build_from
from .runlog import RunLog
from .tree import growth, severity
from .tree.assignment import Assignment
from .tree.features import CropSource, FreshCrops, item_codes, item_features
from .tree.finish import describe, walk_down
from .tree.steering import nodes_of_kinds
from .validation import Validation

GROWN = ("levels", "severity", "bands")
"""Of the network's section: what training on may add."""


class Trainer(TrainingLoop[Batch]):
    """One training run in one folder.

    Args:
        config: what to train.
        folder: where checkpoints, logs and the finished model go.
        resume: go on from the folder's checkpoint.
        start: a model whose weights and tree are trained on, instead of fresh ones: for one's own camera, or to carry a
            run over whose checkpoint is lost. Its tree does not grow any more; where the configuration asks for
            `severity` and the model has none, nodes that hold no photos give their numbers up for it, and with more
            levels than the model has there are more such numbers; where it asks for `bands`, the encoder learns to read
            them first.

    Raises:
        CheckpointError: nothing to resume, a checkpoint of another configuration, a finished run in the way, or a
            start that is missing, broken or of another network.
        ConfigError: the batch cannot be divided equally among the processes.
        DataError: training images are missing or unusable.
    """

    state_keys = STATE_KEYS
    of_another_run = "was made with another configuration: resume with the one it began with"
    rate = "train.learning_rate"

    def __init__(self, config: Config, folder: Path, *, resume: bool = False, start: Path | None = None) -> None:
        super().__init__(config, folder, config.train.steps)
        state = self._find_state(resume)
        if resume and start is not None:
            raise CheckpointError(f"{folder}: is resumed from its own checkpoint: leave --from out")
        self.begun = None if start is None else load_model(start)
        network = build_from(config.network)
        if self.begun is not None:
            theirs, ours = self.begun.config.network, config.network
            grown = {name: getattr(ours, name) for name in GROWN}
            less = any(getattr(theirs, name) > value for name, value in grown.items())
            if ours != theirs.model_copy(update=grown) or less or (ours.levels > theirs.levels and not ours.severity):
                raise CheckpointError(f"{start}: another network than the configuration's: train on with its own")
            severity.adopt(network, self.begun.network)
            if ours.severity > theirs.severity:
                if self.begun.tree is None:
                    raise CheckpointError(f"{start}: holds no tree: train it to the end, then on with severity")
                severity.prune(network, self.begun.tree)
        self.learner = Learner(config, self.fabric, network)
        self.items = Items(config.data, config.data.items, config.train.seed)
        self.crops: CropSource = FreshCrops(self.items, config.data.workers)
        self.assignment = Assignment(len(self.items), config.network.levels)
        self.origin: dict[str, Any] | None = None if self.begun is None else self.begun.facts
        """Facts of the model that is trained on, if there is one."""
        if state is not None:
            self.learner.load(state)
            self.assignment.labels[:] = state["labels"].numpy()
            self.step, self.seconds, self.origin = state["step"], state["seconds"], state.get("origin")

    def _identity(self) -> dict[str, str]:
        return {"config": fingerprint(self.config, "quantize")}

    def _prepare(self) -> None:
        self.validation = Validation(self.config, self.fabric.device)
        for items in (self.items, self.validation.items):
            if items is not None:
                with bars.task("decoding photos", len(items.files())) as advance:
                    items.preload(advance)
        self.validation.prepare()

    def _stream(self) -> AbstractContextManager[object]:
        return self.learner.stream()

    def _batches(self) -> Iterator[Batch]:
        data, train, device = self.config.data, self.config.train, self.fabric.device
        steps, share = range(self.step, train.steps), (self.fabric.global_rank, self.fabric.world_size)
        if data.window:
            windows = Windows(self.items, data.window, data.patch, data.probe_side, data.probes, data.workers, device)
            self.crops = windows
            return windows.batches(steps, train.steps, data.refresh, train.batch, *share)
        sampler = StepSampler(steps.start, steps.stop, train.batch, *share)
        return iter(make_loader(self.items, data.probes, sampler, data.workers))

    def _learn(self, batch: Batch, meter: Meter) -> None:
        if self.step == 0 and self.begun is not None:
            self._take_tree()
        labels = self.assignment.of(batch.item)
        images = batch.degraded, batch.clean, batch.probes
        node = self._steering(batch.item, labels)
        meter.add(batch.item, *self.learner.learn(self.step, self.assignment.depth, *images, labels, node))

    def _steering(self, items: Tensor, labels: Tensor) -> Tensor:
        """The node whose prototype steers each sample, -1 for its own code."""
        train, tree = self.config.train, self.config.tree
        kinds = [self.items.kinds[item] for item in items.tolist()]
        fixed = nodes_of_kinds(tree.code, kinds, torch.device("cpu"))
        if fixed is not None:
            return fixed
        share = tree.prototype_share if self.step >= tree.prototype_from else 0.0
        rank, world = self.fabric.global_rank, self.fabric.world_size
        return self.assignment.draw_nodes(labels, share, train.seed, self.step, rank, world)

    def _change(self) -> None:
        if self.origin is None and self.step in self.config.tree.grow_at:
            self._grow()

    def _validate(self, log: RunLog) -> None:
        log.write({"step": self.step, "validation": self.validation.measure(self.averaged())})

    def averaged(self) -> AMIRNet:
        """The network with averaged weights, in eval mode."""
        return self.learner.average.network

    def _grow(self) -> None:
        tree, level = self.config.tree, self.assignment.depth
        with bars.task(f"growing level {level + 1}", len(self.items)) as advance:
            features = item_features(self.averaged(), self.crops, tree.crops, self.step, advance)
        leaves = self.assignment.labels[:, level]
        grown = growth.grow(features, leaves, tree.policy, tree.min_share, self.config.train.seed)
        # Sums may differ in the last bit between processes; one tree must come of it.
        labels = self.fabric.broadcast(grown.labels)
        self.assignment.labels[:, level + 1] = labels
        for network in (self.learner.network, self.averaged()):
            network.heads.exists[self.assignment.nodes(level + 1)] = True
        if self.log is not None:
            kinds = self.items.kinds
            self.log.write({
                "step": self.step, "level": level + 1, "growth": list(grown.report),
                "purity": growth.purity(labels, kinds), "nodes": growth.confusion(labels, kinds),
            })  # fmt: skip

    def _take_tree(self) -> None:
        """Labels every item by where the model that is trained on places it; and what is new of its code begins."""
        tree, levels = self.config.tree, self.config.network.levels
        if self.begun is not None and self.config.network != self.begun.config.network:
            if self.config.network.bands > self.begun.config.network.bands:
                with bars.task("fitting bands", len(self.items)) as advance:
                    severity.see(self.averaged(), self.crops, self.config.train.seed, advance)
            if self.config.network.severity:
                kept = severity.kept(self.averaged(), self.begun.network)
                with bars.task("guessing severity", len(self.items)) as advance:
                    severity.begin(self.averaged(), self.crops, tree.crops, advance, kept)
            self.learner.network.load_state_dict(self.averaged().state_dict())
        with bars.task("finding places", len(self.items)) as advance:
            masks, _ = item_codes(self.averaged(), self.crops, tree.crops, 0, advance)
        path = walk_down(masks, self.averaged().heads.exists.cpu().numpy(), levels)
        grown = int((path >= 0).all(axis=0).sum())
        self.assignment.labels[:, :grown] = path[:, :grown] - (2 ** np.arange(grown) - 1)

    def _state(self) -> dict[str, Any]:
        labels = torch.from_numpy(self.assignment.labels)
        return {**self.learner.state(), "labels": labels, "origin": self.origin}

    def _model(self) -> TrainedModel:
        facts = self.facts() if self.origin is None else {**self.facts(), "from": self.origin}
        network = self.averaged()
        return TrainedModel(network, self.config, describe(network, self.items, self.crops, self.config), facts)
