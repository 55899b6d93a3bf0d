"""Trials: a list of short runs, read as strictly as a configuration, and their table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from amirnet_training import trials
from amirnet_training.checkpoint import load_model
from amirnet_training.config import SHIPPED, dump, load
from amirnet_training.errors import ConfigError
from amirnet_training.trials import closed, read_trials, table


@pytest.fixture
def written(make_config, tmp_path):
    """written(trials=..., ...) -> a file whose base is the toy configuration."""
    (tmp_path / "toy.yaml").write_text(dump(make_config(train={"steps": 2}, tree={"grow_at": []})))

    def write(**content: object) -> Path:
        file = tmp_path / "trials.yaml"
        file.write_text(yaml.safe_dump({"base": str(tmp_path / "toy.yaml"), **content}, sort_keys=False))
        return file

    return write


def test_the_shipped_trials_are_sound() -> None:
    found = read_trials(SHIPPED / "trials.yaml")
    base = load("mobile")
    assert next(iter(found)) == "as_shipped" and len(found) > 10
    shipped = found["as_shipped"]
    assert shipped.network == base.network and shipped.data.sources == base.data.sources
    assert len({config.model_dump_json() for config in found.values()}) == len(found), "each is another run"
    assert {found["no_code"].tree.code, found["true_kind"].tree.code} == {"none", "kind"}
    assert found["two_scales"].network.shape.eighth == 0 and found["paper_16"].network.width == 16


def test_values_by_their_paths(written) -> None:
    shape = {"full": 8, "half": 16, "quarter": 24, "half_blocks": 1, "middle_blocks": 3}
    listed = {"a": None, "b": {"train.batch": 8, "train.ssim": 0.5}, 3: {"network.shape": shape, "data.items": 7}}
    found = read_trials(written(common={"train.ssim": 0.0}, trials=listed))
    assert list(found) == ["a", "b", "3"] and [config.name for config in found.values()] == ["a", "b", "3"]
    assert (found["a"].train.ssim, found["b"].train.ssim) == (0.0, 0.5), "a trial's own value counts"
    assert (found["a"].train.batch, found["b"].train.batch, found["3"].data.items) == (4, 8, 7)
    assert found["3"].network.shape.quarter == 24 and found["a"].network.shape is None
    one = read_trials(written(trials={"a": {"network.shape." + name: value for name, value in shape.items()}}))
    assert one["a"].network == found["3"].network, "a section that was not there is made"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"trials": {"a": {"train.stepz": 3}}}, "a: train.stepz"),
        ({"trials": {"a": {"train.steps": 0}}}, "a: train.steps"),
        ({"trials": {"a": {"name.x": 1}}}, "a: name.x is no place in a configuration"),
        ({"trials": {"a": {5: 1}}}, "a: 5"),
        ({"trials": ["a"]}, "no list of trials"),
        ({"trials": {"a": 7}}, "no list of trials"),
        ({"trials": {"a": {}}, "common": 7}, "no list of trials"),
        ({"common": {}}, "no list of trials ('trials')"),
        ({"trials": {"a": {}}, "base": "no such one"}, "no such one: cannot be read"),
        ({"trials": {"a": {}}, "base": None}, "None: cannot be read"),
    ],
)
def test_what_is_no_list_of_trials(written, content: dict, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_trials(written(**content))
    assert says in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["a: [1", "\tx", "", "just text", "[1, 2]", "\udcff"])
def test_broken_files_are_one_line_and_status_2(text: str, tmp_path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_bytes(text.encode(errors="surrogateescape"))
    for path in (file, tmp_path / "none.yaml", tmp_path):
        done = CliRunner().invoke(trials.main, [str(path), "--show"])
        assert done.exit_code == 2 and done.stderr.count("\n") == 1 and done.stdout == ""
        assert done.stderr.startswith(f"error: {path}: {'not a file' if path == tmp_path else 'no list of trials ('}")


def log(folder: Path, *records: dict) -> None:
    folder.mkdir(parents=True)
    (folder / "log.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))


def test_the_table(tmp_path) -> None:
    before = {"input_noise": 24.0, "input_dark": 10.0}
    step = {"loss": 0.1, "seconds": 61.4}
    log(tmp_path / "one", {"step": 4, **step}, {"step": 4, "validation": {"dark": 11.0, "noise": 25.0, "mean": 18.0}},
        {"step": 8, **step},
        {"step": 8, "validation": {"dark": 12.0, "noise": 26.004, "mean": 19.0, **before}})  # fmt: skip
    log(tmp_path / "two", {"step": 8, "validation": {"dark": 13.0, "mean": 13.0, **before}})
    log(tmp_path / "stopped", {"step": 4, **step}, {"step": 4, "validation": {"dark": 9.0, "mean": 9.0, **before}})
    log(tmp_path / "bad", {"step": 2, **step})
    for name in ("bad", "stopped"):
        (tmp_path / name / "failed.txt").write_text("error: what it was\n")
    assert table(["one", "two", "bad", "stopped", "later"], tmp_path).splitlines() == [
        "| trial | dark | mean | noise | |",
        "|---|---:|---:|---:|---|",
        "| input | 10.00 |  | 24.00 |  |",
        "| one | 12.00 | 19.00 | 26.00 | 8 steps, 61 s |",
        "| two | 13.00 | 13.00 |  | 8 steps |",
        "| bad |  |  |  | failed |",
        "| stopped | 9.00 | 9.00 |  | 4 steps, 61 s, then failed |",
        "| later |  |  |  | not trained |",
    ]


def test_how_much_of_the_gap_a_learned_tree_closes(written, tmp_path) -> None:
    listed = {"own": {}, "nothing": {"tree.code": "none"}, "kind": {"tree.code": "kind"}, "later": {}}
    found = read_trials(written(common={"network.levels": 5}, trials=listed))
    assert closed(found, tmp_path) == "", "nothing is trained"
    measured = (("own", 11.8, 24.0, 20.0), ("nothing", 11.0, 25.0, 20.0), ("kind", 12.0, 27.0, 20.05))
    for name, dark, noise, blur in measured:
        validation = {"dark": dark, "noise": noise, "blur": blur, "input_dark": 3.0}
        log(tmp_path / name, {"step": 8, "validation": validation})
    assert closed(found, tmp_path).splitlines() == [
        "| of the true kind's worth | dark | noise |",
        "|---|---:|---:|",
        "| in dB | 1.00 | 2.00 |",
        "| own | 80% | -50% |",
    ]


@pytest.mark.slow
def test_trials_are_trained_and_what_fails_is_shown(written, settings, tmp_path) -> None:
    listed = {"good": {}, "bad": {"data.patch": 96}}  # larger than the photos
    arguments = [str(written(trials=listed)), "-o", str(tmp_path / "out"), "--data", settings["data"]["root"]]
    done = CliRunner().invoke(trials.main, [*arguments, "--jobs", "2"])
    assert done.exit_code == 0, done.output
    assert done.stderr.splitlines() == ["good: done", "bad: done"]
    good, bad = done.stdout.splitlines()[-2:]
    assert good.startswith("| good | ") and "2 steps" in good and bad.endswith("| failed |")
    said = (tmp_path / "out" / "bad" / "failed.txt").read_text()
    assert said.startswith("error: ") and "too small for a patch" in said
    model = tmp_path / "out" / "good" / "model.safetensors"
    before = model.stat().st_mtime_ns
    again = CliRunner().invoke(trials.main, arguments)
    assert again.stdout == done.stdout and model.stat().st_mtime_ns == before, "what is trained is not trained again"
    page = tmp_path / "page.md"
    page.write_text("# Trials\n\n<!-- trials -->\nold\n<!-- end of trials -->\n")
    shown = CliRunner().invoke(trials.main, [*arguments, "--show", "--page", str(page)])
    assert shown.stdout == done.stdout and done.stdout in page.read_text() and "old" not in page.read_text()


METHOD = ("no_code", "true_kind", "levels_1", "levels_2", "levels_3", "levels_4", "as_shipped")
"""The shipped trials that measure the method itself: no code, the true kind, and trees of one to five levels."""


@pytest.mark.slow
def test_the_shipped_trials_of_the_method_run_on_a_processor(make_config, settings, tmp_path) -> None:
    """The list's own entries, over a network and photos that take seconds; trees grow at their first steps."""
    shipped = yaml.safe_load((SHIPPED / "trials.yaml").read_text())
    when = dict(zip(shipped["common"]["tree.grow_at"], range(1, 5), strict=True))
    listed = {name: dict(shipped["trials"][name]) for name in METHOD}
    for changes in listed.values():
        if "tree.grow_at" in changes:
            changes["tree.grow_at"] = [when[step] for step in changes["tree.grow_at"]]
    train = {"steps": 6, "validation_items": 8, "validate_every": 6, "log_every": 3, "checkpoint_every": 6}
    base = make_config(network={"levels": 5}, tree={"grow_at": list(when.values())}, train=train)
    (tmp_path / "toy.yaml").write_text(dump(base))
    (tmp_path / "trials.yaml").write_text(yaml.safe_dump({"base": str(tmp_path / "toy.yaml"), "trials": listed}))
    arguments = [str(tmp_path / "trials.yaml"), "-o", str(tmp_path / "out"), "--data", settings["data"]["root"]]
    done = CliRunner().invoke(trials.main, [*arguments, "--jobs", "2"])
    assert done.exit_code == 0, done.output
    head, _, before, *rows = done.stdout.partition("\n\n")[0].splitlines()
    groups = [cell.strip() for cell in head.split("|")[2:-2]]
    assert {"dark", "mean"} <= set(groups) and before.startswith("| input | ")
    found = {cells[1].strip(): cells[2:] for cells in (row.split("|") for row in rows)}
    assert sorted(found) == sorted(METHOD)
    for name, cells in found.items():
        assert [float(cell) > 5 for cell in cells[: len(groups)]] == [True] * len(groups), name
        assert cells[len(groups)].startswith(" 6 steps, "), name
    grown = {name: load_model(tmp_path / "out" / name).tree["nodes"][-1]["level"] + 1 for name in METHOD}
    wanted = {"no_code": 5, "true_kind": 5, "levels_1": 1, "levels_2": 2, "levels_3": 3, "levels_4": 4, "as_shipped": 5}
    assert grown == wanted
