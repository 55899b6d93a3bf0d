"""Quantization-aware training: from a finished float model to one whose restorer runs on an int8 grid.

Only the restorer's program trains; encoder and tree are what they were, so a photo's code is too. Resumable to the bit,
as training itself is.
"""

from __future__ import annotations

import copy
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import nn

from amirnet.photo.atomic_file import write_file

from .. import progress as bars
from .. import run_folder
from ..checkpoint import TrainedModel, fingerprint, load_state, save_model, save_state, weights_identity
from ..config import Config, dump, portable
from ..errors import CheckpointError
from ..launch import make_fabric, prepare_process
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

STATE_KEYS = {"program", "grid", "optimizer", "step", "seconds", "config", "start"}
"""What a state of quantization-aware training holds."""


class QuantizationTrainer:
    """One run in one folder.

    Args:
        config: of the float model; its section ``quantize`` says how.
        start: the finished float model, a file or its run folder.
        folder: where checkpoint, log and the finished model go; not the float model's.
        resume: go on from the folder's checkpoint.

    Raises:
        CheckpointError: the float model is missing, unsound, of another network, without a tree or without an 8-bit
            form; nothing to resume, a checkpoint of another run, or a run in the way.
        ConfigError: the batch cannot be divided equally among the processes.
        DataError: training images are missing or unusable.
    """

    def __init__(self, config: Config, start: Path, folder: Path, *, resume: bool = False) -> None:
        self.config, self.folder = with_context(config), folder
        # Half floats would round where the int8 grid does not.
        train = config.train.model_copy(update={"precision": "32-true"})
        self.fabric: Fabric = make_fabric(config.model_copy(update={"train": train}))
        prepare_process(self.config, self.fabric)
        self.start, self.restorer, self.tree = load_start(start)
        if self.start.config.network != config.network:
            theirs, ours = self.start.config.network, config.network
            raise CheckpointError(f"{start}: preset {theirs.preset!r} with {theirs.levels} levels, the configuration "
                                  f"says {ours.preset!r} with {ours.levels}: name its own configuration")  # fmt: skip
        self._identity = fingerprint(config), weights_identity(self.start.network)
        self.state = self._find_state(resume)
        network, share, seed = self.start.network, config.quantize.node_share, config.train.seed
        size = config.data.probe_side
        self.plain_codes = RuntimeCodes(network, self.tree, size)
        self.codes = RuntimeCodes(copy.deepcopy(network).to(self.fabric.device), self.tree, size, share, seed)
        self.teacher: nn.Module | None = None
        if config.quantize.target == "float":
            self.teacher = copy.deepcopy(self.restorer).to(self.fabric.device)
        self.items = quantization_items(self.config)
        self.step, self.seconds = 0, 0.0
        self.losses: list[float] = []
        """Mean PSNR over the kinds that int8 lost on held-out photos at every validation, dB; the first, if this is
        not resumed, by calibration alone."""

    def _find_state(self, resume: bool) -> dict[str, Any] | None:
        path = self.folder / "checkpoint.pt"
        if resume:
            state = load_state(path, STATE_KEYS)
            if (state["config"], state["start"]) != self._identity:
                raise CheckpointError(f"{path}: was made with another configuration or from another model: resume with "
                                      "the ones it began with")  # fmt: skip
            return state
        run_folder.refuse_a_run_in_the_way(self.folder)
        return None

    def run(self) -> TrainedModel:
        """Calibrates, trains to the last step, and writes `model.safetensors` and `config.yaml`.

        Raises:
            DataError: a training image cannot be used.
            OutputError: the folder cannot be written to.
        """
        if self.fabric.is_global_zero:
            run_folder.make(self.folder)
        with bars.task("decoding photos", len(self.items.files())) as advance:
            self.items.preload(advance)
        begun = self._begin()
        self._set_up(begun)
        self.log = RunLog(self.folder, self.step) if self.fabric.is_global_zero else None
        if self.step == 0:
            self._validate(begun)
        self._train()
        if self.log is not None:
            self.log.close()
        return self._finish()

    def _begin(self) -> QuantizedRestorer:
        """What training starts, or started, from."""
        if self.state is not None:
            grid = Grid.from_json(self.state["grid"], str(self.folder / "checkpoint.pt"))
            return QuantizedRestorer(self.restorer.layers(), grid, self.restorer.blocks)
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

    def _train(self) -> None:
        config, last = self.config, self.config.quantize.steps
        # Crops are numbered on from where the float training ended.
        steps = range(config.train.steps + self.step, config.train.steps + last)
        batches = samples(self.codes, self.items, config, steps, self.fabric.global_rank, self.fabric.world_size)
        meter = Meter(self.items.kinds, self.fabric.all_gather)
        with bars.training(last, self.step) as show:
            started = ready = time.perf_counter()
            for sample in batches:
                meter.waited += time.perf_counter() - ready  # for the photos and their codes
                self._step(sample, meter)
                self.step += 1
                now = time.perf_counter()
                self.seconds, meter.elapsed, started = self.seconds + now - started, meter.elapsed + now - started, now
                self._after_step(meter, show)
                ready = time.perf_counter()

    def _step(self, sample: Sample, meter: Meter) -> None:
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
        meter.add(sample.item, losses.detach(), losses.new_zeros(()), psnr(restored.detach(), clean))

    def _after_step(self, meter: Meter, show: bars.Show) -> None:
        train, last = self.config.train, self.step == self.config.quantize.steps
        if self.step % train.log_every == 0 or last:
            record = {"step": self.step, "seconds": round(self.seconds, 1), **meter.take()}
            del record["cross_entropy"]  # nothing learns the tree any more
            show(self.step, record["psnr"], record["waiting"])
            if self.log is not None:
                self.log.write(record)
        else:
            show(self.step, None, None)
        if last or self.step % train.validate_every == 0:
            self._validate(self.program.to_restorer())
        if last or self.step % train.checkpoint_every == 0:
            self.save()

    def _validate(self, quantized: QuantizedRestorer) -> None:
        """Logs the PSNR of the float restorer and of ``quantized`` on held-out photos (first process only)."""
        if self.log is None or not self.config.train.validation_items:
            return
        found = measure({"float": self.restorer, "int8": quantized}, *held_out(self.plain_codes, self.config))
        row = {name: {kind: round(value, 3) for kind, value in kinds.items()} for name, kinds in found.items()}
        given = {f"input_{kind}": value for kind, value in row["input"].items()}
        self.log.write({"step": self.step, "validation": {**row["int8"], **given}, "validation_float": row["float"]})
        self.losses.append(found["float"]["mean"] - found["int8"]["mean"])

    def save(self) -> None:
        """Writes the checkpoint (first process only)."""
        if not self.fabric.is_global_zero:
            return
        config, start = self._identity
        state = {
            "program": self.program.state_dict(), "grid": self.grid.to_json(),
            "optimizer": self.optimizer.state_dict(), "step": self.step, "seconds": self.seconds,
            "config": config, "start": start,
        }  # fmt: skip
        save_state(self.folder / "checkpoint.pt", state)

    def _finish(self) -> TrainedModel:
        run = {"steps": self.step, "seconds": round(self.seconds), "processes": self.fabric.world_size}
        config = self.start.config.model_copy(update={"quantize": self.config.quantize})
        facts = {**self.start.facts, "quantization": run}
        quantized = self.program.to_restorer()
        model = replace(self.start, config=config, facts=facts, quantized=quantized)
        if self.fabric.is_global_zero:
            save_model(self.folder / "model.safetensors", model)
            write_file(self.folder / "config.yaml", dump(portable(config)).encode())
        self.fabric.barrier()
        return model
