"""G1, G7: the states of an engine, and answers that are refused."""

from __future__ import annotations

from amirnet.contract.vector_file import VectorFile

LIVES: list[tuple[str, list[str], list[str]]] = [
    ("new", [], []),
    ("loaded", ["load"], ["loaded"]),
    ("loaded twice", ["load", "load"], ["loaded", "loaded"]),
    ("prewarmed", ["prewarm"], ["ready"]),
    ("loaded, then prewarmed", ["load", "prewarm"], ["loaded", "ready"]),
    ("a call loads what it needs", ["encode"], ["loaded"]),
    ("both graphs have run", ["encode", "restore"], ["loaded", "loaded"]),
    ("unloaded", ["prewarm", "unload"], ["ready", "unloaded"]),
    ("unloaded when nothing is loaded", ["unload"], ["unloaded"]),
    ("it serves again", ["prewarm", "unload", "restore", "unload", "prewarm"],
     ["ready", "unloaded", "loaded", "unloaded", "ready"]),
    ("ready stays ready", ["prewarm", "load", "encode", "restore"], ["ready"] * 4),
]  # fmt: skip
"""Name, calls, and the state after each."""


def vectors() -> VectorFile:
    file = VectorFile("engines", "G1 G2 G3 G7", "An engine's life, and what is not taken from one.")
    lives = file.group(
        "life",
        "A new engine is unloaded. Each call is served, whatever the state.",
        {"calls": "load, prewarm, unload, encode, restore, one after the other"},
        {"states": "unloaded, loaded or ready, after each call"},
    )
    for name, calls, states in LIVES:
        lives.add(name, {"calls": calls}, {"states": states})
    encoded = file.group(
        "encoded",
        "Shapes of an encoder's answers. A replay leaves out what its types cannot express.",
        {"count": "probes", "size": "K", "mask": "its shape", "value": "its shape"},
        {},
    )
    wrong = {"error": "EngineError", "names": []}
    encoded.add("as it must be", {"count": 3, "size": 7, "mask": [3, 7], "value": [3, 7]}, {})
    for name, mask, value in [
        ("a probe less", [2, 7], [2, 7]), ("another K", [3, 15], [3, 15]), ("value of another K", [3, 7], [3, 6]),
        ("one row", [21], [21]),
    ]:  # fmt: skip
        encoded.add(name, {"count": 3, "size": 7, "mask": mask, "value": value}, wrong)
    restored = file.group(
        "restored",
        "Shapes of a restorer's answers: that of the tile, channels last.",
        {"tile": "its shape", "restored": "its shape", "type": "of the answer's numbers"},
        {},
    )
    for name, shape, kind, fine in [
        ("numbers", [24, 16, 3], "float32", True), ("levels", [24, 16, 3], "uint8", True),
        ("turned", [16, 24, 3], "float32", False), ("planes", [3, 24, 16], "float32", False),
        ("a tile before it", [24, 24, 3], "uint8", False), ("doubles", [24, 16, 3], "float64", False),
        ("signed", [24, 16, 3], "int8", False),
    ]:  # fmt: skip
        restored.add(name, {"tile": [24, 16, 3], "restored": shape, "type": kind}, {} if fine else wrong)
    return file
