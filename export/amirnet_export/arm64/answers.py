"""What runs on the other processor: the SDK's engines over the prepared inputs. Needs no torch, as no phone has it.

`python -m amirnet_export.arm64.answers FOLDER BACKEND OUTPUT`
"""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import Any

import numpy as np

from amirnet.arrays import Floats
from amirnet.bundle import Bundle
from amirnet.engine import load_onnxruntime, make_engine
from amirnet.int8 import code_bytes, tile_bytes

BACKENDS = ("onnx", "tflite")
PRECISIONS = ("float32", "int8")
BUNDLE, INPUTS, STEPS = "bundle", "inputs.npz", "restorer_int8_steps.onnx"
"""What the folder holds: a bundle with both precisions of both backends; ``tiles`` (N, 3, S, S) with their ``codes``
(N, K, 1, 1), and ``probes`` (M, 3, P, P); and the bundle's int8 ONNX restorer with every step as an output."""
STEP = "step/"
"""Before a step's name among the answers."""


def answers(folder: Path, backend: str) -> dict[str, Any]:
    """Everything that one backend has to say.

    Returns:
        ``float32`` and ``int8``: the restored tiles (N, 3, S, S). ``mask`` and ``value``: (M, K). ``machine``: the
        processor's kind, as the interpreter sees it. Of ONNX Runtime also every int8 step, uint8, (N, ...).
    """
    bundle = Bundle.open(folder / BUNDLE)
    found: dict[str, Any] = {"machine": np.array(platform.machine())}
    with np.load(folder / INPUTS) as given:
        tiles, codes, probes = given["tiles"][:, None], given["codes"][:, None], given["probes"][:, None]
    engines = {precision: make_engine(bundle, backend, precision, threads=1) for precision in PRECISIONS}
    for precision, engine in engines.items():
        found[precision] = np.concatenate([engine.restore(*pair) for pair in zip(tiles, codes, strict=True)])
    # Probe by probe: what a batch's size does to the order of sums is not the question here.
    encoded = [engines["float32"].encode(probe) for probe in probes]
    found["mask"], found["value"] = (np.concatenate(part) for part in zip(*encoded, strict=True))
    if backend == "onnx":
        found |= _steps(folder / STEPS, tiles, codes, bundle.tree.grid)
    return found


def _steps(model: Path, tiles: Floats, codes: Floats, grid: int) -> dict[str, Any]:
    runtime = load_onnxruntime()
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    session = runtime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    feeds = (
        {"tile": tile_bytes(tile), "code": code_bytes(code, grid)} for tile, code in zip(tiles, codes, strict=True)
    )
    runs = zip(*(session.run(names, feed) for feed in feeds), strict=True)
    return {STEP + name: np.concatenate(values) for name, values in zip(names, runs, strict=True)}


if __name__ == "__main__":
    _folder, _backend, _output = sys.argv[1:]
    np.savez(_output, **answers(Path(_folder), _backend))
