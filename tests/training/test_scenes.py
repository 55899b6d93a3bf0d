"""Drawn scenes: the same for the same number, of all kinds, with fields that are bare, and trained on like photos."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from amirnet_training.config import parse
from amirnet_training.data import scenes
from amirnet_training.data.images import decode, list_images
from amirnet_training.data.items import Items
from amirnet_training.data.scenes import KINDS, SIDE, draw


def test_a_scene_is_the_same_for_its_number() -> None:
    first = draw(5, 192)
    assert first.dtype == np.uint8 and first.shape == (192, 192, 3)
    np.testing.assert_array_equal(first, draw(5, 192))
    assert (draw(6, 192) != first).any()
    path = scenes.scenes(3)[1]
    np.testing.assert_array_equal(decode(path), draw(int(path.name[-4:]), SIDE))


def test_kinds_come_in_their_shares() -> None:
    names = [path.name[:-4] for path in scenes.scenes(160)]
    assert names == sorted(names) and len(set(scenes.scenes(160))) == 160
    for name, (_, share) in KINDS.items():
        assert abs(names.count(name) / len(names) - share) < 0.12, name
    assert sum(share for _, share in KINDS.values()) == pytest.approx(1)
    assert set(scenes.scenes(12)) < set(scenes.scenes(160)), "more scenes are other scenes beside the same ones"


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
    index = next(int(path.name[-4:]) for path in scenes.scenes(40) if path.name.startswith("chart"))
    steps = np.abs(np.diff(draw(index, 192).astype(float), axis=1)).max(axis=2)
    places = np.argwhere(steps > 30)
    assert len(places) and np.mean([steps[r, max(0, c - 1) : c + 2].min() > 0 for r, c in places]) > 0.3


def test_they_are_a_source_like_any_other(settings, tmp_path) -> None:
    source = {"clean": ["drawn:9"], "weight": 1, "degradations": {"noise": 1.0}}
    data = {**settings["data"], "root": str(tmp_path / "nothing"), "sources": [source], "holdout": 0.3}
    config = parse({**settings, "data": data}, "here").data
    photos, held = (Items(config, 40, 1, validation=validation) for validation in (False, True))
    assert len(photos.files()) == 6 and len(held.files()) == 3 and not set(photos.files()) & set(held.files())
    photos.preload(lambda count: None)
    assert {image.shape for image in map(photos.cache.__getitem__, photos.files())} == {(SIDE, SIDE, 3)}


def test_the_command_writes_them_to_be_looked_at(tmp_path) -> None:
    folder = tmp_path / "below" / "scenes"
    assert CliRunner().invoke(scenes.main, [str(folder), "--count", "3"]).exit_code == 0
    files = list_images(folder)
    assert [file.stem for file in files] == [path.name for path in scenes.scenes(3)]
    np.testing.assert_array_equal(cv2.imread(str(files[0]))[:, :, ::-1], scenes.scene(scenes.scenes(3)[0]))
    assert CliRunner().invoke(scenes.main, [str(folder), "--count", "0"]).exit_code == 2
