"""The loop that every training shares: steps, log, progress, validation, and checkpoints that resume to the bit.

Lightning Fabric moves the loop to a GPU, to mixed precision or to several processes and leaves it ours to write: the
tree grows in the middle of training, which a ready-made trainer would have to be bent for.
"""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from lightning_fabric import Fabric

from amirnet.photo.atomic_file import write_file

from . import progress as bars
from . import run_folder
from .checkpoint import TrainedModel, load_state, save_model, save_state
from .config import Config, dump, portable
from .data.items import Items
from .errors import CheckpointError
from .launch import make_fabric, prepare_process
from .meter import Meter
from .runlog import RunLog

Batch = TypeVar("Batch")


class TrainingLoop(ABC, Generic[Batch]):
    """One run in one folder. A subclass says what is learnt from a batch, what is validated and what is kept.

    Args:
        config: how often to log, validate and save, on what device and with which seed.
        folder: where checkpoints, logs and the finished model go.
        steps: how many the run has.

    Raises:
        ConfigError: the batch cannot be divided equally among the processes.
    """

    state_keys: ClassVar[set[str]]
    """What a checkpoint of this training holds."""
    of_another_run: ClassVar[str]
    """What is wrong with a checkpoint whose `_identity` is another, and what to do."""
    rate: ClassVar[str]
    """The configuration's value to lower when the loss is not finite."""

    items: Items
    """What is learnt from."""

    def __init__(self, config: Config, folder: Path, steps: int) -> None:
        self.config, self.folder, self.steps = config, folder, steps
        self.fabric: Fabric = make_fabric(config)
        prepare_process(config, self.fabric)
        self.step, self.seconds = 0, 0.0
        """Steps done, and how long they took."""
        self.log: RunLog | None = None
        """Of the first process, while it trains."""

    @abstractmethod
    def _identity(self) -> dict[str, str]:
        """What a resumed run must share with the one that began it, by its key in the checkpoint."""

    @abstractmethod
    def _prepare(self) -> None:
        """All that is done once, before the first step of this process. Photos that cannot be used show here."""

    @abstractmethod
    def _batches(self) -> Iterator[Batch]:
        """This process's share of the batches from `step` on."""

    @abstractmethod
    def _learn(self, batch: Batch, meter: Meter) -> None:
        """One step. Raises FloatingPointError when it cannot be done because a gradient is not finite."""

    @abstractmethod
    def _validate(self, log: RunLog) -> None:
        """Measures what has been learnt so far and writes it to the log."""

    @abstractmethod
    def _state(self) -> dict[str, Any]:
        """What the next step depends on, but for what the loop itself keeps."""

    @abstractmethod
    def _model(self) -> TrainedModel:
        """What is finished after the last step."""

    def _begin(self, log: RunLog) -> None:
        """What is written to the log before the first step of this process."""

    def _change(self) -> None:
        """What changes between a step and what is written about it."""

    def _stream(self) -> AbstractContextManager[object]:
        """Where everything runs that prepares a step or reads its results."""
        return nullcontext()

    def _find_state(self, resume: bool) -> dict[str, Any] | None:
        """The folder's checkpoint if it is to be resumed; a new run must not find one."""
        if not resume:
            run_folder.refuse_a_run_in_the_way(self.folder)
            return None
        path = self.folder / "checkpoint.pt"
        state = load_state(path, self.state_keys)
        if any(state[key] != wanted for key, wanted in self._identity().items()):
            raise CheckpointError(f"{path}: {self.of_another_run}")
        return state

    def run(self) -> TrainedModel:
        """Trains to the last step, finishes the model and writes `model.safetensors` and `config.yaml`.

        Raises:
            CheckpointError: the loss is not finite.
            DataError: a training image cannot be used.
            OutputError: the folder cannot be written to.
        """
        self.train()
        model = self._model()
        if self.fabric.is_global_zero:
            save_model(self.folder / "model.safetensors", model)
            write_file(self.folder / "config.yaml", dump(portable(model.config)).encode())
        self.fabric.barrier()
        return model

    def train(self) -> None:
        """Trains to the last step; checkpoints and the log are all that it leaves.

        Raises:
            CheckpointError: the loss is not finite.
            DataError: a training image cannot be used.
            OutputError: the folder cannot be written to.
        """
        if self.fabric.is_global_zero:
            run_folder.make(self.folder)
        self._prepare()
        if self.fabric.is_global_zero:
            self.log = RunLog(self.folder, self.step)
            self._begin(self.log)
        meter = Meter(self.items.kinds, self.fabric.all_gather)
        batches = self._batches()
        with bars.training(self.steps, self.step) as show, self._stream():
            started = ready = time.perf_counter()
            for batch in batches:
                meter.waited += time.perf_counter() - ready
                try:
                    self._learn(batch, meter)
                except FloatingPointError:
                    raise self._diverged(self.step + 1) from None
                self.step += 1
                now = time.perf_counter()
                self.seconds, meter.elapsed, started = self.seconds + now - started, meter.elapsed + now - started, now
                self._after_step(meter, show)
                ready = time.perf_counter()
        if self.log is not None:
            self.log.close()

    def _after_step(self, meter: Meter, show: bars.Show) -> None:
        train, last = self.config.train, self.step == self.steps
        self._change()
        if last or self.step % train.log_every == 0:
            record = {"step": self.step, "seconds": round(self.seconds, 1), **meter.take()}
            if not math.isfinite(record["loss"]):
                raise self._diverged(self.step)
            show(self.step, record["psnr"], record["waiting"])
            if self.log is not None:
                self.log.write(record)
        else:
            show(self.step, None, None)
        if self.log is not None and (last or self.step % train.validate_every == 0):
            self._validate(self.log)
        if last or self.step % train.checkpoint_every == 0:
            self.save()

    def _diverged(self, step: int) -> CheckpointError:
        problem = f"the loss is not finite at step {step}"
        return CheckpointError(f"{self.folder}: {problem}: train again with a lower {self.rate}")

    def save(self) -> None:
        """Writes the checkpoint (first process only)."""
        if self.fabric.is_global_zero:
            state = {**self._state(), **self._identity(), "step": self.step, "seconds": self.seconds}
            save_state(self.folder / "checkpoint.pt", state)

    def facts(self) -> dict[str, Any]:
        """Steps, seconds and processes of the run so far."""
        return {"steps": self.step, "seconds": round(self.seconds), "processes": self.fabric.world_size}
