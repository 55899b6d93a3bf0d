"""The light head fitted by itself: dark photos get brighter curves, photos that are dark on purpose none."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from amirnet.runtime.probe_plan import ProbePlan
from amirnet_training import light_fit
from amirnet_training.checkpoint import TrainedModel, load_model, save_model
from amirnet_training.data_config import DataConfig
from amirnet_training.degradations.combined import Dimmed
from amirnet_training.light_fit import fit, measure
from amirnet_training.light_photos import (
    CHOICES,
    GRID,
    LOW_LIGHT,
    MEANT_DARK,
    OTHERS,
    Eyes,
    PhotoViews,
    darkened_views,
    light_data,
    light_items,
    views,
)
from amirnet_training.network import build
from amirnet_training.network.light import STATISTICS, LightHead, level_statistics, lift, to_brighten
from amirnet_training.quantization.calibration_data import tree_of

CODE = 7
TREE = {"levels": 3, "grid": 64, "conditioning": "soft", "nodes": [
    {"id": 0, "level": 0, "index": 0, "parent": None, "children": [], "confidence": 0.0, "code": [0.25] + [0.0] * 6}
]}  # fmt: skip


def seen(count: int = 96) -> PhotoViews:
    """Half of the photos are four times too dark, and their code says so; the others are as dark on purpose."""
    generator = torch.Generator().manual_seed(3)
    target = torch.rand(count, 3, 4, 4, generator=generator) * 0.8 + 0.1
    too_dark = torch.arange(count) % 2 == 0
    photo = target / 4
    target = torch.where(too_dark[:, None, None, None], target, photo)
    codes = torch.zeros(count, CHOICES, CODE)
    codes[:, :, 0] = too_dark[:, None].float()
    statistics = photo.mean((1, 2, 3))[:, None, None].expand(count, CHOICES, STATISTICS).contiguous()
    return PhotoViews(codes, statistics, photo, target, tuple((LOW_LIGHT, MEANT_DARK)[n % 2] for n in range(count)))


def test_the_head_learns_whom_to_brighten(monkeypatch) -> None:
    monkeypatch.setattr(light_fit, "BATCH", 32)
    torch.manual_seed(1)
    head, photos, steps = LightHead(CODE, 32), seen(), []
    before, asked = measure(head, photos), to_brighten(photos.photo, photos.target)
    assert asked.tolist() == photos.of(LOW_LIGHT).tolist()
    fit(head, photos, 1, steps.append, 800)
    curves = head(photos.codes[:, 0], photos.statistics[:, 0]).detach()
    assert steps == [1] * 800
    assert float(curves[~asked].abs().max()) == 0, "what is dark on purpose stays to the level"
    lifted = lift(photos.photo, curves)[asked]
    assert float((lifted - photos.target[asked]).abs().mean()) < 0.05
    bright, dark = measure(head, photos)
    assert before != [bright, dark] and bright.startswith("low light: ") and bright.endswith(" dB (48 photos)")
    none = "meant to be dark: 0 of 48 brightened by more than a tenth, 0 by more than a fiftieth, the most 1.00 times"
    assert dark == none
    leeway = LightHead(CODE, 32)
    leeway.load_state_dict(head.state_dict())
    with torch.no_grad():
        leeway.output.bias += 0.9 * light_fit.LEEWAY
    assert measure(leeway, photos)[1] == none, "a head that is a little off leaves them alone as well"


def test_the_same_seed_fits_the_same_head() -> None:
    heads = []
    for _ in range(2):
        torch.manual_seed(1)
        heads.append(LightHead(CODE, 32))
        fit(heads[-1], seen(), 5, lambda count: None, 5)
    first, second = (head.state_dict() for head in heads)
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_dark_photos_weigh_more_than_in_training() -> None:
    sources = [
        {"clean": ["a"], "weight": 0.9, "degradations": {"motion": 1.0}},
        {"inputs": "b/low", "targets": "b/high", "kind": "lowlight", "weight": 0.05},
        {"inputs": "c/noisy", "targets": "c/gt", "kind": "camera", "weight": 0.05},
    ]
    clean, dark, noisy = light_data(DataConfig.model_validate({"sources": sources})).sources
    assert clean.dimmed > 0.5 and "lowlight" in clean.degradations
    assert dark.weight / (clean.weight + dark.weight + noisy.weight) > 0.3


@pytest.fixture
def eyes() -> Eyes:
    torch.manual_seed(0)
    return Eyes(build("tiny", 3).eval().requires_grad_(False), tree_of(TREE), 64)


def test_photos_are_seen_as_the_runtime_sees_them(make_config, eyes) -> None:
    items = light_items(make_config().data.model_copy(update={"window": 0}), 24, 5)
    dark = [index for index, item in enumerate(items.items) if isinstance(item.degradation, Dimmed)]
    assert len(dark) >= 4
    items.least = 48  # the toy photos are smaller than a view
    found = views(eyes, items, lambda count: None)
    assert {found.groups[index] for index in dark} == {MEANT_DARK} and {LOW_LIGHT, OTHERS} <= set(found.groups)
    assert found.codes.shape == (24, CHOICES, CODE) and found.statistics.shape == (24, CHOICES, STATISTICS)
    assert torch.equal(found.codes * 64, (found.codes * 64).round()), "codes are those that the runtime rounds"
    image = np.full((192, 192, 3), 51, np.uint8)
    flat = darkened_views(eyes, items, [lambda photo, rng: (image, image)], lambda count: None)
    assert flat.photo.shape == (len(flat.groups), 3, GRID**2, 16) and set(flat.groups) == {MEANT_DARK}
    assert torch.allclose(flat.photo, torch.tensor(0.2)) and not bool(to_brighten(flat.photo, flat.target).any())
    probes = torch.full((1, len(ProbePlan(192, 192, 64, GRID)), 3, 64, 64), 0.2)
    assert torch.equal(flat.statistics[0, 0], level_statistics(probes)[0])
    again = views(eyes, items, lambda count: None)
    assert torch.equal(again.photo, found.photo) and torch.equal(again.codes, found.codes)


def test_the_command_changes_the_head_alone(make_config, eyes, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("amirnet_training.light_photos.VIEWS", (64, 80))
    config = make_config(data={"patch": 64})
    save_model(tmp_path / "model.safetensors", TrainedModel(eyes.network, config, TREE, {"steps": 8}))
    arguments = [str(tmp_path / "model.safetensors"), "--data", str(config.data.root), "--photos", "64", "--steps", "3"]
    done = CliRunner().invoke(light_fit.main, [*arguments, "-o", str(tmp_path / "new.safetensors")])
    assert done.exit_code == 0, done.output
    assert any(line.startswith("held out, before: low light: ") for line in done.stdout.splitlines())
    assert any(line.startswith("held out, after: evaluation's way, meant") for line in done.stdout.splitlines())
    before, after = (load_model(tmp_path / name) for name in ("model.safetensors", "new.safetensors"))
    weights = after.network.state_dict()
    changed = [name for name, old in before.network.state_dict().items() if not torch.equal(old, weights[name])]
    assert changed and all(name.startswith("light.") for name in changed)
    wider = CliRunner().invoke(light_fit.main, [*arguments, "-o", str(tmp_path / "wide.safetensors"), "--width", "40"])
    assert wider.exit_code == 0, wider.output
    wide = load_model(tmp_path / "wide.safetensors")
    assert wide.config.network.light == 40 and wide.network.light.hidden.out_features == 40
    save_model(tmp_path / "young.safetensors", TrainedModel(eyes.network, config, None, {}))
    young = CliRunner().invoke(light_fit.main, [str(tmp_path / "young.safetensors"), *arguments[1:], "-o", "x"])
    assert young.exit_code == 2 and "holds no tree: train to the end" in young.stderr and young.stderr.count("\n") == 1
