"""Validation: the same held-out samples each time, by group, from windows or from crops."""

from __future__ import annotations

import pytest
import torch

from amirnet_training.data.items import Items
from amirnet_training.losses import psnr
from amirnet_training.network import AMIRNet, build
from amirnet_training.validation import VALIDATION_PROBES, Validation

CPU = torch.device("cpu")
WINDOWED = {"window": 64, "probe": 16}


@pytest.fixture
def network() -> AMIRNet:
    torch.manual_seed(0)
    return build("tiny", 3).eval()


def validation_of(config) -> Validation:
    made = Validation(config, CPU)
    made.prepare()
    return made


@pytest.mark.parametrize("data", [{}, WINDOWED], ids=["crops", "windows"])
def test_the_same_samples_each_time(make_config, network, data) -> None:
    config = make_config(data=data, train={"validation_items": 40})
    validation = validation_of(config)
    found = validation.measure(network)
    assert validation.measure(network) == found == validation_of(config).measure(network)
    groups = {"none", "noise", "defocus", "dark"}
    assert set(found) == groups | {f"input_{group}" for group in groups} | {"mean"}
    assert found["mean"] == pytest.approx(sum(found[group] for group in groups) / 4, abs=1e-3)
    seen = {int(item) for share in validation._batches() for item in share.item}
    assert seen == set(range(40)), "every item is looked at"
    trained = Items(config.data, 200, config.train.seed)
    assert not set(validation.items.files()) & set(trained.files())


@pytest.mark.parametrize("data", [{}, WINDOWED], ids=["crops", "windows"])
def test_the_inputs_score_is_the_damages(make_config, network, data) -> None:
    source = {"inputs": "dark", "targets": "bright", "kind": "lowlight", "weight": 1}
    validation = validation_of(make_config(data={**data, "sources": [source]}, train={"validation_items": 20}))
    values = [value for share in validation._batches()
              for value in psnr(share.degraded / 255, share.clean / 255).tolist()]  # fmt: skip
    assert len(values) == 32 and validation.measure(network)["input_dark"] == pytest.approx(sum(values) / 32, abs=1e-3)


def test_windows_are_larger_than_patches_and_hold_many_probes(make_config) -> None:
    validation = validation_of(make_config(data=WINDOWED))
    batch = next(validation._batches())
    assert batch.clean.shape[-2:] == (64, 64) and batch.probes.shape[1:] == (VALIDATION_PROBES, 3, 16, 16)
    large = validation_of(make_config(data={"window": 64, "patch": 16, "probe": 48}))
    assert next(large._batches()).clean.shape[-1] == 48, "no smaller than a probe"


def test_no_items_are_no_validation(make_config, network) -> None:
    assert validation_of(make_config(train={"validation_items": 0})).measure(network) == {}
