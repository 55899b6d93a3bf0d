"""Draws a degradation tree as inline SVG: small, with one photo's path lit, and in full, with every node's label.

The drawings carry class names only; their colours come from the page, so they follow its light and dark theme.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup, escape

LETTERS = 48
"""What fits on a line of the whole tree at the root; each level starts further right and has two fewer."""


class Node(Protocol):
    """The part of a tree node that a drawing needs (CONTRACT, the bundle's `tree.nodes`)."""

    @property
    def id(self) -> int: ...
    @property
    def level(self) -> int: ...
    @property
    def parent(self) -> int | None: ...
    @property
    def children(self) -> Sequence[int]: ...
    @property
    def share(self) -> float: ...
    @property
    def label(self) -> str: ...


@dataclass(frozen=True)
class _Place:
    x: float
    y: float


def draw_path(nodes: Sequence[Node], path: Sequence[int], width: float = 208, height: float = 96) -> Markup:
    """The tree from the top down, leaves side by side, with the nodes of `path` (ids from the root) lit."""
    by_id = {node.id: node for node in nodes}
    margin, depth = 9.0, max(node.level for node in nodes)
    leaves = [node_id for node_id in _in_order(by_id) if not by_id[node_id].children]
    gap = (width - 2 * margin) / max(1, len(leaves) - 1)
    fall = (height - 2 * margin) / max(1, depth)
    places: dict[int, _Place] = {}

    def place(node_id: int) -> _Place:
        node = by_id[node_id]
        if node.children:
            below = [place(child) for child in node.children]
            x = (below[0].x + below[-1].x) / 2
        else:
            x = margin + leaves.index(node_id) * gap if len(leaves) > 1 else width / 2
        places[node_id] = _Place(x, margin + node.level * fall)
        return places[node_id]

    place(_root(by_id))
    lit = set(path)
    lines, dots = [], []
    for node in sorted(nodes, key=lambda node: node.id in lit):  # what is lit lies on top
        here = places[node.id]
        state = "end" if path and node.id == path[-1] else "lit" if node.id in lit else "dim"
        if node.parent is not None:
            above = places[node.parent]
            bend = (above.y + here.y) / 2
            start, end = f"{above.x:.1f} {above.y:.1f}", f"{here.x:.1f} {here.y:.1f}"
            curve = f"M{start}C{above.x:.1f} {bend:.1f} {here.x:.1f} {bend:.1f} {end}"
            lines.append(f'<path class="edge {state}" d="{curve}"/>')
        radius = {"end": 7.0, "lit": 5.0, "dim": 3.5}[state]
        circle = f'<circle class="node {state}" cx="{here.x:.1f}" cy="{here.y:.1f}" r="{radius}">'
        dots.append(f"{circle}<title>{escape(_name(node))}</title></circle>")
    words = escape("Path through the tree: " + ", ".join(_name(by_id[node_id]) for node_id in path))
    return _svg(width, height, "path-tree", words, lines + dots)


def draw_tree(nodes: Sequence[Node], visitors: Mapping[int, Collection[str]], width: float = 400) -> Markup:
    """The whole tree from left to right, a row a node: its label, its share of the training samples, and `visitors`.

    Rows are in order (a parent between its children), so neither a line nor a label crosses another.
    `visitors`: node id -> names of the photos that ended there.
    """
    by_id = {node.id: node for node in nodes}
    step, margin, top = 19.0, 12.0, 18.0
    places: dict[int, _Place] = {}
    for node_id in _in_order(by_id):
        places[node_id] = _Place(margin + by_id[node_id].level * step, top)
        top += 59.0 if visitors.get(node_id) else 42.0
    lines, dots = [], []
    for node in nodes:
        here = places[node.id]
        if node.parent is not None:
            above = places[node.parent]
            turn = min(8.0, step / 2) * (1 if here.y > above.y else -1)
            corner = f"V{here.y - turn:.1f}Q{above.x:.1f} {here.y:.1f} {above.x + abs(turn):.1f} {here.y:.1f}"
            lines.append(f'<path class="edge dim" d="M{above.x:.1f} {above.y:.1f}{corner}H{here.x:.1f}"/>')
        guests = sorted(visitors.get(node.id, ()))
        radius = 3.5 + 6.0 * max(0.0, min(1.0, node.share)) ** 0.5  # the area grows with the share
        state = "end" if guests else "dim"
        dots.append(f'<circle class="node {state}" cx="{here.x:.1f}" cy="{here.y:.1f}" r="{radius:.1f}"/>')
        letters = LETTERS - 2 * node.level
        number = f"node {node.id} · " if node.label else ""
        rows = {
            "label": _shorten(_name(node), letters),
            "share": f"{number}{100 * node.share:.0f} % of the training photos",
            "guest": _shorten(", ".join(guests), letters),
        }
        for index, (kind, words) in enumerate(rows.items()):
            title = f"<title>{escape(_name(node))}</title>" if kind == "label" else ""
            start = f'<text class="{kind}" x="{here.x + 16:.1f}" y="{here.y - 1 + 16 * index:.1f}">'
            if words:
                dots.append(f"{start}{escape(words)}{title}</text>")
    return _svg(width, top - 10, "whole-tree", escape(f"The degradation tree of {len(nodes)} nodes"), lines + dots)


def _svg(width: float, height: float, kind: str, words: Markup, parts: Sequence[str]) -> Markup:
    head = f'<svg class="{kind}" viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{words}">'
    return Markup(head + "".join(parts) + "</svg>")  # every text in it went through escape()


def _in_order(by_id: Mapping[int, Node]) -> list[int]:
    """Node ids with each parent after the first half of its children: left to right, or top to bottom."""

    def walk(node_id: int) -> list[int]:
        children = by_id[node_id].children
        half = (len(children) + 1) // 2
        before = [inner for child in children[:half] for inner in walk(child)]
        after = [inner for child in children[half:] for inner in walk(child)]
        return [*before, node_id, *after]

    return walk(_root(by_id))


def _root(by_id: Mapping[int, Node]) -> int:
    return next(node.id for node in by_id.values() if node.parent is None)


def _name(node: Node) -> str:
    return node.label or ("any photo" if node.parent is None else f"node {node.id}")


def _shorten(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip(" ,") + "…"
