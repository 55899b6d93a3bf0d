"""A bundle's TFLite models in TensorFlow's own interpreter, where many users load them. For parity checks.

Needs the extra `amirnet[tensorflow]`, which no other extra brings: TensorFlow is large.
"""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

from amirnet.engines.tflite import TfliteEngine
from amirnet.errors import EngineError

EXTRA = "pip install 'amirnet[tensorflow]'"
"""What brings TensorFlow."""


class TensorflowEngine(TfliteEngine):
    """`tf.lite.Interpreter` as it comes, which is with XNNPACK's kernels. Needs TensorFlow installed, else EngineError.

    All else is as in LiteRT's engine: calls are in turn, one probe at a time, one tile size.
    """

    title = "TensorFlow (tf.lite.Interpreter, XNNPACK)"

    def _interpreter_class(self) -> Callable[..., Any]:
        return load_interpreter(self.bundle.where)


class TensorflowReferenceEngine(TfliteEngine):
    """`tf.lite.Interpreter` with TFLite's reference kernels, which are written to be read: right, and very slow."""

    title = "TensorFlow (tf.lite.Interpreter, reference kernels)"

    def _interpreter_class(self) -> Callable[..., Any]:
        return load_interpreter(self.bundle.where, reference=True)


def load_interpreter(where: str, *, reference: bool = False) -> Callable[..., Any]:
    """`tf.lite.Interpreter`, with the reference kernels if asked. Raises EngineError, which names ``where``."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before it loads: its remarks on this processor
    try:
        lite = importlib.import_module("tensorflow").lite
    except ImportError as error:
        raise EngineError(f"{where}: TensorFlow is not installed; {EXTRA}") from error
    options = {"experimental_op_resolver_type": lite.experimental.OpResolverType.BUILTIN_REF} if reference else {}
    return partial(_quietly, partial(lite.Interpreter, **options))


def _quietly(make: Callable[..., Any], **arguments: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that LiteRT has a package of its own now, which is our other engine
        return make(**arguments)
