"""Checks the Xcode project without Xcode: it parses, no reference leads nowhere, and all that it names is there.

    python ios_demo/tools/check_project.py

Exit status 1, and a line for each thing wrong, where something is.
"""

from __future__ import annotations

import json
import plistlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

APP = Path(__file__).parents[1] / "App"
_TOKEN = re.compile(r'\s+|//[^\n]*|/\*.*?\*/|([{}()=;,])|"((?:[^"\\]|\\.)*)"|([\w./$\-<>]+)', re.S)
_ID = re.compile(r"[0-9A-F]{24}")


def parse(text: str) -> Any:
    """An OpenStep property list: dictionaries, arrays and text. Raises ValueError with the place of what is wrong."""
    tokens = _tokens(text)
    value = _value(next(tokens, None), tokens)
    if next(tokens, None) is not None:
        raise ValueError("something stands after the end")
    return value


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """("", sign) or ("text", what it says)."""
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"line {text.count(chr(10), 0, at) + 1}: cannot be read")
        at = match.end()
        if match[1]:
            yield "", match[1]
        elif match[2] is not None or match[3]:
            yield "text", match[2] if match[3] is None else match[3]


def _value(token: tuple[str, str] | None, tokens: Iterator[tuple[str, str]]) -> Any:
    match token:
        case ("text", text):
            return text
        case ("", "{"):
            found: dict[str, Any] = {}
            while (key := next(tokens, None)) != ("", "}"):
                if key is None or key[0] != "text" or key[1] in found:
                    raise ValueError(f"{key} is no key, or stands twice")
                _expect(tokens, "=")
                found[key[1]] = _value(next(tokens, None), tokens)
                _expect(tokens, ";")
            return found
        case ("", "("):
            items = []
            while (item := next(tokens, None)) != ("", ")"):
                items.append(_value(item, tokens))
                _expect(tokens, ",")
            return items
    raise ValueError(f"{token} stands where a value should")


def _expect(tokens: Iterator[tuple[str, str]], sign: str) -> None:
    found = next(tokens, None)
    if found != ("", sign):
        raise ValueError(f"{found} stands where {sign} should")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(inner)


def problems() -> Iterator[str]:
    """What is wrong with the project, its property lists and its catalogs, a line each."""
    try:
        project = parse((APP / "AMIRNet.xcodeproj" / "project.pbxproj").read_text(encoding="utf-8"))
    except ValueError as error:
        yield f"project.pbxproj: {error}"
        return
    objects = project["objects"]
    used = {text for text in _texts(list(objects.values())) if _ID.fullmatch(text)} | {project["rootObject"]}
    yield from (f"project.pbxproj: {lost} is named and not there" for lost in sorted(used - objects.keys()))
    yield from (f"project.pbxproj: {idle} is there and not named" for idle in sorted(objects.keys() - used))
    for found in objects.values():
        if found["isa"] in ("PBXFileSystemSynchronizedRootGroup", "PBXFileReference", "XCLocalSwiftPackageReference"):
            path = found.get("relativePath", found.get("path", ""))
            if found.get("sourceTree", "<group>") == "<group>" and not (APP / path).exists():
                yield f"project.pbxproj: names {path}, which is not there"
        plist = found.get("buildSettings", {}).get("INFOPLIST_FILE")
        if plist is not None and not (APP / plist).is_file():
            yield f"project.pbxproj: no {plist}"
    package = (APP.parent / "Package.swift").read_text(encoding="utf-8")
    for found in objects.values():
        product = found.get("productName") if found["isa"] == "XCSwiftPackageProductDependency" else None
        if product is not None and f'.library(name: "{product}"' not in package:
            yield f"project.pbxproj: the package has no product {product}"
    for file in [APP / "Info.plist", *APP.glob("AMIRNet/*.xcprivacy")]:
        try:
            plistlib.loads(file.read_bytes())
        except (ValueError, ExpatError) as error:  # InvalidFileException is a ValueError
            yield f"{file.name}: {error}"
    for file in APP.glob("AMIRNet/**/Contents.json"):
        try:
            json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            yield f"{file}: {error}"


def main() -> None:
    found = list(problems())
    print("\n".join(found) or "the Xcode project is sound")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
