"""A file of vectors: groups of cases, what their fields mean, and the bytes that would be too long for JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Fields: TypeAlias = dict[str, Any]
"""What JSON can hold, by name."""

_INLINE = 96
"""Arrays of up to so many bytes stand in the JSON itself, as hex digits."""


@dataclass
class Group:
    """Cases of one kind."""

    name: str
    """Unique in its file."""
    about: str
    """What they show, for people."""
    given: dict[str, str]
    """What each field of a case means that a runtime is given."""
    expected: dict[str, str]
    """What each field of a case means that it must give."""
    cases: list[Fields] = field(default_factory=list)
    """In order."""

    def add(self, name: str, given: Fields, expected: Fields) -> None:
        """One more case. Raises ValueError for a field that nobody described, or a name that stands here already."""
        unknown = (given.keys() - self.given.keys()) | (expected.keys() - {*self.expected, *ERROR})
        if unknown or any(case["name"] == name for case in self.cases):
            raise ValueError(f"{self.name}: {name}: {', '.join(sorted(unknown)) or 'twice'}")
        self.cases.append({"name": name, "given": given, "expected": expected})


ERROR = {
    "error": "instead of all other fields: the error that must be raised, by its name in B7",
    "names": "texts that the error's message must contain, each of them",
}
"""What `expected` may hold in any group."""


@dataclass
class VectorFile:
    """One file of vectors."""

    name: str
    """Without its suffix."""
    clauses: str
    """Those that its cases cover."""
    about: str
    """What it shows, for people."""
    groups: list[Group] = field(default_factory=list)
    """In order."""
    shared: Fields = field(default_factory=dict)
    """What several cases refer to by name."""
    blob: bytearray = field(default_factory=bytearray)
    """Raw bytes that cases refer to by their place."""

    def group(self, name: str, about: str, given: dict[str, str], expected: dict[str, str]) -> Group:
        """A new, empty group of this file."""
        self.groups.append(Group(name, about, given, expected))
        return self.groups[-1]

    def array(self, content: bytes, shape: list[int], kind: str = "uint8") -> Fields:
        """An array of little-endian numbers, in the JSON or beside it. The same bytes are kept once."""
        return {"type": kind, "shape": shape, **self.raw(content)}

    def raw(self, content: bytes) -> Fields:
        """Bytes, in the JSON or beside it."""
        if len(content) <= _INLINE:
            return {"hex": content.hex()}
        at = self.blob.find(content)
        if at < 0:
            at = len(self.blob)
            self.blob += content
        return {"file": f"{self.name}.bin", "offset": at, "length": len(content)}

    def files(self) -> dict[str, bytes]:
        """Name -> content: the JSON, and the bytes beside it where there are any."""
        head = {"clauses": self.clauses.split(), "about": self.about, "shared": self.shared}
        lines = [f"{_text(key)}: {_text(value)}," for key, value in head.items()]
        groups = [_group(group) for group in self.groups]
        text = "{\n" + "\n".join(lines) + '\n"groups": {\n' + ",\n".join(groups) + "\n}\n}\n"
        found = {f"{self.name}.json": text.encode("ascii")}
        return {**found, f"{self.name}.bin": bytes(self.blob)} if self.blob else found


def _group(group: Group) -> str:
    """One case a line, so that a difference can be read."""
    described = {"about": group.about, "given": group.given, "expected": group.expected}
    lines = [f" {_text(key)}: {_text(value)}," for key, value in described.items()]
    cases = ",\n".join(f"  {_text(case)}" for case in group.cases)
    return f"{_text(group.name)}: {{\n" + "\n".join(lines) + f'\n "cases": [\n{cases}\n ]\n}}'


def _text(value: Any) -> str:
    """ASCII; floats in the shortest form that reads back as the same float64; no NaN and no infinity."""
    return json.dumps(value, allow_nan=False)
