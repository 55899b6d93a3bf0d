"""Every step of every engine by name: beside torch's, and in the same order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnx
import pytest
import torch
from quantised_toys import FACTS, SHAPES, TILE, codes, tiles, toys

from amirnet_export.formats.onnx.restorer import write_restorer
from amirnet_export.formats.registry import FORMATS
from amirnet_export.program.as_written import as_written
from amirnet_export.program.restorer_program import RestorerProgram
from amirnet_training.program.restorer import restore
from amirnet_training.quantization.int8_steps import QuantizedRestorer

KINDS = ("float", "int8", "folded")
PACKAGES = {"tflite": ["ai_edge_litert"], "coreml": ["coremltools"]}
"""What an engine needs beside ONNX Runtime."""
DRIFT = {"onnx": 0.25, "tflite": 0.6, "coreml": 0.25}
"""Share of a step's int8 values that may differ from torch's. This network was never trained, so it amplifies."""


def inputs(kind: str) -> dict[str, np.ndarray]:
    given = {"tile": tiles().numpy(), "code": codes().numpy()}
    return {"tile": given["tile"]} if kind == "folded" else given


def torchs(kind: str, scales: int) -> dict[str, np.ndarray]:
    """torch's results by step, less the inputs; in int8 with the biases as the files hold them, which are rounded."""
    made = toys(scales)
    restorers = {"int8": made.quantized, "folded": made.folded}
    if kind == "float":
        steps = made.network.restorer.float_steps(keep=True)
    else:
        steps = with_file_biases(restorers[kind]).steps(keep=True)
    with torch.no_grad():
        restore(steps, tiles(), None if kind == "folded" else codes())
    return {name: value.numpy() for name, value in steps.kept.items() if name not in ("tile", "code")}


def with_file_biases(restorer: QuantizedRestorer) -> QuantizedRestorer:
    graph = onnx.load_from_string(write_restorer(RestorerProgram.in_int8(restorer), FACTS)).graph
    held = {item.name: onnx.numpy_helper.to_array(item) for item in graph.initializer}
    layers = {
        name: replace(layer, bias=torch.from_numpy(held[f"{name}/bias/integers"] * held[f"{name}/bias/scale"]).float())
        for name, layer in restorer.layers.items()
    }
    return replace(restorer, layers=layers)


def found(engine: str, kind: str, scales: int) -> dict[str, np.ndarray]:
    program, format = toys(scales).program(kind), FORMATS[engine]
    for package in PACKAGES.get(engine, ()):
        pytest.importorskip(package)
    return format.step_outputs(format.write_restorer(program, TILE, FACTS), inputs(kind), engine)


@pytest.mark.parametrize("scales", SHAPES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("engine", ["onnx", "tflite", "coreml"])
def test_every_step_is_there_and_is_torchs(engine: str, kind: str, scales: int) -> None:
    wanted, values = torchs(kind, scales), found(engine, kind, scales)
    assert list(values) == list(wanted) and ("rejoin" in wanted) == (scales == 3)
    grid = toys(scales).program(kind).grid
    for name, value in values.items():
        assert value.shape == wanted[name].shape and value.dtype == np.float32, name
        apart = np.abs(value - wanted[name])
        if grid is None:
            assert apart.max() <= (0.02 if engine == "coreml" else 1e-4), name
        else:
            # One rounding that falls on the other side moves a few more after it; a wrong step is off everywhere.
            steps = apart / grid.activations[name].scale
            assert steps.max() < 8.5 and (steps > 0.5).mean() <= DRIFT[engine], name
            assert name != "stem" or (steps > 0.5).mean() <= 0.01, name


@pytest.mark.parametrize("kind", ["int8", "folded"])
def test_biases_as_written_are_those_of_the_file(kind: str) -> None:
    restorer = toys().folded if kind == "folded" else toys().quantized
    written, wanted = as_written(restorer), with_file_biases(restorer)
    assert written.grid == restorer.grid and written.layers.keys() == wanted.layers.keys()
    for name, layer in written.layers.items():
        assert torch.allclose(layer.bias, wanted.layers[name].bias, rtol=1e-6, atol=0), name
        assert layer.weight is restorer.layers[name].weight
    assert any(not torch.equal(layer.bias, restorer.layers[name].bias) for name, layer in written.layers.items())
