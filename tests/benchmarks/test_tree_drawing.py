"""The tree drawings: well-formed, every node drawn once, the path lit, labels escaped."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

from amirnet_benchmarks.tree_drawing import draw_path, draw_tree


@dataclass(frozen=True)
class Leafy:
    id: int
    level: int
    parent: int | None
    children: tuple[int, ...] = ()
    share: float = 0.5
    label: str = ""


LOPSIDED = (
    Leafy(0, 0, None, (1, 2), 1.0),
    Leafy(1, 1, 0, (3,), label='noise <25> & "grain"'),
    Leafy(2, 1, 0),
    Leafy(3, 2, 1, label="a label that is much longer than any line of the drawing can be"),
)


def by_class(svg: str, name: str) -> list[ElementTree.Element]:
    return [part for part in ElementTree.fromstring(svg).iter() if name in part.get("class", "").split()]


def test_the_path_is_lit() -> None:
    svg = draw_path(LOPSIDED, (0, 1, 3))
    assert len(by_class(svg, "node")) == 4
    assert len(by_class(svg, "edge")) == 3
    assert len([part for part in by_class(svg, "lit") if part.tag == "circle"]) == 2
    assert len([part for part in by_class(svg, "end") if part.tag == "circle"]) == 1
    assert ElementTree.fromstring(svg).get("aria-label") == (
        f"Path through the tree: any photo, {LOPSIDED[1].label}, {LOPSIDED[3].label}"
    )


def test_the_whole_tree_names_every_node_and_visitor() -> None:
    svg = draw_tree(LOPSIDED, {2: ["Temple", "Cat"]})
    labels = ["".join(part.itertext()) for part in by_class(svg, "label")]
    assert len(labels) == 4
    assert any(label.startswith('noise <25> & "grain"') for label in labels)
    assert ["".join(part.itertext()) for part in by_class(svg, "guest")] == ["Cat, Temple"]
    assert len([part for part in by_class(svg, "end") if part.tag == "circle"]) == 1


def test_no_two_nodes_share_a_row() -> None:
    rows = [circle.get("cy") for circle in by_class(draw_tree(LOPSIDED, {0: ["Cat"]}), "node")]
    assert len(set(rows)) == len(LOPSIDED)


def test_long_labels_are_shortened_but_kept_as_titles() -> None:
    svg = draw_tree(LOPSIDED, {})
    assert "…" in svg
    assert f"<title>{LOPSIDED[3].label}</title>" in svg


def test_a_tree_of_one_node() -> None:
    root = (Leafy(0, 0, None),)
    assert len(by_class(draw_path(root, (0,)), "end")) == 1
    assert len(by_class(draw_tree(root, {}), "node")) == 1
