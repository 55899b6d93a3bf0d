"""B10: ONNX models, byte by byte, and which of them a bundle may not hold."""

from __future__ import annotations

from amirnet.contract.vector_file import Fields, VectorFile


def varint(number: int) -> bytes:
    """Protobuf's: seven bits a byte, the lowest first."""
    found = b""
    while number > 127:
        found += bytes([number & 127 | 128])
        number >>= 7
    return found + bytes([number])


def within(content: bytes, *path: int) -> bytes:
    """A message in a message in a message: fields by their numbers, the outermost first."""
    for number in reversed(path):
        content = varint(number << 3 | 2) + varint(len(content)) + content
    return content


EXTERNAL = within(b"\x0a\x08location\x12\x05a.bin", 13)
"""A tensor's field external_data."""
ELSEWHERE = bytes([14 << 3, 1])
"""A tensor's data_location: EXTERNAL."""
HERE = bytes([14 << 3, 0])
VERSION = b"\x08\x09"
GRAPH = within(b"", 7)

PLACES = {
    "in the graph": (7, 5),
    "in a sparse tensor's values": (7, 15, 1),
    "in a sparse tensor's indices": (7, 15, 2),
    "in an attribute": (7, 1, 5, 5),
    "in an attribute's list": (7, 1, 5, 10),
    "in an attribute's sparse tensor": (7, 1, 5, 22, 1),
    "in an attribute's list of sparse tensors": (7, 1, 5, 23, 2),
    "in a subgraph": (7, 1, 5, 6, 5),
    "in a subgraph of a list": (7, 1, 5, 11, 5),
    "in a subgraph's subgraph": (7, 1, 5, 6, 1, 5, 6, 5),
    "in a function": (25, 7, 5, 5),
    "in a function's attribute": (25, 11, 5),
    "in training": (20, 1, 5),
    "in training, the other graph": (20, 2, 5),
}


def vectors() -> VectorFile:
    file = VectorFile("onnx_models", "B10", "ONNX models that a bundle may hold, and such that it may not.")
    group = file.group(
        "model",
        "A model's bytes.",
        {"content": "bytes", "times": "so many copies of them, one after the other; left out: one", "run": "whether "
         "`models` names it for the backend onnx; otherwise it is only called so"},
        {},
    )  # fmt: skip

    def case(name: str, content: bytes, run: str = "", other: str = "", times: int = 1) -> None:
        """`run` and `other`: the errors where it is run, and where it is not."""
        for said, error in [(True, run), (False, other)]:
            given: Fields = {"content": file.raw(content), "run": said} | ({"times": times} if times > 1 else {})
            expected = {"error": error, "names": []} if error else {}
            group.add(f"{name}, {'run' if said else 'not run'}", given, expected)

    bad, torn = "ExternalDataError", "BundleError"
    case("next to nothing", VERSION + GRAPH)
    case("tensors with their data", VERSION + within(b"\x08\x01" + HERE, 7, 5))
    for name, path in PLACES.items():
        case(f"external data {name}", VERSION + GRAPH + within(EXTERNAL, *path), bad, bad)
        case(f"EXTERNAL {name}", VERSION + GRAPH + within(ELSEWHERE, *path), bad, bad)
    case("a field of that number that is no tensor's", VERSION + within(EXTERNAL, 7, 1))
    case("a graph's name that looks like one", VERSION + within(EXTERNAL, 7, 2))
    case("a later graph", VERSION + GRAPH + within(EXTERNAL, 7, 5), bad, bad)
    case("an overlong key", VERSION + within(within(EXTERNAL, 5), 7).replace(b"\x3a", b"\xba\x00", 1), bad, bad)
    case("empty", b"", torn)
    case("no graph", VERSION, torn)
    case("a graph that is a number", VERSION + bytes([7 << 3, 1]), torn)
    case("cut off", (VERSION + within(HERE, 7, 5))[:-1], torn)
    case("torn inside a tensor", VERSION + within(b"\x6a\x7f", 7, 5), torn)
    case("zeros behind it", VERSION + GRAPH + bytes(8), torn)
    case("a group of fields", VERSION + GRAPH + b"\x0b\x0c", torn, torn)
    case("a wire type that there is not", VERSION + GRAPH + b"\x0e", torn)
    case("another runtime's format", b"\x18\x00\x00\x00ORTM" + bytes(24), torn)
    case("HTML, which begins like a group of fields", b"<!DOCTYPE html><html></html>", torn, torn)
    case("500,001 fields", VERSION, torn, torn, times=500_001)
    return file
