"""Every model file of a bundle, in all three formats, and where the manifest says that it lies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from torch import Tensor

from amirnet.bundle.model_paths import folded_role
from amirnet_training.network import AMIRNet
from amirnet_training.quantization.int8_steps import QuantizedRestorer

from .coreml import encoder_coreml, restorer_coreml
from .model_facts import ModelFacts
from .onnx import encoder_onnx
from .onnx_program import write_restorer
from .restorer_program import RestorerProgram
from .tflite import encoder_tflite, restorer_tflite

PACKAGE = ".mlpackage"
SUFFIXES = {"onnx": ".onnx", "tflite": ".tflite", "coreml": PACKAGE}
FLOATS = {"onnx": "float32", "tflite": "float32", "coreml": "float16"}
"""Backend -> the precision of its float restorer."""


class ModelFiles(NamedTuple):
    """Files by path, and the manifest's ``models``: role -> backend -> precision -> path (CONTRACT B4)."""

    files: dict[str, bytes]
    models: dict[str, dict[str, dict[str, str]]]
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
    """Writes encoder and restorer as ONNX, TFLite and Core ML; the int8 restorer too, if there is one.

    Args:
        network: trained float weights.
        quantized: the restorer on its int8 grid.
        probe: side of a probe in pixels.
        tile: side of a tile in pixels, fixed in TFLite and Core ML.
        facts: goes into every file's own metadata.
        folded: node -> its stored code (K,): a restorer for each of them instead of one that takes a code.

    Raises:
        ExportError: a package is missing, or a graph cannot be written.
    """
    made = ModelFiles({}, {}, {})
    made.files["encoder.onnx"] = encoder_onnx(network, probe, facts.entries())
    made.files["encoder.tflite"] = encoder_tflite(network, probe, facts)
    made.files.update(_package("encoder", encoder_coreml(network, probe, facts)))
    made.models["encoder"] = {backend: {"float32": "encoder" + suffix} for backend, suffix in SUFFIXES.items()}
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
    programs = {"float": (stem, real)}
    if quantized is not None:
        programs["int8"] = (f"{stem}_int8", RestorerProgram.in_int8(quantized))
        made.quantization[role] = quantized.grid.to_json()
    made.models[role] = {backend: {} for backend in SUFFIXES}
    for precision, (name, program) in programs.items():
        made.files[f"{name}.onnx"] = write_restorer(program, facts)
        made.files[f"{name}.tflite"] = restorer_tflite(program, tile, facts)
        made.files.update(_package(name, restorer_coreml(program, tile, facts)))
        for backend, suffix in SUFFIXES.items():
            made.models[role][backend][FLOATS[backend] if precision == "float" else precision] = name + suffix


def _package(name: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{name}{PACKAGE}/{path}": content for path, content in files.items()}
