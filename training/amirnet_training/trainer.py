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
from torch import Tensor, nn

from amirnet.photo.atomic_file import write_file

from . import progress as bars
from . import run_folder
from .activation_range import ActivationRange
from .averaging import MovingAverage
from .checkpoint import TrainedModel, fingerprint, load_model, load_state, save_model, save_state
from .config import Config, dump, portable
from .data.items import Items
from .data.loader import Batch, StepSampler, make_loader, to_float
from .data.windows import Windows
from .errors import CheckpointError
from .graphed import GraphedStep
from .launch import make_fabric, prepare_process
from .losses import light_loss, psnr, restoration_loss
from .meter import Meter
from .network import AMIRNet, build_from
from .runlog import RunLog
from .schedule import learning_rate
from .tree import growth
from .tree.assignment import Assignment
from .tree.features import CropSource, FreshCrops, item_codes, item_features
from .tree.finish import describe, walk_down
from .tree.steering import fix_prototypes, nodes_of_kinds
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
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        decayed = [p for p in network.parameters() if p.ndim > 1]
        plain = [p for p in network.parameters() if p.ndim <= 1]
        on_gpu = self.fabric.device.type == "cuda"
        rate = torch.tensor(config.train.learning_rate, device=self.fabric.device)  # which a recorded step reads anew
        optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": config.train.weight_decay}, {"params": plain, "weight_decay": 0.0}],
            lr=rate, fused=on_gpu, capturable=on_gpu,
        )  # fmt: skip
        self.average = MovingAverage(network, config.train.ema)
        self.ranges = ActivationRange(network.restorer)  # after the copy, which is not to be watched
        self.items = Items(config.data, config.data.items, config.train.seed)
        self.crops: CropSource = FreshCrops(self.items, config.data.workers)
        begun = None if self.begun is None else self.begun.facts
        self.origin: dict[str, Any] | None = begun if state is None else state.get("origin")
        self.grows = () if self.origin is not None else tuple(config.tree.grow_at)
        if config.tree.code != "learned":
            fix_prototypes(network)
        self.assignment = Assignment(len(self.items), config.network.levels)
        self.step, self.seconds = 0, 0.0
        if state is not None:
            network.load_state_dict(state["network"])
            self.average.network.load_state_dict(state["average"])
            self.assignment.labels[:] = state["labels"].numpy()
            self.step, self.seconds = state["step"], state["seconds"]
        self.network: AMIRNet = network
        if config.train.compiled:
            network.restorer.compile()
        self.model: nn.Module
        self.model, self.optimizer = self.fabric.setup(network, optimizer)
        if state is not None:
            # Only now: the optimizer's moments go to the device that its parameters are on.
            self.optimizer.load_state_dict(state["optimizer"])
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            self.fabric.strategy.precision.load_state_dict(state.get("precision", {}))
        self.average.network.to(self.fabric.device)
        self._learn = GraphedStep(self._learn_from, self.fabric.device, record=config.train.recorded)

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
            DataError: a training image cannot be used.
            OutputError: the folder cannot be written to.
        """
        self.train()
        return self._finish()

    def train(self) -> None:
        """Trains to the last step; checkpoints and the log are all that it leaves.

        Raises:
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
        batches = self._windowed() if self.config.data.window else self._fresh()
        with bars.training(self.config.train.steps, self.step) as show, self._learn.stream():
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

    def _fresh(self) -> Iterator[Batch]:
        """Batches whose crops are each damaged for themselves."""
        train, rank, world = self.config.train, self.fabric.global_rank, self.fabric.world_size
        sampler = StepSampler(self.step, train.steps, train.batch, rank, world)
        yield from make_loader(self.items, self.config.data.probes, sampler, self.config.data.workers)

    def _windowed(self) -> Iterator[Batch]:
        """Batches cut from windows that are damaged ahead."""
        data, train = self.config.data, self.config.train
        rank, world, device = self.fabric.global_rank, self.fabric.world_size, self.fabric.device
        windows = Windows(self.items, data.window, data.patch, data.probe_side, data.probes, data.workers, device)
        self.crops, final = windows, (train.steps - 1) // data.refresh

        def turn(generation: int) -> None:
            if generation != windows.number:
                with bars.task("damaging photos", len(self.items)) as advance:
                    windows.turn_to(generation, advance, last=generation == final)

        turn(min(self.step // data.refresh, final))  # a run that is only finished needs them too
        try:
            for step in range(self.step, train.steps):
                turn(step // data.refresh)
                yield windows.batch(step, train.batch, rank, world)
        finally:
            windows.close()

    def _step(self, batch: Batch, meter: Meter) -> None:
        train, device = self.config.train, self.fabric.device
        rate = learning_rate(self.step, train.steps, train.warmup, train.learning_rate)
        for group in self.optimizer.param_groups:
            group["lr"].fill_(rate)
        if self.step == 0 and self.begun is not None:
            self._take_tree()
        labels = self.assignment.of(batch.item)
        node = self._steering(batch.item, labels)
        watched = train.range_weight > 0 and self.step >= train.range_from
        self.ranges.active = watched and self.step % train.range_every == 0
        first = self.step == 0
        inputs = batch.degraded, batch.clean, batch.probes, labels, node
        moved = (value.to(device, non_blocking=True) for value in inputs)
        losses, entropy, values = self._learn((self.assignment.depth, self.ranges.active), *moved)
        if first:
            self.average.network.load_state_dict(self.network.state_dict())
        meter.add(batch.item, losses, entropy, values)

    def _learn_from(
        self, degraded: Tensor, clean: Tensor, probes: Tensor, labels: Tensor, node: Tensor
    ) -> tuple[Tensor, ...]:
        """One step of the optimizer and of all that follows it; losses, cross-entropy and PSNR of the samples.

        Args:
            degraded: (N, 3, P, P) uint8, as are ``clean`` and, with R probes a sample, ``probes``.
            labels: (N, levels) of the samples.
            node: (N,) whose prototype steers each, -1 for its own code.
        """
        train, tree, device = self.config.train, self.config.tree, self.fabric.device
        photo = to_float(degraded, device).contiguous(memory_format=torch.channels_last)
        found = self.model(photo, to_float(probes, device), node)
        inside = np.s_[..., train.border : clean.shape[2] - train.border, train.border : clean.shape[3] - train.border]
        restored, target = found.image[inside].float(), to_float(clean, device)[inside]
        losses = restoration_loss(restored, target, balance=train.balance, ssim_share=train.ssim)
        probe_labels = labels.repeat_interleave(probes.shape[1], dim=0)
        entropy = self.network.heads.cross_entropy(found.place.logits.float(), probe_labels)
        loss = losses.mean() + tree.cross_entropy * entropy
        if train.light_weight > 0:
            loss = loss + train.light_weight * light_loss(found.lifted[inside], target)
        if self.ranges.active:
            loss = loss + train.range_weight * self.ranges.take()
        self.optimizer.zero_grad()
        self.fabric.backward(loss)
        # Where a number is not finite the run must end; on a GPU, which would be waited for, the log tells.
        careful = device.type == "cpu"
        self.fabric.clip_gradients(self.model, self.optimizer, max_norm=train.clip, error_if_nonfinite=careful)
        self.optimizer.step()
        if tree.code == "learned":
            self._follow(labels, found.code.detach().float())
        self.average.follow(self.network)
        return losses.detach(), entropy.detach(), psnr(restored.detach(), target)

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

    def _follow(self, labels: Tensor, codes: Tensor) -> None:
        """Moves the prototypes of the nodes that samples lie in."""
        sums, counts = self.assignment.sums(labels, codes)
        sums, counts = (self.fabric.all_reduce(value, reduce_op="sum") for value in (sums, counts))
        self.network.heads.update_prototypes(sums, counts)

    def _after_step(self, meter: Meter, show: bars.Show) -> None:
        train = self.config.train
        if self.step in self.grows:
            self._grow()
        if self.step % train.log_every == 0 or self.step == train.steps:
            record = {"step": self.step, "seconds": round(self.seconds, 1), **meter.take()}
            if not math.isfinite(record["loss"]):
                raise CheckpointError(f"{self.folder}: the loss is not finite at step {self.step}: resume from the last "
                                      "checkpoint with a lower train.learning_rate")  # fmt: skip
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
        return self.average.network

    def _grow(self) -> None:
        tree, level = self.config.tree, self.assignment.depth
        with bars.task(f"growing level {level + 1}", len(self.items)) as advance:
            features = item_features(self.averaged(), self.crops, tree.crops, self.step, advance)
        leaves = self.assignment.labels[:, level]
        grown = growth.grow(features, leaves, tree.policy, tree.min_share, self.config.train.seed)
        # Sums may differ in the last bit between processes; one tree must come of it.
        labels = self.fabric.broadcast(grown.labels)
        self.assignment.labels[:, level + 1] = labels
        for network in (self.network, self.averaged()):
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
        path = walk_down(masks, self.network.heads.exists.cpu().numpy(), levels)
        grown = int((path >= 0).all(axis=0).sum())
        self.assignment.labels[:, :grown] = path[:, :grown] - (2 ** np.arange(grown) - 1)

    def save(self) -> None:
        """Writes the checkpoint (first process only)."""
        if not self.fabric.is_global_zero:
            return
        state = {
            "network": self.network.state_dict(), "average": self.average.network.state_dict(),
            "optimizer": self.optimizer.state_dict(), "precision": self.fabric.strategy.precision.state_dict(),
            "labels": torch.from_numpy(self.assignment.labels),
            "step": self.step, "seconds": self.seconds, "origin": self.origin,
            "config": fingerprint(self.config, "quantize"),
        }  # fmt: skip
        save_state(self.folder / "checkpoint.pt", state)

    def _finish(self) -> TrainedModel:
        facts = {"steps": self.step, "seconds": round(self.seconds), "processes": self.fabric.world_size}
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
