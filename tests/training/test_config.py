"""The configuration: what is read comes back, and a slip is one line that names it."""

from pathlib import Path

import pytest
import yaml

import amirnet_training
from amirnet_training.config import dump, load, parse
from amirnet_training.errors import ConfigError
from amirnet_training.network import build_from

CONFIGS = sorted((Path(amirnet_training.__file__).parent / "configs").glob("*.yaml"))
SHIPPED = [file for file in CONFIGS if file.stem != "trials"]


def test_dump_and_load_are_inverse(make_config, tmp_path) -> None:
    config = make_config(train={"learning_rate": 3e-4, "ema": 0.9})
    file = tmp_path / "config.yaml"
    file.write_text(dump(config))
    assert load(file) == config
    assert dump(load(file)) == dump(config)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_configurations_are_sound(file: Path) -> None:
    config = load(file)
    finishes = file.stem.endswith(("_finish", "_int8"))  # goes on from a model, with its tree
    name = file.stem.removesuffix("_finish").removesuffix("_int8")
    assert config.name == name, "`amirnet train NAME` finds it by its file's name"
    assert len(config.tree.grow_at) == (0 if finishes else config.network.levels - 1), "it grows to its last level"


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_configurations_name_networks_that_can_be_built(file: Path) -> None:
    config = load(file)
    network = build_from(config.network)
    assert network.levels == config.network.levels and network.restorer.alignment == 8
    assert config.data.window >= config.data.patch > 2 * config.train.border


def test_something_is_shipped() -> None:
    assert {"mobile", "tiny"} <= {file.stem for file in SHIPPED} and len(CONFIGS) == len(SHIPPED) + 1


SHAPE = {"full": 8, "half": 16, "quarter": 24, "half_blocks": 1, "middle_blocks": 3}


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
        ("data.window", 16, "data.window 16 is smaller than a patch or a probe"),
        ("data.window", 50, "data.window"),
        ("data.probe", 16, "data.probe differs from data.patch: that needs data.window"),
        ("data.refresh", 0, "data.refresh"),
        ("data.sources.0.shrunk", 1.5, "data.sources.0.shrunk"),
        ("data.sources.1.exposed", 0.0, "data.sources.1.exposed"),
        ("data.sources.1.swapped", -0.1, "data.sources.1.swapped"),
        ("data.sources.1.shuffled", 0.5, "data.sources.1.shuffled"),
        ("tree.code", "guess", "tree.code"),
        ("network.shape", {"full": 8}, "network.shape.half"),
        ("network.shape", SHAPE | {"eighth": 32}, "eighth and quarter_blocks go together"),
        ("network.shape", SHAPE | {"quarter_blocks": 2}, "eighth and quarter_blocks go together"),
        ("network", {"preset": "paper", "levels": 3, "shape": SHAPE}, "leave out 'shape'"),
        ("train.border", -1, "train.border"),
        ("train.light_weight", -1, "train.light_weight"),
        ("train.precision", "bf16-true", "train.precision"),
        ("quantize", {"batch": -1}, "quantize.batch"),
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


def test_a_network_may_have_another_shape(settings) -> None:
    for more, alignment, blocks in (({}, 4, (1, 0, 3)), ({"eighth": 32, "quarter_blocks": 2}, 8, (1, 2, 3))):
        settings["network"] = {"preset": "tiny", "levels": 3, "shape": {**SHAPE, **more}}
        config = parse(settings, "x")
        restorer = build_from(config.network).restorer
        assert restorer.alignment == alignment and restorer.blocks[:3] == blocks
        assert restorer.head.in_channels == 8 and restorer.down.out_channels == 24
        assert parse(yaml.safe_load(dump(config)), "y") == config


def test_a_probe_is_as_large_as_a_patch_unless_it_says_otherwise(make_config) -> None:
    assert make_config().data.probe_side == 32
    assert make_config(data={"window": 64, "probe": 16}).data.probe_side == 16


def test_the_paper_preset_takes_a_width(settings) -> None:
    settings["network"] = {"preset": "paper", "width": 8, "levels": 3}
    config = parse(yaml.safe_load(yaml.safe_dump(settings)), "x")
    assert config.network.width == 8
