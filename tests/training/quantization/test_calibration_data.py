"""What a model is quantized on: training's windows, patches with context, and photos under their own tone curves."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from amirnet.runtime.light_curve import LightCurve
from amirnet_training.config import Config
from amirnet_training.errors import DataError
from amirnet_training.network.light import level_statistics
from amirnet_training.quantization.calibration_data import (
    RuntimeCodes,
    Sample,
    quantization_items,
    samples,
    with_context,
)
from amirnet_training.quantization.loss import held_out
from amirnet_training.quantization.trainer import QuantizationTrainer

WINDOWED = {"window": 64, "probe": 16, "items": 12}


@pytest.fixture
def codes(network, tree) -> RuntimeCodes:
    torch.nn.init.normal_(network.light.output.weight, std=0.3)  # it hardly brightens to begin with
    return RuntimeCodes(network, tree, 16)


def made(codes: RuntimeCodes, config: Config, steps: range = range(3), rank: int = 0, world: int = 1) -> list[Sample]:
    config = with_context(config)
    return list(samples(codes, quantization_items(config), config, steps, rank, world))


def equal(one: list[Sample], other: list[Sample]) -> bool:
    return len(one) == len(other) and all(
        torch.equal(a, b) for x, y in zip(one, other, strict=True) for a, b in zip(x, y, strict=True)
    )


def test_patches_are_half_as_large_again_and_batches_half(make_config, short) -> None:
    for data, wanted in (({}, 48), ({"window": 64}, 48), ({"window": 32}, 32), ({"patch": 64, "window": 96}, 96)):
        config = with_context(make_config(data=data))
        assert config.data.patch == wanted and config.train.batch == 2
    assert with_context(short(quantize={"batch": 3})).train.batch == 3
    assert with_context(make_config(train={"batch": 1})).train.batch == 1


def test_the_first_items_of_training_are_used(make_config, short) -> None:
    assert len(quantization_items(make_config())) == 40
    few = quantization_items(short(quantize={"items": 5}))
    assert few.items == quantization_items(make_config()).items[:5]


@pytest.mark.parametrize("data", [{}, WINDOWED], ids=["crops", "windows"])
def test_samples_are_the_same_whatever_the_workers_and_the_first_step(make_config, network, tree, data) -> None:
    config = make_config(data=data)
    codes = RuntimeCodes(network, tree, config.data.probe_side)
    whole = made(codes, config)
    assert equal(whole, made(codes, make_config(data={**data, "workers": 2})))
    assert equal(whole[1:], made(codes, config, range(1, 3)))
    shares = [made(codes, config, rank=rank, world=2) for rank in (0, 1)]
    for step, sample in enumerate(whole):
        assert torch.equal(torch.cat([share[step].item for share in shares]), sample.item)
    assert multiprocessing.active_children() == []


def test_photos_come_under_the_tone_curves_of_the_runtime(make_config, codes) -> None:
    config = make_config(data=WINDOWED)
    seen: list[torch.Tensor] = []
    lifted = codes.lifted

    def note(tiles: torch.Tensor, probes: torch.Tensor, code: torch.Tensor) -> torch.Tensor:
        seen.append(tiles)
        statistics = level_statistics(probes)
        with torch.no_grad():
            curves.extend(codes.network.light(code[:, :, 0, 0], statistics).double().tolist())
        return lifted(tiles, probes, code)

    curves: list[list[float]] = []
    codes.lifted = note
    found = made(codes, config)
    tiles, shown = torch.cat(seen), torch.cat([sample.degraded for sample in found])
    assert shown.shape == (6, 3, 48, 48) and torch.tensor(curves).max() > 0.05
    for tile, result, curve in zip(tiles, shown, curves, strict=True):
        pixels = (tile * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
        wanted = torch.from_numpy(LightCurve.of(curve[:3], curve[3:]).applied(pixels).copy()).permute(2, 0, 1)
        assert torch.equal((result * 255).round().to(torch.uint8), wanted)


def test_held_out_windows_are_of_other_photos(make_config, codes) -> None:
    config = with_context(make_config(data=WINDOWED))
    batches, kinds = held_out(codes, config)
    found = list(batches)
    assert len(kinds) == config.train.validation_items and sum(len(sample.item) for sample in found) >= len(kinds)
    assert found[0].clean.shape == (2, 3, 48, 48)


def test_a_photo_that_cannot_be_used_is_one_line(make_config, codes, make_photo, write_photo, tmp_path) -> None:
    write_photo(tmp_path / "photos" / "a.png", make_photo(1))
    source = {"clean": ["photos"], "weight": 1, "degradations": {"noise": 1}}
    config = make_config(data={**WINDOWED, "root": str(tmp_path), "sources": [source]})
    write_photo(tmp_path / "photos" / "a.png", make_photo(1)[:20])
    with pytest.raises(DataError, match=r"a\.png: smaller than 33 px") as caught:
        made(codes, config)
    assert "\n" not in str(caught.value)


def tensors(folder: Path) -> dict[str, torch.Tensor]:
    with safe_open(folder / "model.safetensors", framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def test_training_on_windows_is_resumed_to_the_bit(short, start, tmp_path, train_until) -> None:
    config = short(data=WINDOWED, quantize={"batch": 2, "items": 8})
    QuantizationTrainer(config, start, tmp_path / "whole").run()
    folder = tmp_path / "stopped"
    train_until(QuantizationTrainer(config, start, folder), 3)
    QuantizationTrainer(config, start, folder, resume=True).run()
    one, other = tensors(folder), tensors(tmp_path / "whole")
    assert one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in other)
    assert multiprocessing.active_children() == []
