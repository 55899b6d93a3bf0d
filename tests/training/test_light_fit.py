"""The light head fitted by itself: dark photos get brighter curves, photos that are dark on purpose none."""

from __future__ import annotations

import torch

from amirnet_training import light_fit
from amirnet_training.data_config import DataConfig
from amirnet_training.light_fit import CHOICES, PROBES, PhotoViews, fit, light_data, measure
from amirnet_training.network.light import STATISTICS, LightHead

CODE = 7


def seen(count: int = 96) -> PhotoViews:
    """Half of the photos are four times too dark, and their code says so; the others are as dark on purpose."""
    generator = torch.Generator().manual_seed(3)
    target = torch.rand(count, 3, 4, 4, generator=generator) * 0.8 + 0.1
    too_dark = torch.arange(count) % 2 == 0
    photo = target / 4
    target = torch.where(too_dark[:, None, None, None], target, photo)
    codes = torch.zeros(count, PROBES, CODE)
    codes[:, :, 0] = too_dark[:, None].float()
    statistics = photo.mean((1, 2, 3))[:, None, None].expand(count, CHOICES, STATISTICS).contiguous()
    choices = (tuple(range(PROBES)), *((index, index + 1) for index in range(CHOICES - 1)))
    return PhotoViews(codes, statistics, choices, photo, target)


def test_the_head_learns_whom_to_brighten(monkeypatch) -> None:
    monkeypatch.setattr(light_fit, "BATCH", 32)
    torch.manual_seed(1)
    head, photos, steps = LightHead(CODE), seen(), []
    before = measure(head, photos)
    fit(head, photos, 1, steps.append, 400)
    curves = head(photos.codes.mean(dim=1), photos.statistics[:, 0]).detach()
    assert steps == [1] * 400
    assert float(curves[~photos.dark].abs().max()) == 0, "what is dark on purpose stays to the level"
    lifted = light_fit.lift(photos.photo, curves)[photos.dark]
    assert float((lifted - photos.target[photos.dark]).abs().mean()) < 0.05
    assert before != measure(head, photos) and "0 brightened" in measure(head, photos)


def test_the_same_seed_fits_the_same_head() -> None:
    heads = []
    for _ in range(2):
        torch.manual_seed(1)
        heads.append(LightHead(CODE))
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
