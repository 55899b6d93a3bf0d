"""The written models against the trained network in torch: in the one engine that takes tiles of any size.

The other engines are then compared with that one, by `parity.check`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.runtime.engine import Engine
from amirnet.runtime.padding import to_tensor

from .errors import ExportError
from .formats.registry import FORMATS
from .program.terms import AMIRNet

TOLERANCE = 1e-4
"""Largest difference from torch, in units of the output, that a model may show."""
PROBES = 3
"""Probes that the encoders are compared on."""
CORE = 16
"""Side of what the restorers are compared on, in steps of the alignment."""


def check_with_torch(bundle: ModelBundle, network: AMIRNet, folded: Mapping[int, Tensor] | None = None) -> None:
    """Compares the float encoder, and each float restorer inside of its halo, with the network.

    In the halo they differ: the network pads its high-pass copy; the written model, which has that folded in, its tile.

    Args:
        bundle: what was written.
        network: what it was written from.
        folded: node -> code (K,) of its restorers; None if it has one that takes a code.

    Raises:
        ExportError: they differ by more than `TOLERANCE`.
    """
    format = next(format for format in FORMATS.values() if format.any_tile)
    engine = format.make_engine(bundle, "float", format.engines[0])
    rng = np.random.default_rng(0)
    side = bundle.manifest.probe.size
    probes = rng.integers(0, 256, (PROBES, side, side, 3), dtype=np.uint8)
    with torch.no_grad():
        place = network.place(torch.from_numpy(to_tensor(probes)))
    mask, value = engine.encode(probes)
    _refuse_difference(f"{format.title}: mask", mask, place.mask.numpy())
    _refuse_difference(f"{format.title}: value", value, place.value.numpy())
    # A code that the network itself gives: made-up ones lead to values, and so to rounding, that no photo does.
    for code in [place.code[0]] if folded is None else folded.values():
        _check_restorer(f"{format.title}: restored", bundle, engine, network, code)


def _check_restorer(what: str, bundle: ModelBundle, engine: Engine, network: AMIRNet, code: Tensor) -> None:
    halo, alignment = bundle.manifest.tile.halo, bundle.manifest.tile.alignment
    side = 2 * halo + CORE * alignment
    tile = np.random.default_rng(1).integers(0, 256, (side, side, 3), dtype=np.uint8)
    with torch.no_grad():
        wanted = network.restorer(torch.from_numpy(to_tensor(tile))[None], code.view(1, -1, 1, 1)).numpy()[0]
    inside = np.s_[halo:-halo, halo:-halo]
    _refuse_difference(what, engine.restore(tile, code.numpy())[inside], np.moveaxis(wanted, 0, -1)[inside])


def _refuse_difference(what: str, got: np.ndarray[Any, Any], want: np.ndarray[Any, Any]) -> None:
    difference = float(np.abs(want - got).max())
    if not difference <= TOLERANCE:
        problem = f"differs from torch by {difference:.2e}, more than {TOLERANCE:g}"
        raise ExportError(f"{what} {problem}: not exported; report this")
