"""R7, E7: what a user may ask for, what is refused, and what it does to the diagnosis."""

from __future__ import annotations

from amirnet.contract.diagnoses import ENCODER, HEADS, MODEL, OPTIONS, PLAIN, Model, diagnosis, encoder
from amirnet.contract.pixels import made_photo, shape_of, to_bytes
from amirnet.contract.vector_file import Fields, Group, VectorFile

ASKED: list[tuple[Fields, list[str] | None]] = [
    ({}, None), ({"light": "keep"}, None), ({"light": "brighten"}, None), ({"light": 0.0}, None),
    ({"light": 4.0}, None), ({"light": 0.5, "kind": "noise", "strength": 0.0}, None),
    ({"node": 4, "light": "keep"}, None), ({"node": 4, "light": 2.0}, None),
    ({"light": "brighten", "kind": "noise"}, None),
    ({"light": "loud"}, ["loud"]), ({"light": ""}, []), ({"light": "AUTO"}, ["AUTO"]), ({"light": 4.001}, ["4.001"]),
    ({"light": -0.5}, []), ({"light": "NaN"}, []), ({"strength": 1.25}, ["1.25"]), ({"strength": -0.25}, []),
    ({"strength": "NaN"}, []), ({"strength": "Infinity"}, []), ({"node": 4, "kind": "noise"}, ["4", "noise"]),
    ({"node": 4, "light": "brighten"}, ["4", "brighten"]),
]  # fmt: skip
"""Options; None where they are in order, or else what the message names."""

CHECKED: list[tuple[str, Model, Fields, str, list[str]]] = [
    ("a node", Model("example"), {"node": 5}, "", []),
    ("no such node", Model("example"), {"node": 6}, "NodeError", ["6"]),
    ("a kind", Model("example"), {"kind": "noise"}, "", []),
    ("camera is noise", Model("example"), {"kind": "camera"}, "", []),
    ("no such kind", Model("example"), {"kind": "rain"}, "NodeError", ["rain"]),
    ("a kind that no leaf has", Model("example"), {"kind": "motion"}, "NodeError", ["motion"]),
    ("a kind, where none is stated", Model("without_kinds"), {"kind": "noise"}, "NodeError", ["noise"]),
    ("brighten without light", Model("example"), {"light": "brighten"}, "", []),
    ("brighten, where no kind is stated", Model("without_kinds"), {"light": "brighten"}, "NodeError", ["lowlight"]),
    ("brighten, where no leaf is dark", Model("lone_root", "one"), {"light": "brighten"}, "NodeError", ["lowlight"]),
    ("keep without light", Model("example"), {"light": "keep"}, "", []),
    ("keep without light and kinds", Model("without_kinds"), {"light": "keep"}, "OptionError", ["keep"]),
    ("keep without them, with a node", Model("without_kinds"), {"light": "keep", "node": 3}, "", []),
    ("keep with light, without kinds", Model("without_kinds", "seven"), {"light": "keep"}, "", []),
    ("a number without light", Model("example"), {"light": 0.5}, "OptionError", ["0.5"]),
    ("the number 1 without light", Model("example"), {"light": 1.0}, "", []),
    ("a number with light", Model("example", "seven"), {"light": 0.5}, "", []),
    ("a node before a number", Model("example"), {"light": 0.5, "node": 6}, "NodeError", ["6"]),
]
"""Name, model, options, the error or none, what it names."""


def vectors() -> VectorFile:
    file = VectorFile("options", "R3 R7 E7 T9 C1", "What a user may ask for, and what follows.")
    file.shared = {"lights": HEADS}
    asked = file.group(
        "options",
        "Options by themselves.",
        {"light": "auto, keep, brighten, or a number; the text NaN is that number", "kind": "text, or null",
         "node": "a number, or null",
         "strength": "a number; the texts NaN and Infinity are those numbers"},
        {},
    )  # fmt: skip
    for options, names in ASKED:
        expected: Fields = {} if names is None else {"error": "OptionError", "names": names}
        asked.add(", ".join(f"{key} {value}" for key, value in options.items()) or "none", PLAIN | options, expected)
    checked = file.group(
        "model",
        "Options and a model, before a photo is looked at.",
        {"model": MODEL, "options": OPTIONS},
        {},
    )
    for name, model, options, error, names in CHECKED:
        expected = {"error": error, "names": names} if error else {}
        checked.add(name, {"model": model.given, "options": options}, expected)
    _diagnoses(file)
    return file


def _diagnoses(file: VectorFile) -> None:
    group = file.group(
        "diagnose",
        "The whole diagnosis of a photo.",
        {"model": MODEL, "photo": "uint8 HWC", "encoder": ENCODER, "options": OPTIONS},
        {"path": "node ids", "probabilities": "each step's", "confidence": "their product", "code": "float32",
         "likelihoods": "kind -> how likely; empty where nothing is known or a node was forced",
         "light": "gain and bend of R, G, B; null: the bundle has no light"},
    )  # fmt: skip
    every: list[Fields] = [{}, {"light": "keep"}, {"light": "brighten"}, {"light": 0.5}, {"kind": "noise"},
                           {"kind": "camera", "light": "brighten"}, {"kind": "jpeg", "light": 2.0}]  # fmt: skip
    for options in [*every, {"node": 2}, {"node": 4, "light": "keep"}, {"node": 1, "light": 3.0}]:
        _diagnose(file, group, Model("example", "seven"), 31, options)
    # Photos that are taken for low light: where they are to be kept as they are, the walk is another.
    dark: list[tuple[Model, int]] = [
        (Model("example", "seven"), 79), (Model("full", "fifteen", trim=4), 30), (Model("full"), 50),
        (Model("shuffled"), 33),
    ]  # fmt: skip
    for model, seed in dark:
        for options in [{}, {"light": "keep"}, {"light": "brighten"}, {"light": "keep", "kind": "jpeg"}]:
            _diagnose(file, group, model, seed, options)
        free, kept = (case["expected"]["path"] for case in group.cases[-4:-2])
        if free == kept:
            raise AssertionError(f"seed {seed}: not taken for low light")
    for options in every:
        for seed in (41, 42):
            _diagnose(file, group, Model("full", "fifteen", trim=4), seed, options)
    for options in [{}, {"light": "keep"}, {"light": "brighten"}, {"kind": "jpeg"}]:
        _diagnose(file, group, Model("full"), 43, options)
        _diagnose(file, group, Model("shuffled"), 44, options)
    _diagnose(file, group, Model("lone_root", "one", 64, 1), 45, {})


def _diagnose(file: VectorFile, group: Group, model: Model, seed: int, options: Fields) -> None:
    photo = made_photo(21, 18, seed, base=20)
    stated, mask, value = encoder(file, model, photo, seed)
    pixels = file.array(to_bytes(photo), shape_of(photo))
    given: Fields = {"model": model.given, "photo": pixels, "encoder": stated, "options": options}
    name = ", ".join(f"{key} {value}" for key, value in options.items()) or "nothing asked"
    expected = diagnosis(model, photo, mask, value, options)
    group.add(f"{model.tree}, {model.light} light, seed {seed}: {name}", given, expected)
