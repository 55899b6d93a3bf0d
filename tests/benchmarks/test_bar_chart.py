"""Bar charts: well-formed, lengths in proportion, words escaped."""

import xml.etree.ElementTree as ElementTree

import pytest

from amirnet_benchmarks.bar_chart import WIDTH, Bar, draw_bars


def parts(svg: str, name: str) -> list[ElementTree.Element]:
    return [part for part in ElementTree.fromstring(svg).iter() if name in part.get("class", "").split()]


def test_lengths_are_in_proportion() -> None:
    svg = draw_bars("Sizes", [Bar("a", "4 MB", (1.0, 3.0)), Bar("b", "2 MB", (1.0, 1.0))])
    widths = [float(bar.get("width", "nan")) for bar in parts(svg, "bar")]
    assert widths == [WIDTH / 4, 3 * WIDTH / 4, WIDTH / 4, WIDTH / 4]
    starts = [float(bar.get("x", "nan")) for bar in parts(svg, "bar")]
    assert starts == [0, WIDTH / 4, 0, WIDTH / 4]
    assert [text.text for text in parts(svg, "value")] == ["4 MB", "2 MB"]
    assert parts(svg, "reach") == []


def test_the_thin_line_may_be_the_longest() -> None:
    svg = draw_bars("Latency", [Bar("a", "1 ms", (1.0,), 4.0), Bar("b", "2 ms", (2.0,), 2.0)])
    assert [float(bar.get("width", "nan")) for bar in parts(svg, "bar")] == [WIDTH / 4, WIDTH / 2]
    (line,) = parts(svg, "reach")
    assert f"H{WIDTH:.1f}" in line.get("d", "")


def test_words_are_escaped_and_read_out() -> None:
    svg = draw_bars("Sizes", [Bar('<a> & "b"', "<1>", (1.0,))])
    assert ElementTree.fromstring(svg).get("aria-label") == 'Sizes: <a> & "b" <1>'
    assert [text.text for text in parts(svg, "label")] == ['<a> & "b"']


def test_nothing_and_zeros_draw_nothing() -> None:
    assert parts(draw_bars("Sizes", []), "bar") == []
    assert [bar.get("width") for bar in parts(draw_bars("Sizes", [Bar("a", "0", (0.0,))]), "bar")] == ["0.0"]


@pytest.mark.parametrize("length", [-1.0, float("inf"), float("nan")])
def test_impossible_lengths_are_refused(length: float) -> None:
    with pytest.raises(ValueError, match="Sizes"):
        draw_bars("Sizes", [Bar("a", "?", (1.0, length))])
