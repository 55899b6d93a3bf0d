"""Whether an ONNX model is complete in itself: one that names other files for its weights is refused (CONTRACT B10).

ONNX Runtime would read those files from wherever it runs, unsealed. Only as much of the format is read here as it takes
to find every tensor. What is to be run as ONNX must be well-formed as far as that: ONNX Runtime takes other formats too
(its own, ORT), of which nothing is known here.
"""

from __future__ import annotations

from collections.abc import Iterator

from amirnet.errors import BundleError, ExternalDataError

_TENSOR = "tensor"
_PARTS: dict[str, dict[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: _TENSOR, 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: _TENSOR, 6: "graph", 10: _TENSOR, 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: _TENSOR, 2: _TENSOR},
    _TENSOR: {},
}
"""Message -> the fields of it that may hold a tensor, by number, and what message each is."""
FIELDS = 500_000
"""A model with more fields than this on the way to its tensors is refused, so that reading one takes a second at most.
The shipped restorer has some thousands."""
_GRAPH = 7
_EXTERNAL_DATA, _DATA_LOCATION, _EXTERNAL = 13, 14, 1
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_GROUP = (3, 4)


def check_model(content: bytes, where: str) -> None:
    """`check_complete` of what is to be run as ONNX. Raises BundleError also for what is no ONNX model."""
    check_complete(content, where, strict=True)
    if not any(number == _GRAPH and wire == _BYTES for number, wire, _ in _fields(memoryview(content), [])):
        raise _no_model(where)


def check_complete(content: bytes, where: str, strict: bool = False) -> None:
    """Raises ExternalDataError when a tensor's data lies outside of the model, BundleError when it has more parts than
    any model, or parts that no model has, or, if `strict`, is not well-formed; `where` names the file."""
    left = FIELDS
    pending = [("model", memoryview(content))]
    while pending:
        kind, message = pending.pop()
        torn: list[int] = []
        for number, wire, value in _fields(message, torn):
            if wire in _GROUP:  # an engine skips what it does not know, and reads on behind it
                raise BundleError(f"{where}: has a group of fields, which no model has; export the bundle again")
            left -= 1
            if left < 0:
                raise BundleError(f"{where}: has more than {FIELDS} parts, which no model has; export the bundle again")
            if kind == _TENSOR and (number == _EXTERNAL_DATA or (number == _DATA_LOCATION and value == _EXTERNAL)):
                raise ExternalDataError(f"{where}: reads its weights from other files, which nothing seals; export the "
                                        "model with its weights inside")  # fmt: skip
            if wire == _BYTES and number in _PARTS[kind]:
                assert isinstance(value, memoryview)
                pending.append((_PARTS[kind][number], value))
        if strict and torn:
            raise _no_model(where)


def _no_model(where: str) -> BundleError:
    return BundleError(f"{where}: is not an ONNX model (damaged, or in another format); export the bundle again")


def _fields(message: memoryview, torn: list[int]) -> Iterator[tuple[int, int, int | memoryview]]:
    """Number, wire type and value of each field, up to where the message is not well-formed: `torn` gets that place."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        key &= 0xFFFFFFFF  # what engines see of a longer one
        number, wire = key >> 3, key & 7
        if number == 0:  # no field has this number: zeros are no message
            torn.append(at)
            return
        if wire == _VARINT:
            value, at = _varint(message, at)
            if at > len(message):
                torn.append(at)
                return
            yield number, wire, value
            continue
        if wire == _BYTES:
            size, at = _varint(message, at)
        elif wire in (_FIXED64, _FIXED32):
            size = 8 if wire == _FIXED64 else 4
        elif wire in _GROUP:
            size = 0
        else:
            torn.append(at)
            return
        if size > len(message) - at:
            torn.append(at)
            return
        yield number, wire, message[at : at + size]
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """The number that begins at `at`, and where the next thing begins; beyond the end where there is none."""
    result = 0
    for place in range(10):
        if at + place >= len(message):
            break
        byte = message[at + place]
        result |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return result, at + place + 1
    return 0, len(message) + 1
