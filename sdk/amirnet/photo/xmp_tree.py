"""XMP packets as trees whose names carry their namespaces, so that no prefix hides what a property is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XML = "http://www.w3.org/XML/1998/namespace"
WELL_KNOWN = {
    "rdf": RDF,
    "xml": XML,
    "x": "adobe:ns:meta/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "xmpGImg": "http://ns.adobe.com/xap/1.0/g/img/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "exifEX": "http://cipa.jp/exif/1.0/",
    "aux": "http://ns.adobe.com/exif/1.0/aux/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
}
"""What a prefix means that a packet uses and does not declare, as some writers do."""
_DEPTH = 100
_PARTS = 50_000
"""Deeper or larger than any packet of a camera or an editor: such a one is refused rather than worked through."""

Name: TypeAlias = tuple[str, str]
"""Namespace ("" where there is none) and local name."""


@dataclass
class Attribute:
    """An attribute of an element."""

    raw: str
    """The name as it is written, prefix included."""
    space: str | None
    """The namespace's URI; None of a declaration of a namespace."""
    local: str
    """The name without its prefix."""
    value: str
    """As it is to be written."""


@dataclass
class Element:
    """An element."""

    raw: str
    """The name as it is written, prefix included."""
    space: str
    """The namespace's URI."""
    local: str
    """The name without its prefix."""
    attributes: list[Attribute] = field(default_factory=list)
    """In order."""
    children: list[Element | str] = field(default_factory=list)
    """In order, elements and text as it is to be written: what stood outside of tags."""

    @property
    def name(self) -> Name:
        return self.space, self.local

    @property
    def elements(self) -> list[Element]:
        return [child for child in self.children if isinstance(child, Element)]

    def walk(self) -> Iterator[Element]:
        """This one and all below it."""
        pending = [self]
        while pending:
            found = pending.pop()
            yield found
            pending += found.elements


def parse(packet: bytes) -> Element:
    """The packet as the children of a nameless element. Raises ValueError for what is not UTF-8 or no XML, for entities
    of its own, which may multiply, and for what is deeper or larger than any packet."""
    text = packet.decode("utf-8").strip("\0 ")
    root = Element("", "", "")
    try:
        _Builder(root).feed(text)
    except expat.ExpatError as error:
        raise ValueError("it is no XML") from error
    return root


def written(root: Element) -> bytes:
    """The packet of a nameless element's children, in UTF-8."""
    return "".join(map(_written, root.children)).encode("utf-8", "replace")


def _written(part: Element | str) -> str:
    if isinstance(part, str):
        return part
    head = part.raw + "".join(f" {item.raw}={quoteattr(item.value)}" for item in part.attributes)
    inside = "".join(map(_written, part.children))
    return f"<{head}>{inside}</{part.raw}>" if inside else f"<{head}/>"


class _Builder:
    def __init__(self, root: Element) -> None:
        self._open = [root]
        self._spaces: list[dict[str, str]] = [{}]
        self._parts = 0

    def feed(self, text: str) -> None:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = lambda data: self._text(escape(data))
        parser.CommentHandler = lambda data: self._text(f"<!--{data}-->")
        parser.ProcessingInstructionHandler = lambda target, data: self._text(f"<?{target} {data}?>")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.Parse(text.encode("utf-8"), True)

    def _refuse(self, *declared: object) -> NoReturn:
        raise ValueError("it declares a document type, which no packet does")

    def _start(self, raw: str, pairs: list[str]) -> None:
        given = list(zip(pairs[::2], pairs[1::2], strict=True))
        declared = {name.removeprefix("xmlns").removeprefix(":"): value for name, value in given if _declares(name)}
        spaces = {**self._spaces[-1], **declared} if declared else self._spaces[-1]
        self._parts += 1 + len(given)
        if len(self._open) > _DEPTH or self._parts > _PARTS:
            raise ValueError("it is deeper or larger than any packet")
        space, local = _resolved(raw, spaces, spaces.get("", ""))
        element = Element(raw, space, local)
        for name, value in given:
            if _declares(name):
                element.attributes.append(Attribute(name, None, name, value))
            else:
                element.attributes.append(Attribute(name, *_resolved(name, spaces, ""), value))
        self._open[-1].children.append(element)
        self._open.append(element)
        self._spaces.append(spaces)

    def _end(self, raw: str) -> None:
        self._open.pop()
        self._spaces.pop()

    def _text(self, written: str) -> None:
        self._open[-1].children.append(written)


def _declares(name: str) -> bool:
    return name == "xmlns" or name.startswith("xmlns:")


def _resolved(raw: str, spaces: dict[str, str], otherwise: str) -> Name:
    prefix, colon, local = raw.partition(":")
    if not colon:
        return otherwise, raw
    return spaces.get(prefix, WELL_KNOWN.get(prefix, prefix)), local
