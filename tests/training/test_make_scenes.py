"""Made scenes: the same for the same seed, of all kinds, with fields that are bare."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from amirnet_training.data import make_scenes
from amirnet_training.data.images import decode, list_images
from amirnet_training.data.make_scenes import KINDS, scene


def test_a_scene_is_the_same_for_its_numbers() -> None:
    name, first = scene(3, 5, 192)
    again, second = scene(3, 5, 192)
    assert name == again and first.dtype == np.uint8 and first.shape == (192, 192, 3)
    np.testing.assert_array_equal(first, second)
    assert (scene(3, 6, 192)[1] != first).any() and (scene(4, 5, 192)[1] != first).any()


def test_kinds_come_in_their_shares() -> None:
    names = [scene(0, index, 48)[0] for index in range(160)]
    for name, (_, share) in KINDS.items():
        assert abs(names.count(name) / len(names) - share) < 0.12, name
    assert sum(share for _, share in KINDS.values()) == pytest.approx(1)


@pytest.mark.parametrize("name", KINDS)
def test_what_each_kind_looks_like(name: str) -> None:
    for seed in range(3):
        drawn = KINDS[name][0](np.random.default_rng(seed), 288)
        assert drawn.shape == (288, 288, 3) and drawn.dtype == np.float32
        assert drawn.min() > -0.5 and drawn.max() < 2 and drawn.std() > 0.003
        steps = np.abs(np.diff(drawn, axis=1)).max(axis=2)
        # Bare surfaces between edges; a slope has none.
        assert np.mean(steps < 2 / 255) > 0.35
        assert (steps > 12 / 255).any() == (name != "slope")


def test_edges_are_as_a_sensor_sees_them() -> None:
    """Made smaller by averaging: between two fields of a chart there are levels in between."""
    index = next(index for index in range(40) if scene(0, index, 48)[0] == "chart")
    image = scene(0, index, 192)[1].astype(float)
    steps = np.abs(np.diff(image, axis=1)).max(axis=2)
    places = np.argwhere(steps > 30)
    assert len(places) and np.mean([steps[r, max(0, c - 1) : c + 2].min() > 0 for r, c in places]) > 0.3


def test_the_command_writes_a_folder_to_train_on(tmp_path) -> None:
    folder = tmp_path / "below" / "made_scenes"
    arguments = [str(folder), "--count", "4", "--side", "192"]
    assert CliRunner().invoke(make_scenes.main, arguments).exit_code == 0
    files = list_images(folder)
    assert len(files) == 4 and all(decode(file).shape == (192, 192, 3) for file in files)
    before = {file.name: file.read_bytes() for file in files}
    assert CliRunner().invoke(make_scenes.main, arguments).exit_code == 0
    assert {file.name: file.read_bytes() for file in list_images(folder)} == before
    assert cv2.imread(str(files[0])).shape == (192, 192, 3)
    assert CliRunner().invoke(make_scenes.main, [str(folder), "--side", "8"]).exit_code == 2
