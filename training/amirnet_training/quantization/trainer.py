"""Quantization-aware training: from a finished float model to one whose restorer runs on an int8 grid.

Only the restorer's program trains; encoder and tree are what they were, so a photo's code is too.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import nn

from .. import progress as bars
from ..checkpoint import TrainedModel, fingerprint, weights_identity
from ..config import Config
from ..errors import CheckpointError
from ..loop import TrainingLoop
from ..losses import psnr, restoration_loss
from ..meter import Meter
from ..runlog import RunLog
from ..schedule import learning_rate
from .borders import inner
from .calibration_data import (
    RuntimeCodes,
    Sample,
    calibration_samples,
    load_start,
    quantization_items,
    samples,
    with_context,
)
from .fake_quant import FakeQuantSteps
from .grid import Grid
from .int8_steps import QuantizedRestorer
from .loss import held_out, measure
from .search import calibrate_by_result


class QuantizationTrainer(TrainingLoop[Sample]):
    """One run in one folder.

    Args:
        config: of the float model; its section ``quantize`` says how.
        start: the finished float model, a file or its run folder.
        folder: where checkpoint, log and the finished model go; not the float model's.
        resume: go on from the folder's checkpoint.

    Raises:
        CheckpointError: the float model is missing, unsound, of another network, without a tree or without an 8-bit
            form; without an 8-bit restorer where that is to be trained on; nothing to resume, a checkpoint of another
            run, or a run in the way.
        ConfigError: the batch cannot be divided equally among the processes.
        DataError: training images are missing or unusable.
    """

    state_keys: ClassVar[set[str]] = {"program", "grid", "optimizer", "step", "seconds", "config", "start"}
    """What its checkpoint holds."""
    of_another_run = "was made with another configuration or from another model: resume with the ones it began with"
    rate = "quantize.learning_rate"

    def __init__(self, config: Config, start: Path, folder: Path, *, resume: bool = False) -> None:
        # Half floats would round where the int8 grid does not.
        train = config.train.model_copy(update={"precision": "32-true"})
        super().__init__(with_context(config.model_copy(update={"train": train})), folder, config.quantize.steps)
        self.start, self.restorer, self.tree = load_start(start)
        if self.start.config.network != config.network:
            theirs, ours = self.start.config.network, config.network
            raise CheckpointError(f"{start}: preset {theirs.preset!r} with {theirs.levels} levels, the configuration "
                                  f"says {ours.preset!r} with {ours.levels}: name its own configuration")  # fmt: skip
        if config.quantize.begin == "trained" and self.start.quantized is None:
            raise CheckpointError(f"{start}: holds no 8-bit restorer to train on: set quantize.begin to calibrated")
        self._own = {"config": fingerprint(config), "start": weights_identity(self.start.network)}
        self.state = self._find_state(resume)
        network, share, seed = self.start.network, config.quantize.node_share, config.train.seed
        size = config.data.probe_side
        self.plain_codes = RuntimeCodes(network, self.tree, size)
        self.codes = RuntimeCodes(copy.deepcopy(network).to(self.fabric.device), self.tree, size, share, seed)
        self.teacher: nn.Module | None = None
        if config.quantize.target == "float":
            self.teacher = copy.deepcopy(self.restorer).to(self.fabric.device)
        self.items = quantization_items(self.config)
        self.losses: list[float] = []
        """Mean PSNR over the kinds that int8 lost on held-out photos at every validation, dB; the first, if this is
        not resumed, by calibration alone."""

    def _identity(self) -> dict[str, str]:
        return self._own

    def _prepare(self) -> None:
        with bars.task("decoding photos", len(self.items.files())) as advance:
            self.items.preload(advance)
        self._set_up(self._calibrated())

    def _begin(self, log: RunLog) -> None:
        if self.step == 0:
            self._validate(log)

    def _calibrated(self) -> QuantizedRestorer:
        """What training starts, or started, from."""
        if self.state is not None:
            grid = Grid.from_json(self.state["grid"], str(self.folder / "checkpoint.pt"))
            return QuantizedRestorer(self.restorer.layers(), grid, self.restorer.blocks)
        if self.config.quantize.begin == "trained":
            assert self.start.quantized is not None
            return self.start.quantized
        batches = calibration_samples(self.plain_codes, self.items, self.config)
        return calibrate_by_result(self.restorer, batches, self.tree["grid"])

    def _set_up(self, begun: QuantizedRestorer) -> None:
        self.grid = begun.grid
        program = FakeQuantSteps(begun)
        learnt = [*program.weights.values(), *program.biases.values()]
        groups = [{"params": learnt}, {"params": list(program.growth.values())}]
        optimizer = torch.optim.AdamW(groups, lr=self.config.quantize.learning_rate, weight_decay=0.0)
        if self.state is not None:
            program.load_state_dict(self.state["program"])
            self.step, self.seconds = self.state["step"], self.state["seconds"]
        self.program = program
        self.model: nn.Module
        self.model, self.optimizer = self.fabric.setup(program, optimizer)
        if self.state is not None:
            # Only now: the optimizer's moments go to the device that its parameters are on.
            self.optimizer.load_state_dict(self.state["optimizer"])
        self.state = None

    def _batches(self) -> Iterator[Sample]:
        # Crops are numbered on from where the float training ended.
        first = self.config.train.steps
        steps = range(first + self.step, first + self.steps)
        return samples(self.codes, self.items, self.config, steps, self.fabric.global_rank, self.fabric.world_size)

    def _learn(self, sample: Sample, meter: Meter) -> None:
        quantize = self.config.quantize
        frozen_from = quantize.steps - round(quantize.steps * quantize.frozen)
        if self.step == frozen_from:
            self.program.freeze()
        share = learning_rate(self.step, quantize.steps, quantize.warmup, 1.0)
        weights, scales = self.optimizer.param_groups
        weights["lr"] = share * quantize.learning_rate
        scales["lr"] = share * quantize.scale_rate if self.step < frozen_from else 0.0
        tile = sample.degraded.contiguous(memory_format=torch.channels_last)
        restored, clean = inner(self.model(tile, sample.code)), inner(sample.clean)
        target = clean
        if self.teacher is not None:
            with torch.no_grad():
                target = inner(self.teacher(tile, sample.code)).clamp(0, 1)  # as the runtime shows it
        losses = restoration_loss(restored, target, balance=quantize.balance, ssim_share=self.config.train.ssim)
        self.fabric.backward(losses.mean())
        self.fabric.clip_gradients(self.model, self.optimizer, max_norm=self.config.train.clip)
        self.optimizer.step()
        self.optimizer.zero_grad()
        meter.add(sample.item, losses.detach(), None, psnr(restored.detach(), clean))

    def _validate(self, log: RunLog) -> None:
        if not self.config.train.validation_items:
            return
        quantized = self.program.to_restorer()
        found = measure({"float": self.restorer, "int8": quantized}, *held_out(self.plain_codes, self.config))
        row = {name: {kind: round(value, 3) for kind, value in kinds.items()} for name, kinds in found.items()}
        given = {f"input_{kind}": value for kind, value in row["input"].items()}
        log.write({"step": self.step, "validation": {**row["int8"], **given}, "validation_float": row["float"]})
        self.losses.append(found["float"]["mean"] - found["int8"]["mean"])

    def _state(self) -> dict[str, Any]:
        optimizer = self.optimizer.state_dict()
        return {"program": self.program.state_dict(), "grid": self.grid.to_json(), "optimizer": optimizer}

    def _model(self) -> TrainedModel:
        config = self.start.config.model_copy(update={"quantize": self.config.quantize})
        facts = {**self.start.facts, "quantization": self.facts()}
        return replace(self.start, config=config, facts=facts, quantized=self.program.to_restorer())
