"""`--light`, `--kind` and `--strength` of `amirnet restore`, and what `amirnet inspect` says so that one can choose."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from amirnet import Restorer
from amirnet.cli import cli


def run(*args):
    return CliRunner().invoke(cli, [*map(str, args)])


@pytest.mark.parametrize(
    ("flags", "options"),
    [
        ([], {}),
        (["--light", "keep"], {"light": "keep"}),
        (["--light", "brighten"], {"light": "brighten"}),
        (["--light", "0.5"], {"light": 0.5}),
        (["--light", "0"], {"light": 0.0}),
        (["--kind", "noise", "--strength", "0.25"], {"kind": "noise", "strength": 0.25}),
        (["--kind", "camera", "--light", "auto"], {"kind": "camera"}),
    ],
)
def test_what_is_asked_for_is_done_and_said(photo, toy_photo, tmp_path, lit_bundle, flags, options):
    found = run("restore", photo, "-o", tmp_path / "out.png", "--model", lit_bundle, "--json", *flags)
    assert found.exit_code == 0, found.output
    expected = Restorer.from_bundle(lit_bundle).restore(toy_photo, **options)
    light = expected.diagnosis.light
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "out.png")), expected.image)
    facts = json.loads(found.stdout)
    assert facts["light"] == options.get("light", "auto")
    assert facts["kind"] == options.get("kind")
    assert facts["strength"] == options.get("strength", 1.0)
    assert facts["curve"] == {"gain": list(light.gain), "bend": list(light.bend)}
    assert facts["path"] == list(expected.diagnosis.path)


def test_a_model_without_light_says_so(photo, tmp_path, toy_bundle):
    found = run("restore", photo, "-o", tmp_path / "out.png", "--model", toy_bundle, "--json")
    assert json.loads(found.stdout)["curve"] is None


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        (["--light", "dim"], "light dim: no such light; choose one of auto, keep, brighten, or a number from 0 to 4"),
        (["--light", "5"], "light 5.0: no such light"),
        (["--strength", "2"], "strength 2.0: not within 0 to 1"),
        (["--strength", "much"], "--strength"),
        (["--kind", "rain"], "kind rain: this model knows no such kind; choose one of jpeg, lowlight, noise, none"),
        (["--kind", "noise", "--node", "2"], "node 2 and kind noise"),
        (["--node", "77"], "node 77"),
    ],
)
@pytest.mark.parametrize("batch", [False, True])
def test_what_cannot_be_is_one_line_before_anything_is_done(photo, tmp_path, lit_bundle, flags, problem, batch):
    many = ["--jobs", "1"] if batch else []
    found = run("restore", photo, "-o", f"{tmp_path}/out/", "--model", lit_bundle, *flags, *many)
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.startswith("error: ") and found.stderr.count("\n") == 1
    assert problem in found.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("light", "said"), [("auto", True), ("keep", False), ("0", False), ("4", True)])
def test_a_brightened_photo_is_called_so(photo, lit_bundle, light, said):
    line = run("restore", photo, "--model", lit_bundle, "--light", light).stdout
    assert ("; brightened; " in line) == said


def test_a_batch_does_the_same(photo, tmp_path, lit_bundle):
    flags = ["--model", lit_bundle, "--light", "keep", "--kind", "noise", "--strength", "0.5"]
    assert run("restore", photo, "-o", tmp_path / "one.png", *flags).exit_code == 0
    found = run("restore", photo, "-o", tmp_path / "many", "--jobs", "1", "--json", *flags)
    assert found.exit_code == 0, found.output
    facts = json.loads(found.stdout)
    assert (facts["light"], facts["kind"], facts["strength"]) == ("keep", "noise", 0.5)
    assert (tmp_path / "many" / "photo_restored.png").read_bytes() == (tmp_path / "one.png").read_bytes()
    again = run("restore", photo, "-o", tmp_path / "many", "--jobs", "1", *flags[:-1], "0.75")
    assert "1 restored" in again.stderr, "another strength is another result"


def test_inspect_says_what_one_can_choose(photo, toy_photo, lit_bundle):
    found = run("inspect", photo, "--model", lit_bundle)
    diagnosis = Restorer.from_bundle(lit_bundle).diagnose(toy_photo)
    lines = found.stdout.splitlines()
    kinds = next(line for line in lines if line.startswith("kind: "))
    likeliest, share = next(iter(diagnosis.kinds.items()))
    assert likeliest == "lowlight"
    assert kinds.startswith(f"kind: low light (lowlight) {100 * share:.0f} %")
    assert any("--kind NAME (jpeg, lowlight, noise, none)" in line for line in lines)
    before, after = diagnosis.mean_levels
    assert f"light: brightened, from a mean level of {before:.0f} to {after:.0f} of 255" in lines
    facts = json.loads(run("inspect", photo, "--model", lit_bundle, "--json").stdout)
    assert facts["kinds"] == diagnosis.kinds
    assert facts["light"]["gain"] == list(diagnosis.light.gain)
    assert (facts["light"]["mean_level"], facts["light"]["mean_level_after"]) == (before, after)


def test_inspect_says_when_light_is_left_alone(photo, reseal, lit_manifest):
    def never(manifest):
        lit_manifest(manifest)
        manifest["light"]["output"].update(weights=[[0.0] * 5] * 6, bias=[-1.0] * 6)

    text = run("inspect", photo, "--model", reseal(never)).stdout
    assert "light: left as it is (mean level 1" in text


def test_inspect_of_an_older_model_says_neither(photo, toy_bundle):
    text = run("inspect", photo, "--model", toy_bundle).stdout
    assert "kind:" not in text and "light:" not in text
    facts = json.loads(run("inspect", photo, "--model", toy_bundle, "--json").stdout)
    assert (facts["kinds"], facts["light"]) == ({}, None)


def test_inspect_of_a_bundle_shows_its_light_and_kinds(lit_bundle, toy_bundle):
    facts = json.loads(run("inspect", lit_bundle, "--json").stdout)
    manifest = json.loads((lit_bundle / "manifest.json").read_text())
    assert facts["tree"] == manifest["tree"]
    assert facts["light"] == manifest["light"]
    assert "light     a step of its own" in run("inspect", lit_bundle).stdout
    assert "light     left to the network" in run("inspect", toy_bundle).stdout
