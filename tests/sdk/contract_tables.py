"""CONTRACT.md's tables, read from the document, and the tree that its examples share."""

import re
from pathlib import Path

import amirnet
from amirnet import DegradationTree, TreeNode

CONTRACT = (Path(amirnet.__file__).parents[1] / "contract" / "CONTRACT.md").read_text(encoding="utf-8")


def table(name):
    """The rows of the table after `<!-- example: name -->`, as dicts of text by column."""
    block = re.search(rf"<!-- example: {name} -->\n((?:\|.*\n)+)", CONTRACT)[1].splitlines()
    header, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block]
    assert rows
    return [dict(zip(header, row, strict=True)) for row in rows]


def integers(text):
    return [int(word) for word in text.split()]


def numbers(text):
    return [float(word) for word in text.split()]


def shares(text):
    """'noise 0.5 jpeg 0.25' as a dict."""
    words = text.split()
    return dict(zip(words[::2], map(float, words[1::2]), strict=True))


def tree():
    """The examples' tree, with its kinds."""
    kinds = {row["node"]: shares(row["kinds"]) for row in table("kinds")}
    nodes = [
        TreeNode(
            int(row["id"]),
            int(row["level"]),
            int(row["index"]),
            int(row["parent"]) if row["parent"] else None,
            tuple(integers(row["children"])),
            float(row["confidence"]),
            tuple(numbers(row["code"])),
            kinds=kinds.get(row["id"], {}),
        )
        for row in table("tree")
    ]
    return DegradationTree(3, 64, "soft", tuple(nodes))
