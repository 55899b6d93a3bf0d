"""The configuration: what is read comes back, and a slip is one line that names it."""

from pathlib import Path

import pytest
import yaml

import amirnet_training
from amirnet_training.config import dump, load, parse
from amirnet_training.errors import ConfigError

SHIPPED = sorted((Path(amirnet_training.__file__).parent / "configs").glob("*.yaml"))


def test_dump_and_load_are_inverse(make_config, tmp_path) -> None:
    config = make_config(train={"learning_rate": 3e-4, "ema": 0.9})
    file = tmp_path / "config.yaml"
    file.write_text(dump(config))
    assert load(file) == config
    assert dump(load(file)) == dump(config)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_configurations_are_sound(file: Path) -> None:
    config = load(file)
    assert config.name == file.stem, "`amirnet train NAME` finds it by its file's name"
    assert len(config.tree.grow_at) == config.network.levels - 1, "the tree grows to its last level"


def test_something_is_shipped() -> None:
    assert "mobile" in {file.stem for file in SHIPPED}


def change(settings: dict, path: str, value: object) -> dict:
    """The settings with one value replaced, or left out when it is None."""
    *parents, last = path.split(".")
    place = settings
    for parent in parents:
        place = place[int(parent)] if isinstance(place, list) else place[parent]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return settings


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("train.stepz", 5, "train.stepz"),
        ("train.steps", 0, "train.steps"),
        ("train.learning_rate", "fast", "train.learning_rate"),
        ("train.learning_rate", float("nan"), "train.learning_rate"),
        ("train.ema", 1.0, "train.ema"),
        ("train.seed", -1, "train.seed"),
        ("data.patch", 40, "data.patch"),
        ("data.sources", [], "data.sources"),
        ("data.sources.0.clean", None, "data.sources.0"),
        ("data.sources.0.degradations", {"fog": 1}, "unknown degradation kind 'fog'"),
        ("data.sources.0.degradations", {"noise": 0}, "at least one weight above 0"),
        ("data.sources.1.weight", -1, "data.sources.1.weight"),
        ("data.sources.1.targets", None, "data.sources.1.targets"),
        ("tree.grow_at", [1, 2, 3], "grow at most 2 times"),
        ("tree.grow_at", [5, 3], "must rise"),
        ("tree.grow_at", [3, 3], "must rise"),
        ("tree.grow_at", [0, 3], "must rise"),
        ("tree.grow_at", [3, 8], "must rise"),
        ("tree.min_share", 0.7, "tree.min_share"),
        ("tree.policy", "magic", "tree.policy"),
        ("network.width", 16, "leave out 'width'"),
        ("network.preset", "huge", "network.preset"),
        ("data", None, "data"),
    ],
)
def test_slips_are_named_in_one_line(settings, path: str, value: object, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(change(settings, path, value), "run.yaml")
    message = str(caught.value)
    assert message.startswith("run.yaml: ") and says in message and "\n" not in message


@pytest.mark.parametrize("text", ["a: [1", "\tx", "", "just text", "[1, 2]", "\udcff"])
def test_what_is_not_a_configuration(text: str, tmp_path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ConfigError, match=r"broken\.yaml") as caught:
        load(file)
    assert "\n" not in str(caught.value)


def test_a_missing_file(tmp_path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none.yaml")


def test_the_paper_preset_takes_a_width(settings) -> None:
    settings["network"] = {"preset": "paper", "width": 8, "levels": 3}
    config = parse(yaml.safe_load(yaml.safe_dump(settings)), "x")
    assert config.network.width == 8
