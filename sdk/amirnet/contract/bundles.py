"""B1 to B3, B6, B8, B10: whole bundles, as folders and as zips, and the first thing that is wrong with each."""

from __future__ import annotations

from typing import Any

from amirnet.contract.made_manifest import ENCODER, FILES, RESTORER, edited, manifest, seal, to_bytes
from amirnet.contract.made_zip import DEFLATED, FOLDER, LINK, PIPE, Entry, zipped
from amirnet.contract.onnx_models import ELSEWHERE, GRAPH, VERSION, within
from amirnet.contract.vector_file import Fields, Group, VectorFile

Files = dict[str, bytes]
EXTERNAL = VERSION + GRAPH + within(ELSEWHERE, 7, 5)
ORT = b"\x18\x00\x00\x00ORTM" + bytes(24)

FOUND = {"name": "the manifest's", "files": "the listed files, names rising by ASCII"}


def _sealed(changes: dict[str, Any] | None = None, **named: bytes) -> Files:
    """The small bundle with more files, or other ones, sealed as they are: a__b is a/b, and _o is .onnx."""
    more = {name.replace("__", "/").replace("_o", ".onnx"): content for name, content in named.items()}
    files = FILES | more
    value = edited(changes or {})
    value["files"] = {name: seal(content) for name, content in files.items()}
    return {"manifest.json": to_bytes(value), **files}


def _both() -> list[tuple[str, Files, str, list[str]]]:
    """What a folder and a zip are judged alike for: name, files, error, what it names."""
    sound = _sealed()
    less = {name: content for name, content in sound.items() if name != "restorer.onnx"}
    flipped = RESTORER[:-1] + b"\x01"
    version = {**sound, "manifest.json": to_bytes(edited({"schema": "2.0"}))}
    field = {**sound, "manifest.json": to_bytes(edited({"name": 5}))}
    run_as = {"models/restorer/onnx/int8": "net.mlpackage/weight.bin"}
    folder = {"models/restorer/onnx/int8": "net.mlpackage"}
    return [
        ("sound", sound, "", []),
        ("no manifest", {name: content for name, content in sound.items() if name in FILES}, "MissingFileError", []),
        ("a manifest in a folder", {f"a/{name}": content for name, content in sound.items()}, "MissingFileError", []),
        ("a manifest in capitals", {"MANIFEST.JSON": sound["manifest.json"], **FILES}, "MissingFileError", []),
        ("a manifest that is not JSON", {**sound, "manifest.json": b"{"}, "ManifestError", []),
        ("another major version", version, "UnsupportedSchemaError", ["2.0"]),
        ("a field wrong", field, "ManifestError", ["name"]),
        ("a file missing", less, "MissingFileError", ["restorer.onnx"]),
        ("a file too many", {**sound, "notes.txt": b""}, "ExtraFileError", ["notes.txt"]),
        ("a hidden file too many", {**sound, ".DS_Store": b"x"}, "ExtraFileError", []),
        ("a file too many, far inside", {**sound, "a/b/c": b"x"}, "ExtraFileError", ["a/b/c"]),
        ("a byte changed", {**sound, "restorer.onnx": flipped}, "ChangedFileError", ["restorer.onnx"]),
        ("a byte more", {**sound, "restorer.onnx": RESTORER + b"x"}, "ChangedFileError", ["restorer.onnx"]),
        ("a byte less", {**sound, "restorer.onnx": RESTORER[:-1]}, "ChangedFileError", ["restorer.onnx"]),
        ("nothing in it", {**sound, "restorer.onnx": b""}, "ChangedFileError", ["restorer.onnx"]),
        ("a changed file inside a model that is a folder", {**sound, "net.mlpackage/weight.bin": b"wEight"},
         "ChangedFileError", ["net.mlpackage/weight.bin"]),
        ("external data in what is run", _sealed(restorer_o=EXTERNAL), "ExternalDataError", ["restorer.onnx"]),
        ("external data in what is only called ONNX", _sealed(other_o=EXTERNAL), "ExternalDataError", ["other.onnx"]),
        ("the same in capitals", {**_more("other.ONNX", EXTERNAL)}, "ExternalDataError", ["other.ONNX"]),
        ("external data in what is neither run nor called so", _sealed(other=EXTERNAL), "", []),
        ("what is run under another name, with external data",
         _sealed(run_as, net_mlpackage=b"", **{"net.mlpackage__weight.bin": EXTERNAL}), "ExternalDataError", []),
        ("what is run is no ONNX", _sealed(restorer_o=ORT), "BundleError", ["restorer.onnx"]),
        ("what is only called ONNX is none", _sealed(other_o=ORT), "", []),
        ("what is run as ONNX is a folder", _sealed(folder), "BundleError", ["net.mlpackage"]),
        # what is told first
        ("JSON before files", {**less, "manifest.json": b"{"}, "ManifestError", []),
        ("version before fields and files", {**{name: version[name] for name in less}, "more": b""},
         "UnsupportedSchemaError", []),
        ("fields before files", {name: field[name] for name in less}, "ManifestError", ["name"]),
        ("missing before extra", {**less, "extra": b""}, "MissingFileError", []),
        ("extra before changed", {**sound, "restorer.onnx": b"", "extra": b""}, "ExtraFileError", []),
        ("names rise: changed a, external b", {**_sealed(b_o=EXTERNAL, a_o=ENCODER), "a.onnx": b"x"},
         "ChangedFileError", ["a.onnx"]),
        ("names rise: external a, changed b", {**_sealed(a_o=EXTERNAL, b_o=ENCODER), "b.onnx": b"x"},
         "ExternalDataError", ["a.onnx"]),
        ("missing before a folder that is run", {name: content for name, content in _sealed(folder).items()
                                                  if name != "encoder.onnx"}, "MissingFileError", ["encoder.onnx"]),
        ("extra before a folder that is run", {**_sealed(folder), "extra": b""}, "ExtraFileError", ["extra"]),
        ("a folder that is run before changed files", {**_sealed(folder), "encoder.onnx": b""}, "BundleError",
         ["net.mlpackage"]),
        ("changed and external: changed", {**_sealed(restorer_o=EXTERNAL), "restorer.onnx": EXTERNAL + b"x"},
         "ChangedFileError", ["restorer.onnx"]),
    ]  # fmt: skip


def _more(name: str, content: bytes) -> Files:
    value = manifest({**FILES, name: content})
    return {"manifest.json": to_bytes(value), **FILES, name: content}


def vectors() -> VectorFile:
    file = VectorFile("bundles", "B1 B2 B3 B6 B7 B10", "Whole bundles, and the first thing that is wrong with each.")
    folders = file.group(
        "folder",
        "A bundle that lies as a folder.",
        {"entries": "path -> what lies there: `file` (bytes), `link` (the target, a text), `pipe` or `folder` (true). "
         "A replay leaves out what its system cannot make, and says so", "empty": "so many empty files besides, named "
         "by a number in the folder `empty`; left out: none"},
        FOUND,
    )  # fmt: skip
    zips = file.group("zip", "A bundle as a zip file.", {"content": "bytes"}, FOUND)
    for name, files, error, names in _both():
        _folder(
            file, folders, name, {path: {"file": file.raw(content)} for path, content in files.items()}, error, names
        )
        _zip(file, zips, name, [Entry(path.encode(), content) for path, content in files.items()], error, names)
    _folders(file, folders)
    _zips(file, zips)
    return file


def _folder(
    file: VectorFile, group: Group, name: str, entries: Fields, error: str, names: list[str], empty: int = 0
) -> None:
    given: Fields = {"entries": entries} | ({"empty": empty} if empty else {})
    listed = [path for path in entries if "file" in entries[path] and path != "manifest.json"]
    group.add(name, given, _expected(error, names, listed))


def _zip(file: VectorFile, group: Group, name: str, entries: list[Entry], error: str, names: list[str]) -> None:
    _zip_of(file, group, name, zipped(entries), error, names, [entry.name.decode("latin-1") for entry in entries])


def _zip_of(
    file: VectorFile, group: Group, name: str, content: bytes, error: str, names: list[str], listed: list[str]
) -> None:
    found = [path for path in listed if path != "manifest.json" and not path.endswith("/")]
    group.add(name, {"content": file.raw(content)}, _expected(error, names, found))


def _expected(error: str, names: list[str], listed: list[str]) -> Fields:
    return {"error": error, "names": names} if error else {"name": "small", "files": sorted(listed)}


def _folders(file: VectorFile, group: Group) -> None:
    sound = {path: {"file": file.raw(content)} for path, content in _sealed().items()}

    def case(name: str, more: Fields, error: str, names: list[str], empty: int = 0, less: str = "") -> None:
        kept = {path: entry for path, entry in sound.items() if path != less}
        _folder(file, group, name, {**kept, **more}, error, names, empty)

    case("an empty folder is passed over", {"nothing": {"folder": True}}, "", [])
    case("a name that no manifest may list", {"a b.txt": {"file": file.raw(b"")}}, "ExtraFileError", [])
    case("a link to a file", {"more": {"link": "encoder.onnx"}}, "UnsafePathError", ["more"])
    case("a link in place of a file", {"restorer.onnx": {"link": "encoder.onnx"}}, "UnsafePathError", ["restorer.onnx"])
    case("the manifest a link", {"manifest.json": {"link": "encoder.onnx"}}, "UnsafePathError", ["manifest.json"])
    case("a link to a folder", {"more": {"link": "net.mlpackage"}}, "UnsafePathError", ["more"])
    case("a link to nothing", {"more": {"link": "nothing"}}, "UnsafePathError", ["more"])
    case("a link far inside", {"net.mlpackage/more": {"link": "weight.bin"}}, "UnsafePathError", ["more"])
    case("a pipe", {"more": {"pipe": True}}, "UnsafePathError", ["more"])
    case("a folder in place of a file", {"restorer.onnx": {"folder": True}}, "MissingFileError", ["restorer.onnx"])
    case(
        "a link before JSON", {"more": {"link": "a"}, "manifest.json": {"file": file.raw(b"{")}}, "UnsafePathError", []
    )
    case("no manifest before a link", {"more": {"link": "a"}}, "MissingFileError", [], less="manifest.json")
    case("10,001 files too many", {}, "ExtraFileError", [], empty=10_001)
    places = file.group(
        "place",
        "What is given as a bundle's place, and is none.",
        {"given": "a text: a path in an empty folder, or a name"},
        {},
    )
    for place in ("nosuch", "nosuch.zip", "./mobile", "a/b/c", "mobile/"):
        places.add(place, {"given": place}, {"error": "UnknownBundleError", "names": []})


def _zips(file: VectorFile, group: Group) -> None:
    sound = _sealed()
    entries = [Entry(path.encode(), content) for path, content in sound.items()]
    whole, listed = zipped(entries), [*sound]

    def case(name: str, more: list[Entry], error: str, names: list[str], less: str = "") -> None:
        kept = [entry for entry in entries if entry.name != less.encode()]
        _zip(file, group, name, [*kept, *more], error, names)

    def raw(name: str, content: bytes, error: str) -> None:
        _zip_of(file, group, name, content, error, [], listed)

    deflated = [Entry(path.encode(), content, DEFLATED) for path, content in sound.items()]
    _zip(file, group, "deflated", deflated, "", [])
    raw("a comment behind it", zipped(entries, b"made by hand"), "")
    case("folders are passed over", [Entry(b"net.mlpackage/", b"", mode=FOLDER), Entry(b"a/b/", b"")], "", [])
    case("entries without a mode", [Entry(b"restorer.onnx", RESTORER, mode=0)], "", [], less="restorer.onnx")
    for path in (
        b"../evil",
        b"/evil",
        b"a\\b",
        b"a//b",
        b"./a",
        b"C:evil",
        b"n\xe4me",
        b"a b",
        b"a/../b",
        b"../",
        b"a\x00b",
    ):
        case(f"an unsafe path: {path!r}", [Entry(path, b"")], "UnsafePathError", [])
    case("an unsafe path in place of a file", [Entry(b"a/../restorer.onnx", RESTORER)], "UnsafePathError", [],
         less="restorer.onnx")  # fmt: skip
    case("a file twice", [Entry(b"restorer.onnx", RESTORER)], "ExtraFileError", ["restorer.onnx"])
    case("a file twice, not the same", [Entry(b"restorer.onnx", b"x")], "ExtraFileError", ["restorer.onnx"])
    case("the manifest twice", [Entry(b"manifest.json", b"{}")], "ExtraFileError", ["manifest.json"])
    case("a link", [Entry(b"more", b"encoder.onnx", mode=LINK)], "UnsafePathError", ["more"])
    case("a link in place of a file", [Entry(b"restorer.onnx", b"encoder.onnx", mode=LINK)], "UnsafePathError",
         ["restorer.onnx"], less="restorer.onnx")  # fmt: skip
    case("a pipe", [Entry(b"more", b"", mode=PIPE)], "UnsafePathError", ["more"])
    case("an unknown method", [Entry(b"restorer.onnx", RESTORER, method=99)], "ChangedFileError", ["restorer.onnx"],
         less="restorer.onnx")  # fmt: skip
    case("encrypted", [Entry(b"restorer.onnx", RESTORER, flags=1)], "ChangedFileError", ["restorer.onnx"],
         less="restorer.onnx")  # fmt: skip
    case("an unsafe path before JSON", [Entry(b"manifest.json", b"{"), Entry(b"../a", b"")], "UnsafePathError", [],
         less="manifest.json")  # fmt: skip
    case("no manifest before an unsafe path", [Entry(b"../a", b"")], "MissingFileError", [], less="manifest.json")
    twice = [Entry(b"manifest.json", b"{"), Entry(b"a", b""), Entry(b"a", b"")]
    case("twice before JSON", twice, "ExtraFileError", ["a"], less="manifest.json")
    raw("empty", b"", "BundleError")
    raw("no zip", b"not a zip, " * 9, "BundleError")
    raw("cut off", whole[:-30], "BundleError")
    raw("the end alone", whole[-22:], "BundleError")
    raw("a zip of nothing", zipped([]), "MissingFileError")
