"""Writing a TFLite file operation by operation, with the schema classes that LiteRT ships."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

import numpy as np

from ...errors import ExportError

EXTRA = "pip install 'amirnet[export]'"
"""What brings the package that is missing."""
IDENTIFIER = b"TFL3"
"""Of every TFLite file, from its fifth byte on."""
SCHEMA_VERSION = 3
"""The one that there is."""
VERSIONS = {("CONV_2D", True): 3, ("ADD", True): 2, ("MUL", True): 2, ("RESIZE_NEAREST_NEIGHBOR", True): 2}
"""(operation, in int8) -> the operation's version, where it is not 1."""


class TensorQuantization(NamedTuple):
    """A tensor's place on the grid, as the schema has it."""

    scales: tuple[float, ...]
    """One, or one an entry of axis 0."""
    zero_point: int
    """The integer that stands for 0; the same for all scales."""


class TfliteGraph:
    """Collects tensors, constants and operations, then packs them. Tensors are known by their index."""

    def __init__(self) -> None:
        self.schema = load_schema()
        self.buffers = [self.schema.BufferT()]  # the first is empty, by the format's rule
        self.tensors: list[Any] = []
        self.operators: list[Any] = []
        self._codes: list[tuple[str, int]] = []
        self._metadata: list[Any] = []

    def tensor(
        self, name: str, shape: tuple[int, ...], dtype: Any, quantization: TensorQuantization | None = None
    ) -> int:
        """Adds a tensor that an operation computes, or an input."""
        kinds = {"float32": "FLOAT32", "int8": "INT8", "int32": "INT32"}
        tensor = self.schema.TensorT()
        tensor.name, tensor.shape, tensor.hasRank = name, list(shape), True
        tensor.type = getattr(self.schema.TensorType, kinds[np.dtype(dtype).name])
        tensor.buffer = 0
        tensor.quantization = parameters = self.schema.QuantizationParametersT()
        if quantization is not None:
            parameters.scale = list(quantization.scales)
            parameters.zeroPoint = [quantization.zero_point] * len(quantization.scales)
            parameters.quantizedDimension = 0
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def constant(self, name: str, array: np.ndarray[Any, Any], quantization: TensorQuantization | None = None) -> int:
        """Adds a constant."""
        index = self.tensor(name, array.shape, array.dtype, quantization)
        self.tensors[index].buffer = self._buffer(np.ascontiguousarray(array).tobytes())
        return index

    def operation(self, kind: str, inputs: list[int], output: int, options: str = "", **fields: Any) -> None:
        """Adds an operation of the schema's name ``kind``, with the fields of its options table ``options``."""
        int8 = self.tensors[output].type == self.schema.TensorType.INT8
        code = (kind, VERSIONS.get((kind, int8), 1))
        if code not in self._codes:
            self._codes.append(code)
        operator = self.schema.OperatorT()
        operator.opcodeIndex = self._codes.index(code)
        operator.inputs, operator.outputs = inputs, [output]
        if options:
            operator.builtinOptionsType = getattr(self.schema.BuiltinOptions, options)
            operator.builtinOptions = getattr(self.schema, options + "T")()
            for name, value in fields.items():
                assert hasattr(operator.builtinOptions, name), name
                setattr(operator.builtinOptions, name, value)
        self.operators.append(operator)

    def metadata(self, name: str, content: bytes) -> None:
        """Adds a named block of metadata."""
        entry = self.schema.MetadataT()
        entry.name, entry.buffer = name, self._buffer(content)
        self._metadata.append(entry)

    def pack(self, signature: str, inputs: dict[str, int], outputs: dict[str, int], description: str) -> bytes:
        """The whole file: one graph with one signature, whose inputs and outputs go by the names given."""
        flatbuffers = importlib.import_module("flatbuffers")
        graph = self.schema.SubGraphT()
        graph.name, graph.tensors, graph.operators = "amirnet", self.tensors, self.operators
        graph.inputs, graph.outputs = list(inputs.values()), list(outputs.values())
        signed = self.schema.SignatureDefT()
        signed.signatureKey, signed.subgraphIndex = signature, 0
        signed.inputs, signed.outputs = self._maps(inputs), self._maps(outputs)
        model = self.schema.ModelT()
        model.version, model.description = SCHEMA_VERSION, description
        model.operatorCodes = [self._code(*code) for code in self._codes]
        model.subgraphs, model.buffers, model.signatureDefs = [graph], self.buffers, [signed]
        model.metadata = self._metadata
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(model.Pack(builder), IDENTIFIER)
        return bytes(builder.Output())

    def _buffer(self, content: bytes) -> int:
        buffer = self.schema.BufferT()
        buffer.data = np.frombuffer(content, dtype=np.uint8)
        self.buffers.append(buffer)
        return len(self.buffers) - 1

    def _maps(self, named: dict[str, int]) -> list[Any]:
        maps = []
        for name, index in named.items():
            entry = self.schema.TensorMapT()
            entry.name, entry.tensorIndex = name, index
            maps.append(entry)
        return maps

    def _code(self, kind: str, version: int) -> Any:
        code = self.schema.OperatorCodeT()
        code.builtinCode = getattr(self.schema.BuiltinOperator, kind)
        # Old readers look at the old field, which is a byte.
        code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), version
        return code


def load_schema() -> Any:
    """LiteRT's schema classes. Raises ExportError when LiteRT is not installed."""
    try:
        return importlib.import_module("ai_edge_litert.schema_py_generated")
    except ImportError as error:
        raise ExportError(f"TFLite: ai-edge-litert is not installed: {EXTRA}") from error
