"""The encoder as ONNX, exported by torch and simplified, and the check of ONNX graphs against torch."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from typing import Any

import numpy as np
import onnx
import onnxsim
import torch
from torch import Tensor, nn

from amirnet.engines.onnx import load_onnxruntime
from amirnet_training.network import AMIRNet

from .errors import ExportError
from .graphs import EncoderGraph

OPSET = 18
TOLERANCE = 1e-4
"""Largest difference from torch, in units of the output, that an exported graph may show."""


def encoder_onnx(network: AMIRNet, probe: int, metadata: dict[str, str]) -> bytes:
    """The encoder for any number of ``probe`` x ``probe`` probes. Raises ExportError when it differs from torch."""
    generator = torch.Generator().manual_seed(0)
    example = torch.rand(3, 3, probe, probe, generator=generator)
    shapes = ({0: torch.export.Dim("count", min=1, max=4096)},)
    return _export(EncoderGraph(network), (example,), ("probes",), ("mask", "value"), shapes, metadata)


def check_restorer(network: AMIRNet, content: bytes, halo: int, code: Tensor | None = None) -> None:
    """Compares a written restorer with torch, inside of the halo.

    In the halo they differ: the network pads its high-pass copy; the written graph, which has that folded in, its tile.

    Args:
        network: whose restorer was written.
        content: the ONNX file.
        halo: in pixels, a multiple of the alignment.
        code: (K,) of the node that it was folded for; None if it takes a code.

    Raises:
        ExportError: they differ by more than `TOLERANCE`.
    """
    side = 2 * halo + 16 * int(network.restorer.alignment)  # type: ignore[arg-type]
    tile = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        # A code that the network itself gives: made-up ones lead to values, and so to rounding, that no photo does.
        used = network.place(tile[:, :, :64, :64]).code if code is None else code
        used = used.view(1, -1, 1, 1)
        expected = network.restorer(tile, used).numpy()
    session = load_onnxruntime().InferenceSession(content, providers=["CPUExecutionProvider"])
    feeds = {"tile": tile.numpy()} if code is not None else {"tile": tile.numpy(), "code": used.numpy()}
    (found,) = session.run(["restored"], feeds)
    inside = np.s_[..., halo:-halo, halo:-halo]
    _refuse_difference("restored", found[inside], expected[inside])


def _export(
    graph: nn.Module,
    examples: tuple[Tensor, ...],
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    shapes: tuple[dict[int, Any], ...],
    metadata: dict[str, str],
) -> bytes:
    graph.eval()
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), torch.no_grad():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            graph, examples, dynamo=True, opset_version=OPSET, input_names=list(inputs), output_names=list(outputs),
            dynamic_shapes=shapes, verbose=False,
        )  # fmt: skip
        assert program is not None
        model, passed = onnxsim.simplify(program.model_proto)
    if not passed:
        raise ExportError(f"{', '.join(outputs)}: the simplified graph differs from the exported one: report this")
    model = _clean(model, metadata)
    content = model.SerializeToString(deterministic=True)
    _check(graph, content, examples, inputs, outputs)
    return content


def _clean(model: onnx.ModelProto, metadata: dict[str, str]) -> onnx.ModelProto:
    """Leaves out what would make two exports of one checkpoint differ, or would name the exporting machine."""
    del model.metadata_props[:]
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for value in [*model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer]:
        del value.metadata_props[:]
        value.doc_string = ""
    del model.graph.value_info[:]
    del model.graph.metadata_props[:]
    del model.functions[:]
    model.graph.doc_string = ""
    model.graph.name = "amirnet"
    model.producer_name, model.producer_version = "amirnet", ""
    onnx.helper.set_model_props(model, metadata)
    onnx.checker.check_model(model)
    return model


def _check(
    graph: nn.Module, content: bytes, examples: tuple[Tensor, ...], inputs: tuple[str, ...], outputs: tuple[str, ...]
) -> None:
    runtime = load_onnxruntime()
    session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    feeds = {name: value.numpy() for name, value in zip(inputs, examples, strict=True)}
    with torch.no_grad():
        expected = graph(*examples)
    wanted = expected if isinstance(expected, tuple) else (expected,)
    for name, want, got in zip(outputs, wanted, session.run(list(outputs), feeds), strict=True):
        _refuse_difference(name, got, want.numpy())


def _refuse_difference(name: str, got: np.ndarray[Any, Any], want: np.ndarray[Any, Any]) -> None:
    difference = float(np.abs(want - got).max())
    if not difference <= TOLERANCE:
        problem = f"ONNX differs from torch by {difference:.2e}, more than {TOLERANCE:g}"
        raise ExportError(f"{name}: {problem}: not exported; report this")
