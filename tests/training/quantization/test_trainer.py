"""Quantization-aware training in this process: it gains on calibration, resumes to the bit, refuses what it must."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open

from amirnet_training.checkpoint import TrainedModel, load_model, save_model
from amirnet_training.config import Config, portable
from amirnet_training.data.items import Items
from amirnet_training.errors import CheckpointError
from amirnet_training.losses import restoration_loss
from amirnet_training.network import build
from amirnet_training.quantization.borders import inner
from amirnet_training.quantization.calibration_data import (
    RuntimeCodes,
    calibration_samples,
    load_start,
    samples,
    with_context,
)
from amirnet_training.quantization.search import calibrate_by_result
from amirnet_training.quantization.trainer import QuantizationTrainer
from amirnet_training.runlog import read


class Stopped(Exception):
    pass


def train_until(config: Config, start: Path, folder: Path, step: int, resume: bool = False) -> None:
    """Trains, and gives up when ``step`` is done and before anything is written about it, as a kill would."""
    trainer = QuantizationTrainer(config, start, folder, resume=resume)
    after = trainer._after_step

    def stop(*arguments: Any) -> None:
        if trainer.step == step:
            raise Stopped
        after(*arguments)

    trainer._after_step = stop  # type: ignore[method-assign]
    with pytest.raises(Stopped):
        trainer.run()


def tensors(folder: Path) -> dict[str, torch.Tensor]:
    with safe_open(folder / "model.safetensors", framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def test_a_quantised_model_beside_the_float_one(short, start, tree, tmp_path) -> None:
    config, folder = short(), tmp_path / "int8"
    made = QuantizationTrainer(config, start, folder).run()
    whole, before = tensors(folder), tensors(start)
    assert all(torch.equal(whole[name], value) for name, value in before.items()), "float weights are as they were"
    found = load_model(folder)
    assert found.quantized is not None and made.quantized is not None
    assert found.quantized.grid == made.quantized.grid
    tile, code = torch.rand(1, 3, 32, 32), torch.full((1, 7, 1, 1), 0.25)
    assert torch.equal(found.quantized(tile, code), made.quantized(tile, code))
    assert found.tree == tree and found.config == portable(config)
    assert found.facts["steps"] == 8 and found.facts["quantization"]["steps"] == 6
    save_model(tmp_path / "again" / "model.safetensors", found)
    assert (tmp_path / "again" / "model.safetensors").read_bytes() == (folder / "model.safetensors").read_bytes()

    records = read(folder / "log.jsonl")
    assert [record["step"] for record in records if "loss" in record] == [2, 4, 6]
    checks = [record for record in records if "validation" in record]
    assert [record["step"] for record in checks] == [0, 4, 6]
    assert set(checks[0]["validation_float"]) <= set(checks[0]["validation"])
    assert not list(folder.glob(".*")), "nothing half-written is left"


def test_an_8_bit_restorer_is_trained_on(short, start, tmp_path) -> None:
    first = QuantizationTrainer(short(), start, tmp_path / "first").run().quantized
    kept = QuantizationTrainer(short(quantize={"begin": "trained", "steps": 0}), tmp_path / "first", tmp_path / "kept")
    found = kept.run().quantized
    assert found.grid.activations == first.grid.activations
    assert all(torch.equal(layer.weight, first.layers[name].weight) for name, layer in found.layers.items())
    config = short(quantize={"begin": "trained", "learning_rate": 1e-3})
    on = QuantizationTrainer(config, tmp_path / "first", tmp_path / "on")
    learnt = on.run().quantized
    ended = read(tmp_path / "first" / "log.jsonl")[-1]["validation"]
    begun = read(tmp_path / "on" / "log.jsonl")[0]["validation"]
    assert begun["mean"] == pytest.approx(ended["mean"], abs=0.1), "the scales of weights follow the weights again"
    assert any(not torch.equal(layer.weight, first.layers[name].weight) for name, layer in learnt.layers.items())
    with pytest.raises(CheckpointError, match=r"holds no 8-bit restorer to train on: set quantize.begin to calibrated"):
        QuantizationTrainer(config, start, tmp_path / "none")


def test_stopped_and_resumed_equals_undisturbed_to_the_bit(short, start, tmp_path) -> None:
    config, whole, folder = short(), tmp_path / "whole", tmp_path / "stopped"
    QuantizationTrainer(config, start, whole).run()
    train_until(config, start, folder, 3)  # scales still learn
    train_until(config, start, folder, 5, resume=True)  # frozen since step 4
    QuantizationTrainer(config, start, folder, resume=True).run()
    one, other = tensors(folder), tensors(whole)
    assert one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in other)
    resumed, undisturbed = load_model(folder).quantized, load_model(whole).quantized
    assert resumed is not None and undisturbed is not None and resumed.grid == undisturbed.grid
    log = [{k: v for k, v in r.items() if k not in ("seconds", "waiting")} for r in read(folder / "log.jsonl")]
    assert log == [{k: v for k, v in r.items() if k not in ("seconds", "waiting")} for r in read(whole / "log.jsonl")]


def test_scales_learn_and_then_stand_still(short, start, tmp_path) -> None:
    trainer = QuantizationTrainer(short(quantize={"steps": 8, "frozen": 0.5}), start, tmp_path / "run")
    grids, after = [], trainer._after_step

    def note(*arguments: Any) -> None:
        grids.append(trainer.program.to_restorer().grid)
        after(*arguments)

    trainer._after_step = note  # type: ignore[method-assign]
    trainer.run()
    assert grids[0].activations != grids[1].activations and grids[2].activations != grids[3].activations
    assert grids[3].activations == grids[7].activations
    assert grids[4] == grids[5] == grids[6] == grids[7] and grids[3].weights != grids[2].weights


def test_no_steps_are_the_calibration(short, start, tmp_path) -> None:
    config = short(quantize={"steps": 0}, train={"validation_items": 0})
    made = QuantizationTrainer(config, start, tmp_path / "run").run()
    model, restorer, tree = load_start(start)
    larger = with_context(config)
    items = Items(larger.data, config.data.items, config.train.seed)
    batches = calibration_samples(RuntimeCodes(model.network, tree, config.data.patch), items, larger)
    assert made.quantized is not None and made.facts["quantization"]["steps"] == 0
    assert made.quantized.grid == calibrate_by_result(restorer, batches, 64).grid


@pytest.mark.slow
@pytest.mark.parametrize(("target", "rate", "bar"), [("clean", 1e-3, 0.95), ("float", 1e-4, 0.95)])
def test_training_gains_on_calibration(short, start, tmp_path, target: str, rate: float, bar: float) -> None:
    """On other crops of the photos that it trained on, the int8 restorer is better than by calibration alone."""
    quantize = {"steps": 120, "learning_rate": rate, "batches": 4, "node_share": 0.0, "balance": 0.0, "target": target}
    config = short(quantize=quantize, train={"batch": 8, "validation_items": 0})
    trained = QuantizationTrainer(config, start, tmp_path / "run").run().quantized
    model, restorer, tree = load_start(start)
    larger = with_context(config)
    items = Items(larger.data, config.data.items, config.train.seed)
    codes = RuntimeCodes(model.network, tree, config.data.patch)
    calibrated = calibrate_by_result(restorer, calibration_samples(codes, items, larger), 64)
    losses = []
    for quantized in (calibrated, trained):
        assert quantized is not None
        parts = []
        for s in samples(codes, items, larger, range(90, 94)):
            with torch.no_grad():
                wanted = s.clean if target == "clean" else restorer(s.degraded, s.code).clamp(0, 1)
            found = quantized(s.degraded, s.code)
            parts.append(restoration_loss(inner(found), inner(wanted), balance=0, ssim_share=0.15))
        losses.append(float(torch.cat(parts).mean()))
    assert losses[1] < bar * losses[0]


def test_codes_are_those_of_the_runtime(network, tree) -> None:
    codes = RuntimeCodes(network, tree)
    probes = torch.rand(5, 2, 3, 32, 32)
    found = codes(probes, range(5)).flatten(1)
    place = network.place(probes.flatten(0, 1))
    for row, mask, code in zip(found, *(t.view(5, 2, -1).mean(dim=1) for t in (place.mask, place.code)), strict=True):
        leaf = 1 + int(mask[2] > mask[1])
        assert torch.allclose(row[:3], code[:3], atol=0.5 / 64 + 1e-6), "its own code, rounded"
        assert torch.equal(row * 64, (row * 64).round())
        assert row[3:].tolist() == tree["nodes"][leaf]["code"][3:], "below the tree what the node has stored"
    stored = RuntimeCodes(network, tree, share=1.0, seed=3)(probes, range(5)).flatten(1)
    assert all(row.tolist() in [node["code"] for node in tree["nodes"]] for row in stored)
    again = RuntimeCodes(network, tree, share=1.0, seed=3)(probes, range(5)).flatten(1)
    around = torch.nn.functional.pad(probes, (8, 8, 8, 8), value=0.5)
    assert torch.equal(RuntimeCodes(network, tree, size=32)(around, range(5)).flatten(1), found), "only the middle"
    assert torch.equal(stored, again)
    some = RuntimeCodes(network, tree, share=0.5)(probes, range(5)).flatten(1)
    assert 0 < sum(torch.equal(one, own) for one, own in zip(some, found, strict=True)) < 5


def test_models_that_cannot_be_quantized(short, start, network, tree, make_config, tmp_path) -> None:
    def refused(says: str, folder: Path = start, config: Config | None = None) -> None:
        with pytest.raises(CheckpointError, match=says) as caught:
            QuantizationTrainer(config or short(), folder, tmp_path / "run")
        assert "\n" not in str(caught.value) and not (tmp_path / "run").exists()

    def saved(name: str, model: TrainedModel) -> Path:
        save_model(tmp_path / name / "model.safetensors", model)
        return tmp_path / name

    model = load_model(start)
    refused("none: no such checkpoint", tmp_path / "none")
    refused("holds no tree: train to the end", saved("no tree", replace(model, tree=None)))
    refused("preset 'tiny' with 3 levels, the configuration says 'tiny' with 2",
            config=short(network={"levels": 2}, tree={"grow_at": [3]}))  # fmt: skip
    paper = make_config(network={"preset": "paper", "width": 4})
    refused("preset 'paper' has no 8-bit form", saved("paper", TrainedModel(build("paper", 3, 4), paper, tree, {})))
    network.restorer.stem.weight[0, 0, 0, 0] = float("nan")
    refused("weight restorer.stem.weight is not finite", saved("nan", replace(model, network=network)))


def test_another_run_is_not_resumed(short, start, network, tmp_path) -> None:
    config, folder = short(), tmp_path / "run"
    with pytest.raises(CheckpointError, match="no checkpoint to resume from"):
        QuantizationTrainer(config, start, folder, resume=True)
    QuantizationTrainer(config, start, folder).run()
    with pytest.raises(CheckpointError, match="holds a run already: add --resume"):
        QuantizationTrainer(config, start, folder)
    with pytest.raises(CheckpointError, match="another configuration or from another model"):
        QuantizationTrainer(short(quantize={"learning_rate": 1e-3}), start, folder, resume=True)
    network.restorer.stem.bias += 1
    save_model(tmp_path / "other" / "model.safetensors", replace(load_model(start), network=network))
    with pytest.raises(CheckpointError, match="another configuration or from another model"):
        QuantizationTrainer(config, tmp_path / "other", folder, resume=True)
    with pytest.raises(CheckpointError, match="not a training checkpoint"):
        torch.save({"step": 1}, folder / "checkpoint.pt")
        QuantizationTrainer(config, start, folder, resume=True)
