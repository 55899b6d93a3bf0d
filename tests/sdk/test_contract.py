"""The contract, its vectors and the code hold together: written anew they are the same, and nothing is left out."""

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest
from replay import CONTRACT, VECTORS, content, document

import amirnet
from amirnet import errors
from amirnet.contract import write
from amirnet.contract.tables import with_tables

SOURCE = Path(amirnet.__file__).parent
TEXT = (CONTRACT / "CONTRACT.md").read_text(encoding="utf-8")
NAMES = sorted(file.stem for file in VECTORS.glob("*.json"))
WORDS_ONLY = {"N3", "T7", "L6", "S2", "G4", "G8", "G9", "R4", "B8", "B9", "V2"}
"""Clauses that no case can show: what is so by definition, what follows, what is about threads, files and releases."""


@cache
def made():
    return write.made()


def defined():
    return re.findall(r"\*\*([A-Z]\d+)\*\*", TEXT)


def test_the_vectors_are_what_is_written():
    files = made().files
    there = {file.name: file.read_bytes() for file in VECTORS.iterdir() if file.suffix in (".json", ".bin")}
    assert there.keys() == files.keys()
    for name, made_now in files.items():
        assert there[name] == made_now, f"{name}: run python -m amirnet.contract.write"


@pytest.mark.parametrize("place", [write.TEXT, write.README], ids=lambda place: place.name)
def test_the_documents_tables_are_what_is_written(place):
    text = place.read_text(encoding="utf-8")
    assert made().documents[place] == text, "run python -m amirnet.contract.write"
    assert re.search(r"<!-- example: \w+ -->\n\|", text)


def test_a_table_is_replaced_and_a_marker_without_one_is_noticed():
    text = "a\n<!-- example: one -->\n| old |\n\nb\n"
    assert with_tables(text, {"one": "| new |\n"}) == text.replace("old", "new")
    with pytest.raises(AssertionError, match="two"):
        with_tables(text + "<!-- example: two -->\n", {"one": ""})


def test_the_vectors_are_small():
    assert sum(file.stat().st_size for file in VECTORS.iterdir()) < 3 * 10**6


def test_every_group_is_replayed():
    """By a test that asks for it by its name."""
    asked = set()
    for file in Path(__file__).parent.glob("test_contract_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "replay":
                asked.add(tuple(argument.value for argument in node.args))
    assert asked == {(name, group) for name in NAMES for group in document(name)["groups"]}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_as_its_readme_says(name):
    whole = document(name)
    assert whole.keys() == {"clauses", "about", "shared", "groups"}
    for group in whole["groups"].values():
        names = [case["name"] for case in group["cases"]]
        assert names and len(set(names)) == len(names)
        for case in group["cases"]:
            assert case.keys() == {"name", "given", "expected"}
            assert case["given"].keys() <= group["given"].keys()
            assert case["expected"].keys() <= {*group["expected"], "error", "names"}
            if "error" in case["expected"]:
                assert hasattr(errors, case["expected"]["error"])
        _check_bytes(group)


def _check_bytes(value):
    """All that stands in a file beside the JSON is within it."""
    if isinstance(value, dict):
        if value.keys() >= {"file", "offset", "length"}:
            content(value)
        for each in value.values():
            _check_bytes(each)
    elif isinstance(value, list):
        for each in value:
            _check_bytes(each)


def test_numbers_read_back_as_they_stand():
    def read(digits):
        assert repr(float(digits)) == digits
        return float(digits)

    for name in NAMES:
        json.loads((VECTORS / f"{name}.json").read_text("ascii"), parse_float=read)


def test_every_clause_has_vectors_or_is_said_to_have_none():
    covered = {clause for name in NAMES for clause in document(name)["clauses"]}
    assert covered <= set(defined())
    assert covered | WORDS_ONLY == set(defined())
    assert not covered & WORDS_ONLY


def test_every_error_in_the_contract_exists_and_the_other_way_round():
    listed = {case["name"] for case in document("errors")["groups"]["errors"]["cases"]}
    known = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
    # These two are Python's own: the common base, and the optional installs.
    assert listed == known - {"AmirnetError", "MissingExtraError"}


def test_every_clause_the_code_cites_exists_and_none_is_defined_twice():
    clauses = defined()
    assert len(clauses) == len(set(clauses))
    cited = set()
    for file in SOURCE.rglob("*.py"):
        for passage in re.findall(r"CONTRACT ((?:[A-Z]\d+(?:-[A-Z]\d+)?(?:, )?)+)", file.read_text(encoding="utf-8")):
            for part in passage.rstrip(", ").split(", "):
                first, _, last = part.partition("-")
                span = range(int(first[1:]), int((last or first)[1:]) + 1)
                cited |= {f"{first[0]}{number}" for number in span}
    assert len(cited) > 25
    assert cited <= set(clauses)
