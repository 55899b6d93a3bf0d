"""What runs on the other processor: the SDK's engines over the prepared inputs. Needs no torch, as no phone has it.

`python -m amirnet_export.arm64.answers FOLDER BACKEND OUTPUT`
"""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import Any, Literal

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.engines.registry import make_engine
from amirnet.runtime.int8 import real_pixels

PRECISIONS: tuple[Literal["float", "int8"], ...] = ("float", "int8")
"""What every backend is asked in."""
BUNDLE, INPUTS = "bundle", "inputs.npz"
"""What the folder holds: a bundle with both precisions of every backend that is asked; ``tiles``, uint8 (N, S, S, 3),
with their ``codes`` (N, K), and ``probes``, uint8 (M, P, P, 3)."""


def answers(folder: Path, backend: str) -> dict[str, Any]:
    """Everything that one backend has to say.

    Returns:
        ``float`` and ``int8``: the restored tiles, float32 (N, S, S, 3). ``mask`` and ``value``: (M, K). ``machine``:
        the processor's kind, as the interpreter sees it.
    """
    bundle = ModelBundle.open(folder / BUNDLE)
    found: dict[str, Any] = {"machine": np.array(platform.machine())}
    with np.load(folder / INPUTS) as given:
        tiles, codes, probes = given["tiles"], given["codes"], given["probes"][:, None]
    engines = {precision: make_engine(bundle, backend, precision, threads=1) for precision in PRECISIONS}
    for precision, engine in engines.items():
        found[precision] = np.stack([real_pixels(engine.restore(*pair)) for pair in zip(tiles, codes, strict=True)])
    # Probe by probe: what a batch's size does to the order of sums is not the question here.
    encoded = [engines["float"].encode(probe) for probe in probes]
    found["mask"], found["value"] = (np.concatenate(part) for part in zip(*encoded, strict=True))
    return found


if __name__ == "__main__":
    _folder, _backend, _output = sys.argv[1:]
    np.savez(_output, **answers(Path(_folder), _backend))
