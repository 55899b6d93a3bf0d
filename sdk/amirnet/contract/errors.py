"""B7: the errors, by name, in every language."""

from __future__ import annotations

from amirnet.contract.vector_file import VectorFile

BUNDLE, OWN = "BundleError", None

ERRORS: list[tuple[str, str | None, str]] = [
    ("UnknownBundleError", BUNDLE, "neither a shipped name nor an existing folder or zip"),
    ("MissingFileError", BUNDLE, "`manifest.json`, or a listed file, is not there"),
    ("ExtraFileError", BUNDLE, "a file is not listed, is in the zip twice, or there are too many"),
    ("ChangedFileError", BUNDLE, "a size or a SHA-256 differs, or the file cannot be read back"),
    ("ExternalDataError", BUNDLE, "B10"),
    ("UnsafePathError", BUNDLE, "B2's links, B3's paths"),
    ("UnsupportedSchemaError", BUNDLE, "another major version"),
    ("ManifestError", BUNDLE, "B4, B5, T1, L1"),
    ("BundleError", OWN, "the base of these; by itself: not a zip, a limit of B2, or B10"),
    ("ImageError", OWN, "a photo that cannot be read"),
    ("TileError", OWN, "L1, M6"),
    ("NodeError", OWN, "R3: no such node; T9: a kind that no leaf is for; R7: one that no node states"),
    ("OptionError", OWN, "R7, E7"),
    ("EngineError", OWN, "G1, E2"),
    ("OutOfMemoryError", "EngineError", "S5, S6"),
    ("OutputError", OWN, "a result that cannot be written"),
]
"""Name, the error that it is a kind of, and when it is raised."""


def vectors() -> VectorFile:
    file = VectorFile("errors", "B7", "The errors that a runtime raises on purpose: these, and no others.")
    group = file.group(
        "errors",
        "An error's name, and what it is a kind of.",
        {"error": "its name", "when": "for people"},
        {"base": "a name, or null where it is a kind of none of these"},
    )
    for name, base, when in ERRORS:
        group.add(name, {"error": name, "when": when}, {"base": base})
    return file
