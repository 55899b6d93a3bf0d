"""Which formats there are, by the backend's name, in the order in which they are written and compared."""

from __future__ import annotations

from ..errors import ExportError
from .coreml.coreml_format import CoremlFormat
from .format import Format
from .onnx.onnx_format import OnnxFormat
from .tflite.tflite_format import TfliteFormat

FORMATS: dict[str, Format] = {
    "onnx": OnnxFormat(),
    "tflite": TfliteFormat(),
    "coreml": CoremlFormat(),
}
"""Backend -> its format. A new one is added here, and nowhere else outside of its room."""


def default_engines() -> tuple[str, ...]:
    """The engines that take part in every export: the first of each format."""
    return tuple(format.engines[0] for format in FORMATS.values())


def all_engines() -> tuple[str, ...]:
    """The names that `format_of` knows."""
    return tuple(engine for format in FORMATS.values() for engine in format.engines)


def format_of(engine: str) -> Format:
    """The format that an engine runs. Raises ExportError for an unknown engine."""
    for format in FORMATS.values():
        if engine in format.engines:
            return format
    raise ExportError(f"{engine}: no such engine: choose of {', '.join(all_engines())}")
