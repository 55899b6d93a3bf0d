"""Every model file of a bundle, in all formats, and where the manifest says that it lies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from torch import Tensor

from amirnet.bundle.model_paths import folded_role

from ..model_facts import ModelFacts
from ..program.restorer_program import RestorerProgram
from ..program.terms import AMIRNet, QuantizedRestorer
from .format import Kind
from .parts import placed
from .registry import FORMATS


class ModelFiles(NamedTuple):
    """The models of a bundle, and what its manifest says of them."""

    files: dict[str, bytes]
    """Path in the bundle -> content."""
    models: dict[str, dict[str, dict[str, str]]]
    """The manifest's ``models``: role -> backend -> precision -> path (CONTRACT B4)."""
    quantization: dict[str, object]
    """Role -> the int8 grid of its models, as the manifest holds it; empty without an int8 restorer."""


def model_files(
    network: AMIRNet,
    quantized: QuantizedRestorer | None,
    probe: int,
    tile: int,
    facts: ModelFacts,
    folded: Mapping[int, Tensor] | None = None,
) -> ModelFiles:
    """Writes encoder and restorer in every format of the registry; the int8 restorer too, if there is one.

    Args:
        network: trained float weights.
        quantized: the restorer on its int8 grid.
        probe: side of a probe in pixels.
        tile: side of a tile in pixels, with halo, for the formats whose shapes are fixed.
        facts: goes into every file's own metadata.
        folded: node -> its stored code (K,): a restorer for each of them instead of one that takes a code.

    Raises:
        ExportError: a package is missing, or a graph cannot be written.
    """
    made = ModelFiles({}, {}, {})
    made.models["encoder"] = {}
    for backend, format in FORMATS.items():
        path = "encoder" + format.suffix
        made.files.update(placed(path, format.write_encoder(network, probe, facts)))
        made.models["encoder"][backend] = {"float32": path}
    whole = RestorerProgram.in_float(network.restorer)  # type: ignore[arg-type]
    if folded is None:
        _add(made, "restorer", whole, quantized, tile, facts)
    for node, code in (folded or {}).items():
        part = quantized.folded(code) if quantized is not None else None
        _add(made, folded_role(node), whole.folded(code), part, tile, facts)
    return made


def _add(
    made: ModelFiles, role: str, real: RestorerProgram, quantized: QuantizedRestorer | None, tile: int,
    facts: ModelFacts,
) -> None:  # fmt: skip
    """Writes one restorer in all formats and precisions."""
    stem = role.replace(".", "_")
    programs: dict[Kind, tuple[str, RestorerProgram]] = {"float": (stem, real)}
    if quantized is not None:
        programs["int8"] = (f"{stem}_int8", RestorerProgram.in_int8(quantized))
        made.quantization[role] = quantized.grid.to_json()
    made.models[role] = {backend: {} for backend in FORMATS}
    for kind, (name, program) in programs.items():
        for backend, format in FORMATS.items():
            if kind in format.precisions:
                path = name + format.suffix
                made.files.update(placed(path, format.write_restorer(program, tile, facts)))
                made.models[role][backend][format.precisions[kind]] = path
