"""Replaying a training step as one CUDA graph: a small network's thousand kernels take longer to launch than to run.

The first steps run as they are; then one is recorded, and from then on replayed on new inputs, which are copied to
where the recorded ones lay. Nothing that is recorded may wait for the GPU or depend on a tensor's value.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor

Step = Callable[..., tuple[Tensor, ...]]
WARM_UP = 4
"""Steps that run before one is recorded: cuDNN tries its algorithms in them, and the optimizer makes its moments."""


class GraphedStep:
    """Runs ``step(*tensors)``, recorded once for each ``key`` on a GPU, plainly elsewhere.

    Args:
        step: takes tensors on the device, returns such; what it changes is changed in place.
        device: where it runs.
        record: whether to record at all.
    """

    def __init__(self, step: Step, device: torch.device, *, record: bool) -> None:
        self.step, self.record = step, record and device.type == "cuda"
        self._stream = torch.cuda.Stream(device) if self.record else None
        self._key: Hashable = None
        self._plain = 0
        self._graph: torch.cuda.CUDAGraph | None = None
        self._inputs: tuple[Tensor, ...] = ()
        self._outputs: tuple[Tensor, ...] = ()

    def stream(self) -> AbstractContextManager[object]:
        """Where everything has to run that prepares the step's inputs or reads its results."""
        return nullcontext() if self._stream is None else torch.cuda.stream(self._stream)

    def __call__(self, key: Hashable, *inputs: Tensor) -> tuple[Tensor, ...]:
        """The step's results for ``inputs``. Another ``key``, or inputs of other shapes, need another recording."""
        if not self.record:
            return self.step(*inputs)
        key = (key, tuple(value.shape for value in inputs))
        if key != self._key:
            self._key, self._plain, self._graph = key, 0, None
        if self._graph is None:
            if self._plain < WARM_UP:
                self._plain += 1
                return self.step(*inputs)
            try:
                self._record(inputs)
            except RuntimeError as error:
                # Slower, and as good: a driver or a release of torch that cannot record something must not end a run.
                warnings.warn(f"the training step cannot be recorded and runs as it is: {error}", stacklevel=2)
                self.record = False
                return self.step(*inputs)
        assert self._graph is not None
        for kept, value in zip(self._inputs, inputs, strict=True):
            kept.copy_(value)
        self._graph.replay()
        return tuple(value.clone() for value in self._outputs)

    def _record(self, inputs: tuple[Tensor, ...]) -> None:
        self._inputs = tuple(value.clone() for value in inputs)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph, stream=self._stream):
            self._outputs = self.step(*self._inputs)
