"""The training loop: restoration and tree learnt together, resumable to the bit.

Lightning Fabric moves the loop to a GPU, to mixed precision or to several processes and leaves it ours to write: the
tree grows in the middle of training, which a ready-made trainer would have to be bent for.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor

from amirnet.photo.atomic_file import write_file

from . import progress as bars
from . import run_folder
from .checkpoint import TrainedModel, fingerprint, load_model, load_state, save_model, save_state
from .config import Config, dump, portable
from .data.items import Items
from .data.loader import Batch, StepSampler, make_loader
from .data.windows import Windows
from .errors import CheckpointError
from .launch import make_fabric, prepare_process
from .learner import Learner
from .meter import Meter
from .network import AMIRNet, build_from
from .runlog import RunLog
from .tree import growth
from .tree.assignment import Assignment
from .tree.features import CropSource, FreshCrops, item_codes, item_features
from .tree.finish import describe, walk_down
from .tree.steering import nodes_of_kinds
from .validation import Validation


class Trainer:
    """One training run in one folder.

    Args:
        config: what to train.
        folder: where checkpoints, logs and the finished model go.
        resume: go on from the folder's checkpoint.
        start: a model whose weights and tree are trained on, instead of fresh ones: for one's own camera, or to carry a
            run over whose checkpoint is lost. Its tree does not grow any more.

    Raises:
        CheckpointError: nothing to resume, a checkpoint of another configuration, a finished run in the way, or a
            start that is missing, broken or of another network.
        ConfigError: the batch cannot be divided equally among the processes.
        DataError: training images are missing or unusable.
    """

    def __init__(self, config: Config, folder: Path, *, resume: bool = False, start: Path | None = None) -> None:
        self.config, self.folder = config, folder
        self.fabric: Fabric = make_fabric(config)
        prepare_process(config, self.fabric)
        state = self._find_state(resume)
        if resume and start is not None:
            raise CheckpointError(f"{folder}: is resumed from its own checkpoint: leave --from out")
        self.begun = None if start is None else load_model(start)
        network = build_from(config.network)
        if self.begun is not None:
            if self.begun.config.network != config.network:
                raise CheckpointError(f"{start}: another network than the configuration's: train on with its own")
            network.load_state_dict(self.begun.network.state_dict())
        self.learner = Learner(config, self.fabric, network)
        self.items = Items(config.data, config.data.items, config.train.seed)
        self.crops: CropSource = FreshCrops(self.items, config.data.workers)
        self.assignment = Assignment(len(self.items), config.network.levels)
        self.origin: dict[str, Any] | None = None if self.begun is None else self.begun.facts
        """Facts of the model that is trained on, if there is one."""
        self.step, self.seconds = 0, 0.0
        if state is not None:
            self.learner.load(state)
            self.assignment.labels[:] = state["labels"].numpy()
            self.step, self.seconds, self.origin = state["step"], state["seconds"], state.get("origin")

    def _find_state(self, resume: bool) -> dict[str, Any] | None:
        path = self.folder / "checkpoint.pt"
        if resume:
            state = load_state(path)
            if state["config"] != fingerprint(self.config, "quantize"):
                raise CheckpointError(f"{path}: was made with another configuration: resume with the one it began with")
            return state
        run_folder.refuse_a_run_in_the_way(self.folder)
        return None

    def run(self) -> TrainedModel:
        """Trains to the last step, finishes the tree and writes `model.safetensors` and `config.yaml`.

        Raises:
            CheckpointError: the loss is not finite.
            DataError: a training image cannot be used.
            OutputError: the folder cannot be written to.
        """
        self.train()
        return self._finish()

    def train(self) -> None:
        """Trains to the last step; checkpoints and the log are all that it leaves.

        Raises:
            CheckpointError: the loss is not finite.
            DataError: a training image cannot be used.
            OutputError: the folder cannot be written to.
        """
        if self.fabric.is_global_zero:
            run_folder.make(self.folder)
        self.validation = Validation(self.config, self.fabric.device)
        for items in (self.items, self.validation.items):
            if items is not None:
                with bars.task("decoding photos", len(items.files())) as advance:
                    items.preload(advance)
        self.validation.prepare()
        self.log = RunLog(self.folder, self.step) if self.fabric.is_global_zero else None
        meter = Meter(self.items.kinds, self.fabric.all_gather)
        batches = self._batches()
        with bars.training(self.config.train.steps, self.step) as show, self.learner.stream():
            started = ready = time.perf_counter()
            for batch in batches:
                meter.waited += time.perf_counter() - ready
                self._step(batch, meter)
                self.step += 1
                now = time.perf_counter()
                self.seconds, meter.elapsed, started = self.seconds + now - started, meter.elapsed + now - started, now
                self._after_step(meter, show)
                ready = time.perf_counter()
        if self.log is not None:
            self.log.close()

    def _batches(self) -> Iterator[Batch]:
        data, train, device = self.config.data, self.config.train, self.fabric.device
        steps, share = range(self.step, train.steps), (self.fabric.global_rank, self.fabric.world_size)
        if data.window:
            windows = Windows(self.items, data.window, data.patch, data.probe_side, data.probes, data.workers, device)
            self.crops = windows
            return windows.batches(steps, train.steps, data.refresh, train.batch, *share)
        sampler = StepSampler(steps.start, steps.stop, train.batch, *share)
        return iter(make_loader(self.items, data.probes, sampler, data.workers))

    def _step(self, batch: Batch, meter: Meter) -> None:
        if self.step == 0 and self.begun is not None:
            self._take_tree()
        labels = self.assignment.of(batch.item)
        images = batch.degraded, batch.clean, batch.probes
        node = self._steering(batch.item, labels)
        try:
            found = self.learner.learn(self.step, self.assignment.depth, *images, labels, node)
        except FloatingPointError:
            raise self._diverged(self.step + 1) from None
        meter.add(batch.item, *found)

    def _diverged(self, step: int) -> CheckpointError:
        problem = f"the loss is not finite at step {step}"
        return CheckpointError(f"{self.folder}: {problem}: train again with a lower train.learning_rate")

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

    def _after_step(self, meter: Meter, show: bars.Show) -> None:
        train = self.config.train
        if self.origin is None and self.step in self.config.tree.grow_at:
            self._grow()
        if self.step % train.log_every == 0 or self.step == train.steps:
            record = {"step": self.step, "seconds": round(self.seconds, 1), **meter.take()}
            if not math.isfinite(record["loss"]):
                raise self._diverged(self.step)
            show(self.step, record["psnr"], record["waiting"])
            if self.log is not None:
                self.log.write(record)
        else:
            show(self.step, None, None)
        last = self.step == train.steps
        if self.log is not None and (last or self.step % train.validate_every == 0):
            self.log.write({"step": self.step, "validation": self.validation.measure(self.averaged())})
        if last or self.step % train.checkpoint_every == 0:
            self.save()

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
        """Labels every item by where the model that is trained on places it."""
        tree, levels = self.config.tree, self.config.network.levels
        with bars.task("finding places", len(self.items)) as advance:
            masks, _ = item_codes(self.averaged(), self.crops, tree.crops, 0, advance)
        path = walk_down(masks, self.averaged().heads.exists.cpu().numpy(), levels)
        grown = int((path >= 0).all(axis=0).sum())
        self.assignment.labels[:, :grown] = path[:, :grown] - (2 ** np.arange(grown) - 1)

    def save(self) -> None:
        """Writes the checkpoint (first process only)."""
        if not self.fabric.is_global_zero:
            return
        state = {
            **self.learner.state(), "labels": torch.from_numpy(self.assignment.labels),
            "step": self.step, "seconds": self.seconds, "origin": self.origin,
            "config": fingerprint(self.config, "quantize"),
        }  # fmt: skip
        save_state(self.folder / "checkpoint.pt", state)

    def _finish(self) -> TrainedModel:
        world = self.fabric.world_size
        facts: dict[str, Any] = {"steps": self.step, "seconds": round(self.seconds), "processes": world}
        if self.origin is not None:
            facts["from"] = self.origin
        network = self.averaged()
        tree = describe(network, self.items, self.crops, self.config)
        model = TrainedModel(network, self.config, tree, facts)
        if self.fabric.is_global_zero:
            save_model(self.folder / "model.safetensors", model)
            write_file(self.folder / "config.yaml", dump(portable(self.config)).encode())
        self.fabric.barrier()
        return model
