"""B3 to B6, T1, V1: manifests that are in order, and what is wrong with those that are not."""

from __future__ import annotations

from typing import Any

from amirnet.contract.made_manifest import edited, light, manifest, to_bytes
from amirnet.contract.manifest_edits import SOUND, WRONG
from amirnet.contract.vector_file import Fields, Group, VectorFile


def vectors() -> VectorFile:
    file = VectorFile("manifests", "B3 B4 B5 B6 T1 L1 G5 V1", "Manifests, by themselves: no file of a bundle is read.")
    sound = file.group(
        "sound",
        "Manifests that are in order.",
        {"content": "the bytes of manifest.json"},
        {"name": "", "schema": "", "identity": "", "probe": "size, probes_per_side, trim", "tile": "size, halo, "
         "overlap, alignment, radius, flexible, preferred", "levels": "", "code_steps": "", "conditioning": "",
         "nodes": "ids, in the manifest's order", "models": "role -> backend -> precision -> path",
         "files": "path -> bytes", "light": "how many numbers stand in between; null: there is none"},
    )  # fmt: skip
    for name, changes in SOUND.items():
        value = edited(changes)
        sound.add(name, {"content": file.raw(to_bytes(value))}, _read(value))
    for name, before, after in [
        ("white space, and escapes", ' \n\t{"n\\u006fvelty":"\\ud83d\\ude00",', " }\r\n"),
        ("a whole number of many digits, passed over", '{"novelty": 123456789012345678901234567890,', "}"),
    ]:
        text = before + to_bytes(manifest()).decode()[1:-1] + after
        sound.add(name, {"content": file.raw(text.encode())}, _read(manifest()))
    deep = to_bytes(manifest())[:-1] + b', "novelty": ' + b"[" * 63 + b"]" * 63 + b"}"
    sound.add("64 deep", {"content": file.raw(deep)}, _read(manifest()))
    wrong = file.group(
        "wrong",
        "Manifests that are not. One thing is wrong with each, or it says what is told first.",
        {"content": "the bytes of manifest.json"},
        {},
    )
    for name, changes, error, names in WRONG:
        wrong.add(name, {"content": file.raw(to_bytes(edited(changes)))}, {"error": error, "names": names})
    _not_json(file, wrong)
    _paths(file)
    return file


def _read(value: dict[str, Any]) -> Fields:
    """What a runtime must have read."""
    probe, tile, tree = value["geometry"]["probe"], value["geometry"]["tile"], value["tree"]
    return {
        "name": value["name"],
        "schema": value["schema"],
        "identity": value["identity"],
        "probe": {"size": probe["size"], "probes_per_side": probe["grid"], "trim": probe.get("trim", 0)},
        "tile": {"preferred": tile["size"], **tile},
        "levels": tree["levels"],
        "code_steps": tree["grid"],
        "conditioning": tree["conditioning"],
        "nodes": [node["id"] for node in tree["nodes"]],
        "models": value["models"],
        "files": {name: each["bytes"] for name, each in value["files"].items()},
        "light": len(value["light"]["hidden"]["bias"]) if "light" in value else None,
    }


def _not_json(file: VectorFile, group: Group) -> None:
    whole = to_bytes(manifest())
    for name, content in {
        "empty": b"",
        "cut off": whole[:-1],
        "a list": b"[1]",
        "a text": b'"schema"',
        "no word of JSON": b"nul",
        "no UTF-8": whole.replace(b"small", b"sm\xe4ll"),
        "UTF-16": whole.decode().encode("utf-16"),
        "a byte order mark": b"\xef\xbb\xbf" + whole,
        "something behind it": whole + b"{}",
        "a comma at the end": whole[:-1] + b",}",
        "a comment": b"/* 1 */" + whole,
        "single quotes": whole.replace(b'"name"', b"'name'"),
        "a leading zero": whole[:-1] + b', "novelty": 01}',
        "a plus sign": whole[:-1] + b', "novelty": +1}',
        "no digit behind the point": whole[:-1] + b', "novelty": 1.}',
        "a line break in a text": whole.replace(b"small", b"sm\nall"),
        "NaN": whole[:-1] + b', "novelty": NaN}',
        "Infinity": whole[:-1] + b', "novelty": [-Infinity]}',
        "a number beyond float64": whole[:-1] + b', "novelty": 1e999}',
        "a number below float64": whole[:-1] + b', "novelty": -1e999}',
        "a key twice": whole[:-1] + b', "name": "small"}',
        "a key twice, once escaped": whole[:-1] + b', "n\\u0061me": "small"}',
        "a key twice, far inside": whole[:-1] + b', "novelty": [{"a": {"b": 1, "b": 1}}]}',
        "65 deep": whole[:-1] + b', "novelty": ' + b"[" * 64 + b"]" * 64 + b"}",
        "very deep": b"[" * 20000,
        "a key twice, and another major version": b'{"schema": "2.0", "a": 1, "a": 1}',
    }.items():
        group.add(f"not JSON: {name}", {"content": file.raw(content)}, {"error": "ManifestError", "names": []})
    only = to_bytes({"schema": "2.0"})
    expected: Fields = {"error": "UnsupportedSchemaError", "names": ["2.0"]}
    group.add("another major version, and nothing else", {"content": file.raw(only)}, expected)
    many = light()
    many["hidden"] = {"weights": [[0] * 27] * 257, "bias": [0] * 257}
    many["output"]["weights"] = [[0] * 257] * 6
    too_many = file.raw(to_bytes(edited({"light": many})))
    group.add("light: 257 numbers in between", {"content": too_many}, {"error": "ManifestError", "names": ["hidden"]})


def _paths(file: VectorFile) -> None:
    group = file.group(
        "paths",
        "Paths that a manifest lists (B3).",
        {"path": "text", "content": "a manifest that lists it"},
        {},
    )
    good = ["a", "a/b/c.bin", ".hidden", "-", "_", "a..b", "...", "A-Z_0.9", "a/.b"]
    bad = ["", "/", "/etc/passwd", "..", ".", "../evil", "a/../b", "./a", "a//b", "a/", "/a", "a\\b", "C:evil", "a b",
           "n\u00e4me", "a\u0000b", "a\nb", "a\n", "~", "a*", "%2e%2e", "\u2024\u2024", "a/./b"]  # fmt: skip
    for path in good + bad:
        value = edited({})
        value["files"][path] = {"sha256": "0" * 64, "bytes": 1}
        expected: Fields = {} if path in good else {"error": "UnsafePathError", "names": []}
        group.add(repr(path), {"path": path, "content": file.raw(to_bytes(value))}, expected)
    both = edited({"files/encoder.onnx/bytes": -1, "tree/levels": 0})
    both["files"]["../evil"] = {"sha256": "0" * 64, "bytes": 1}
    given = {"path": "../evil", "content": file.raw(to_bytes(both))}
    group.add("a path before any field", given, {"error": "UnsafePathError", "names": []})
    version = edited({"schema": "3.0"})
    version["files"] = {"../evil": 5}
    given = {"path": "../evil", "content": file.raw(to_bytes(version))}
    group.add("a version before any path", given, {"error": "UnsupportedSchemaError", "names": ["3.0"]})
