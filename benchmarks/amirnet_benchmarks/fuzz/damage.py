"""Ways to damage a sound file, as hypothesis strategies: every case is drawn from a seed, and can be drawn again."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from hypothesis import strategies as st

from amirnet.bundle.bundle_files import MANIFEST

from .fields import fields, mended
from .intent import bomb, hidden_place, outside
from .seeds import bundle, burdens, photos, sealed, zipped


class Case(NamedTuple):
    """What is opened: one file, or a folder of them."""

    kind: str
    """"photo", "zip" or "folder"; or with an intent: "place", "bomb" or "outside" (a folder)."""
    name: str
    """Of the sound file it was made from."""
    files: dict[str, bytes]
    """Path -> content; a photo or a zip is the only one."""


NUMBERS = (0, 1, 2, 0x7F, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
NAMES = (
    "../up",
    "/etc/passwd",
    "a\\b",
    "C:/a",
    "a/../../b",
    "con",
    "a\0b",
    "x" * 300,
    "é",
    "",
    "manifest.json",
    "a/./b",
)
RAW = (
    "NaN", "-Infinity", "1e999", "1e-320", "-1", "-0.0", "0", "0.1", "12", "16384", "2147483647", "4294967296",
    "9007199254740993", "9" * 5000, "true", "null", '"2.0"', '"../up"', '"\\ud800"', '"' + "a" * 100_000 + '"', "'",
    "{}", "[]", "[[]]", "[-1]", '{"a":1,"a":2}', "[" * 50_000, "[" * 500 + "]" * 500, '{"a":' * 2000 + "1" + "}" * 2000,
)  # fmt: skip
"""What a value of the manifest is replaced by, as it stands in the file."""


def cases() -> st.SearchStrategy[Case]:
    """Photos mostly, and bundles in both shapes."""
    photo, bundle_ = damaged_photo(), st.one_of(damaged_zip(), damaged_folder(), damaged_manifest())
    intended = st.one_of(hidden_place(), hidden_place(), bomb(), outside()).map(lambda made: Case(*made))

    def chosen(number: int) -> st.SearchStrategy[Case]:
        if number == 50:  # one in a hundred is a burden: each takes a second or two
            return burden()
        return photo if number < 55 else intended if number < 70 else bundle_

    return st.integers(0, 99).flatmap(chosen)


@st.composite
def damaged_photo(draw: st.DrawFn) -> Case:
    """A photo with one to three damages, its checksums mended half of the time."""
    name = draw(st.sampled_from(sorted(photos())))
    content = draw(damaged(photos()[name], list(photos().values())))
    return Case("photo", name, {name: mended(content) if draw(st.booleans()) else content})


@st.composite
def burden(draw: st.DrawFn) -> Case:
    """A file that asks for a lot, as it is or with one number changed."""
    name = draw(st.sampled_from(sorted(burdens())))
    content = burdens()[name]
    kind = "zip" if name.endswith(".zip") else "photo"
    return Case(kind, name, {name: mended(_with_number(draw, content)) if draw(st.booleans()) else content})


@st.composite
def damaged_zip(draw: st.DrawFn) -> Case:
    """A zipped bundle, damaged as bytes, or sound as a zip with names that it should not have."""
    files = dict(bundle())
    if draw(st.booleans()):
        extra = draw(st.sampled_from(NAMES))
        files[extra or "nameless/"] = b"extra"
        return Case("zip", "names.zip", {"names.zip": zipped(files)})
    whole = zipped(files)
    return Case("zip", "bundle.zip", {"bundle.zip": draw(damaged(whole, [whole]))})


@st.composite
def damaged_folder(draw: st.DrawFn) -> Case:
    """A bundle's folder, one file of it damaged or gone, or one too many."""
    files = dict(bundle())
    name = draw(st.sampled_from(sorted(files)))
    if draw(st.integers(0, 9)) == 0:
        del files[name]
    elif draw(st.integers(0, 9)) == 0:
        files["more/" + name] = files[name]
    else:
        files[name] = draw(damaged(files[name], list(files.values())))
    return Case("folder", name, files)


@st.composite
def damaged_manifest(draw: st.DrawFn) -> Case:
    """A bundle whose files are sound and whose manifest states something else, or cannot be JSON any more."""
    files = {name: content for name, content in bundle().items() if name != MANIFEST}
    manifest = json.loads(sealed(json.loads(bundle()[MANIFEST]), files))
    raw = draw(st.sampled_from(RAW))
    holder: Any = manifest
    place: Any = draw(st.sampled_from(sorted(manifest)))
    while isinstance(holder[place], dict | list) and holder[place] and draw(st.integers(0, 5)):
        holder = holder[place]
        place = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
    if draw(st.integers(0, 7)) == 0:
        del holder[place]
    else:
        holder[place] = _MARK
    text = json.dumps(manifest).replace(f'"{_MARK}"', raw).encode("utf-8", "surrogatepass")
    return Case("folder", MANIFEST, {MANIFEST: text, **files})


@st.composite
def damaged(draw: st.DrawFn, content: bytes, others: list[bytes]) -> bytes:
    """One to three damages; ``others`` is what a splice may come from."""
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(("number", "number", "flip", "cut", "splice", "repeat")))
        if not content:
            break
        if kind == "number":
            content = _with_number(draw, content)
        elif kind == "flip":
            changed = bytearray(content)
            for _ in range(draw(st.integers(1, 8))):
                changed[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
            content = bytes(changed)
        elif kind == "cut":
            content = content[: draw(st.integers(0, len(content)))]
        else:
            source = content if kind == "repeat" else draw(st.sampled_from(others))
            begin = draw(st.integers(0, len(source)))
            piece = source[begin : begin + draw(st.integers(1, 4096))]
            piece *= draw(st.integers(1, 50)) if kind == "repeat" else 1
            at = draw(st.integers(0, len(content)))
            content = content[:at] + piece + content[at + (len(piece) if draw(st.booleans()) else 0) :]
    return content


def _with_number(draw: st.DrawFn, content: bytes) -> bytes:
    """Another number in one of the places that a decoder trusts: a declared size, a chunk's length, an offset."""
    known = fields(content)
    if not known:
        return content
    field = draw(st.sampled_from(known))
    end = field.offset + field.size
    there = int.from_bytes(content[field.offset : end], field.order)
    number = draw(st.one_of(st.sampled_from(NUMBERS), st.integers(there - 16, there + 16), st.integers(0, 70_000)))
    return content[: field.offset] + (number % 256**field.size).to_bytes(field.size, field.order) + content[end:]


_MARK = "a value that nobody else has"
