"""manifest.schema.json: it takes every sound manifest, and refuses every wrong one that a JSON Schema can tell."""

import json
import zipfile
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from replay import CONTRACT, content, document

from amirnet import shipped_names
from amirnet.bundle.model_bundle import SHIPPED

SCHEMA = json.loads((CONTRACT / "manifest.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

BEYOND = {
    # what is written, which a schema does not see
    "probe size 64.0", "bytes 4.0", "not JSON: a key twice", "not JSON: a key twice, once escaped",
    "not JSON: a key twice, far inside", "not JSON: 65 deep", "not JSON: NaN", "not JSON: Infinity",
    "not JSON: a number beyond float64", "not JSON: a number below float64",
    # what fields mean to one another
    "tile size no multiple", "tile size too small", "halo no multiple", "radius beyond the halo",
    "preferred below size",
    "preferred no multiple", "preferred of a fixed graph", "two of one id", "two at one place", "two roots",
    "a level too many", "an index outside", "parent null below the root", "a root with a parent",
    "a parent that is not there", "a child that is not there", "a child left out", "a child of another",
    "a code too short", "a code off the grid", "a path that is not listed", "the beginning of a path",
    "folded, soft", "folded, a node without one", "files of more than 512 MiB", "light: a row too short",
    "light: a row too many", "light: output takes two",
}  # fmt: skip
"""Wrong manifests that are beyond a schema."""


def parsed(case):
    return json.loads(content(case["given"]["content"]).decode("utf-8"))


def cases(group):
    return [pytest.param(case, id=case["name"]) for case in document("manifests")["groups"][group]["cases"]]


def test_it_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("case", cases("sound"))
def test_it_takes_sound_manifests(case):
    VALIDATOR.validate(parsed(case))


@pytest.mark.parametrize("name", shipped_names())
def test_it_takes_the_shipped_manifests(name):
    VALIDATOR.validate(json.loads((SHIPPED / name / "manifest.json").read_text("utf-8")))


def test_it_takes_a_manifest_of_schema_1_1():
    with zipfile.ZipFile(Path(__file__).parent / "bundles" / "written_1_1.zip") as kept:
        VALIDATOR.validate(json.loads(kept.read("manifest.json")))


@pytest.mark.parametrize("case", cases("wrong"))
def test_it_refuses_wrong_manifests(case):
    try:
        value = parsed(case)
    except ValueError:
        assert case["name"].startswith("not JSON"), "no JSON, and nothing for a schema"
        return
    except RecursionError:
        return
    assert VALIDATOR.is_valid(value) == (case["name"] in BEYOND)


@pytest.mark.parametrize("case", cases("paths"))
def test_it_judges_paths(case):
    assert VALIDATOR.is_valid(parsed(case)) == (not case["expected"])


def test_nothing_is_called_beyond_that_is_not_there():
    assert {case["name"] for case in document("manifests")["groups"]["wrong"]["cases"]} >= BEYOND
