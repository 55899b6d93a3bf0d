"""Every model file of a bundle, in all three formats, and where the manifest says that it lies."""

from __future__ import annotations

from typing import NamedTuple

from amirnet_training.network import AMIRNet
from amirnet_training.quantization.fixed_steps import QuantisedRestorer

from .coreml import encoder_coreml, restorer_coreml
from .model_facts import ModelFacts
from .onnx import encoder_onnx
from .onnx_program import write_restorer
from .restorer_program import RestorerProgram
from .tflite import encoder_tflite, restorer_tflite

PACKAGE = ".mlpackage"


class ModelFiles(NamedTuple):
    """Files by path, and the manifest's ``models``: role -> backend -> precision -> path (CONTRACT B4)."""

    files: dict[str, bytes]
    models: dict[str, dict[str, dict[str, str]]]


def model_files(
    network: AMIRNet, quantised: QuantisedRestorer | None, probe: int, tile: int, facts: ModelFacts
) -> ModelFiles:
    """Writes encoder and restorer as ONNX, TFLite and Core ML; the int8 restorer too, if there is one.

    Args:
        network: trained float weights.
        quantised: the restorer on its int8 grid.
        probe: side of a probe in pixels.
        tile: side of a tile in pixels, fixed in TFLite and Core ML.
        facts: goes into every file's own metadata.

    Raises:
        ExportError: a package is missing, or a graph cannot be written.
    """
    whole = RestorerProgram.in_float(network.restorer)  # type: ignore[arg-type]
    files = {
        "encoder.onnx": encoder_onnx(network, probe, facts.entries()),
        "restorer.onnx": write_restorer(whole, facts),
        "encoder.tflite": encoder_tflite(network, probe, facts),
        "restorer.tflite": restorer_tflite(whole, tile, facts),
        **_package("encoder", encoder_coreml(network, probe, facts)),
        **_package("restorer", restorer_coreml(whole, tile, facts)),
    }
    real = {"onnx": "float32", "tflite": "float32", "coreml": "float16"}
    suffixes = {"onnx": ".onnx", "tflite": ".tflite", "coreml": PACKAGE}
    models = {
        "encoder": {backend: {"float32": "encoder" + suffix} for backend, suffix in suffixes.items()},
        "restorer": {backend: {real[backend]: "restorer" + suffix} for backend, suffix in suffixes.items()},
    }
    if quantised is not None:
        program = RestorerProgram.in_int8(quantised)
        files |= {
            "restorer_int8.onnx": write_restorer(program, facts),
            "restorer_int8.tflite": restorer_tflite(program, tile, facts),
            **_package("restorer_int8", restorer_coreml(program, tile, facts)),
        }
        for backend, suffix in suffixes.items():
            models["restorer"][backend]["int8"] = "restorer_int8" + suffix
    return ModelFiles(files, models)


def _package(name: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{name}{PACKAGE}/{path}": content for path, content in files.items()}
