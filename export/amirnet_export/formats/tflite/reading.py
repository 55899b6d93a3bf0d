"""Reading a TFLite file: its tensors and operations, its int8 grid, and which model it is."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...errors import ExportError
from ...program.terms import Grid
from ..found_grid import FoundGrid
from .graph import IDENTIFIER, TensorQuantization, load_schema
from .metadata import BLOCK
from .restorer import UPSAMPLED


class TensorInfo(NamedTuple):
    """A tensor in a file."""

    name: str
    """The step's that it is the result of, or a constant's."""
    shape: tuple[int, ...]
    """(N, H, W, C), or (N, K)."""
    dtype: np.dtype[Any]
    """float32, int8 or int32."""
    quantization: TensorQuantization | None
    """Its place on the grid; None in float."""
    content: np.ndarray[Any, Any] | None
    """A constant's numbers; None of what is computed, and of inputs."""


class TfliteFile:
    """What is in a TFLite file. Raises ExportError for a file of another kind."""

    def __init__(self, content: bytes) -> None:
        schema = load_schema()
        if content[4:8] != IDENTIFIER:
            raise ExportError("TFLite: not a TFLite file: export it again")
        model = schema.ModelT.InitFromPackedBuf(content)
        graph = model.subgraphs[0]
        names = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
        kinds: dict[int, np.dtype[Any]] = {0: np.dtype(np.float32), 2: np.dtype(np.int32), 9: np.dtype(np.int8)}
        self.operations = [names[model.operatorCodes[item.opcodeIndex].builtinCode] for item in graph.operators]
        """The operations' names in the schema, in their order."""
        self.outputs_of = [int(item.outputs[0]) for item in graph.operators]
        """The number of each operation's result among `tensors`."""
        self.tensors = [_info(tensor, model.buffers, kinds[tensor.type]) for tensor in graph.tensors]
        """All of them: inputs, constants and results."""
        self.inputs = [self.tensors[index] for index in graph.inputs]
        """What the graph takes."""
        self.outputs = [self.tensors[index] for index in graph.outputs]
        """What the graph gives."""
        self.signatures = {
            _text(item.signatureKey): ([_text(m.name) for m in item.inputs], [_text(m.name) for m in item.outputs])
            for item in model.signatureDefs
        }
        """Signature -> the names of its inputs and of its outputs."""
        self.metadata = {_text(m.name): bytes(bytearray(model.buffers[m.buffer].data)) for m in model.metadata or []}
        """Name -> the bytes of that block of metadata."""


def read_grid(content: bytes) -> Grid:
    """The grid of an int8 restorer, read from the file alone. Raises ExportError when it holds none."""
    found = FoundGrid("TFLite")
    for tensor in TfliteFile(content).tensors:
        if tensor.dtype != np.int8 or tensor.quantization is None:
            continue
        scales, zero_point = tensor.quantization
        if tensor.content is not None:
            found.weight(tensor.name.removesuffix("/weight"), list(scales))
        else:
            found.activation(tensor.name.removesuffix(UPSAMPLED), scales[0], zero_point)
    return found.grid()


def read_entries(content: bytes) -> dict[str, str]:
    """The file's own pairs of key and text, beside the block of TFLite's metadata."""
    return {name: text.decode() for name, text in TfliteFile(content).metadata.items() if name != BLOCK}


def _info(tensor: Any, buffers: list[Any], dtype: np.dtype[Any]) -> TensorInfo:
    parameters, data = tensor.quantization, buffers[tensor.buffer].data
    quantization = None
    if parameters is not None and parameters.scale is not None and len(parameters.scale):
        scales = tuple(float(scale) for scale in parameters.scale)
        quantization = TensorQuantization(scales, int(parameters.zeroPoint[0]))
    shape = tuple(int(side) for side in tensor.shape) if tensor.shape is not None else ()
    content = None if data is None or not len(data) else np.array(data, dtype=np.uint8).view(dtype).reshape(shape)
    return TensorInfo(_text(tensor.name), shape, dtype, quantization, content)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
