"""TFLite's own model metadata: a small flatbuffer (schema "M001") that Android libraries and model viewers read.

Its schema classes come with a package that needs all of TensorFlow, so its few fields are written here by their
numbers in the published schema, which never change.
"""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

from ...errors import ExportError
from ...model_facts import AUTHOR, UNITS, ModelFacts

BLOCK = "TFLITE_METADATA"
"""The name under which a TFLite file holds it."""
IDENTIFIER = b"M001"
"""Of every such block, from its fifth byte on."""
NAME, DESCRIPTION = 0, 1
MODEL_VERSION, MODEL_GRAPHS, MODEL_AUTHOR, MODEL_LICENSE, MODEL_PARSER, MODEL_FIELDS = 2, 3, 4, 5, 7, 8
GRAPH_INPUTS, GRAPH_OUTPUTS, GRAPH_FIELDS = 2, 3, 7
TENSOR_FIELDS = 7
"""Fields' numbers in the schema's tables, and how many fields each table has."""
PARSER = "1.0.0"
"""The oldest metadata parser that understands every field used here."""


class ReadMetadata(NamedTuple):
    """What a file's metadata says."""

    name: str
    """The model's."""
    description: str
    """Preset and training."""
    version: str
    """The model's identity."""
    license: str
    """Of the weights, and of the code."""
    inputs: dict[str, str]
    """Input name -> what it holds and in which unit."""
    outputs: dict[str, str]
    """Output name -> the same."""


def pack_metadata(facts: ModelFacts, inputs: list[str], outputs: list[str]) -> bytes:
    """The metadata block of one model, tensors in the order of the graph's."""
    builder = importlib.import_module("flatbuffers").Builder(1024)
    packed = [[_tensor(builder, name) for name in names] for names in (inputs, outputs)]
    vectors = [_vector(builder, tensors) for tensors in packed]
    graph = _table(builder, GRAPH_FIELDS, {GRAPH_INPUTS: vectors[0], GRAPH_OUTPUTS: vectors[1]})
    fields = {
        NAME: builder.CreateString(facts.name),
        DESCRIPTION: builder.CreateString(facts.description),
        MODEL_VERSION: builder.CreateString(facts.identity),
        MODEL_GRAPHS: _vector(builder, [graph]),
        MODEL_AUTHOR: builder.CreateString(AUTHOR),
        MODEL_LICENSE: builder.CreateString(facts.license),
        MODEL_PARSER: builder.CreateString(PARSER),
    }
    builder.Finish(_table(builder, MODEL_FIELDS, fields), IDENTIFIER)
    return bytes(builder.Output())


def read_metadata(content: bytes) -> ReadMetadata:
    """Reads what `pack_metadata` made. Raises ExportError when the block is another."""
    if content[4:8] != IDENTIFIER:
        raise ExportError("TFLite metadata: not of the known schema: export the model again")
    flatbuffers = importlib.import_module("flatbuffers")
    root = flatbuffers.table.Table(bytearray(content), int.from_bytes(content[:4], "little"))
    (graph,) = _items(flatbuffers, root, MODEL_GRAPHS)
    inputs, outputs = (
        {_text(flatbuffers, t, NAME): _text(flatbuffers, t, DESCRIPTION) for t in _items(flatbuffers, graph, field)}
        for field in (GRAPH_INPUTS, GRAPH_OUTPUTS)
    )
    name, description, version, license = (
        _text(flatbuffers, root, field) for field in (NAME, DESCRIPTION, MODEL_VERSION, MODEL_LICENSE)
    )
    return ReadMetadata(name, description, version, license, inputs, outputs)


def _tensor(builder: Any, name: str) -> int:
    fields = {NAME: builder.CreateString(name), DESCRIPTION: builder.CreateString(UNITS[name])}
    return _table(builder, TENSOR_FIELDS, fields)


def _table(builder: Any, slots: int, fields: dict[int, int]) -> int:
    builder.StartObject(slots)
    for number, offset in fields.items():
        builder.PrependUOffsetTRelativeSlot(number, offset, 0)
    return int(builder.EndObject())


def _vector(builder: Any, offsets: list[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


def _items(flatbuffers: Any, table: Any, field: int) -> list[Any]:
    place = table.Offset(4 + 2 * field)
    if not place:
        return []
    start = table.Vector(place)
    return [
        flatbuffers.table.Table(table.Bytes, table.Indirect(start + 4 * index))
        for index in range(table.VectorLen(place))
    ]


def _text(flatbuffers: Any, table: Any, field: int) -> str:
    place = table.Offset(4 + 2 * field)
    return bytes(table.String(place + table.Pos)).decode() if place else ""
