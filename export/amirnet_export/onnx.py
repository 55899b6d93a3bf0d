"""Float ONNX graphs: exported by torch, simplified, checked against torch before anyone sees them."""

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

from amirnet.engine import load_onnxruntime
from amirnet_training.network import AMIRNet

from .errors import ExportError
from .graphs import EncoderGraph, RestorerGraph

OPSET = 18
TOLERANCE = 1e-4
"""Largest difference from torch, in units of the output, that an exported graph may show."""


def encoder_onnx(network: AMIRNet, probe: int, metadata: dict[str, str]) -> bytes:
    """The encoder for any number of ``probe`` x ``probe`` probes. Raises ExportError when it differs from torch."""
    generator = torch.Generator().manual_seed(0)
    example = torch.rand(3, 3, probe, probe, generator=generator)
    shapes = ({0: torch.export.Dim("count", min=1, max=4096)},)
    return _export(EncoderGraph(network), (example,), ("probes",), ("mask", "value"), shapes, metadata)


def restorer_onnx(network: AMIRNet, metadata: dict[str, str]) -> bytes:
    """The restorer for tiles of any size that is a multiple of its alignment. Raises ExportError as above."""
    generator = torch.Generator().manual_seed(0)
    alignment = int(network.restorer.alignment)  # type: ignore[arg-type]
    tile = torch.rand(1, 3, 24 * alignment, 16 * alignment, generator=generator)
    # A code that the network itself gives: made-up ones lead to values, and so to rounding, that no photo does.
    with torch.no_grad():
        code = network.place(tile[:, :, :64, :64]).code.view(1, -1, 1, 1)
    height, width = torch.export.Dim("rows", min=2, max=4096), torch.export.Dim("columns", min=2, max=4096)
    shapes: tuple[dict[int, Any], ...] = ({2: alignment * height, 3: alignment * width}, {})
    return _export(RestorerGraph(network), (tile, code), ("tile", "code"), ("restored",), shapes, metadata)


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
        difference = float(np.abs(want.numpy() - got).max())
        if not difference <= TOLERANCE:
            problem = f"ONNX differs from torch by {difference:.2e}, more than {TOLERANCE:g}"
            raise ExportError(f"{name}: {problem}: not exported; report this")
