"""What quantizing leaves and says: models that come back or are refused, tables, and the commands."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from safetensors import safe_open
from safetensors.torch import save_file

from amirnet.cli import cli
from amirnet_training.checkpoint import load_model, save_model
from amirnet_training.config import dump, parse
from amirnet_training.errors import CheckpointError
from amirnet_training.quantization import loss, sqnr
from amirnet_training.quantization.calibrate import calibrate


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda weights, header: weights.pop("quantised/stem/bias"), "quantized layer stem is missing"),
        (lambda weights, header: weights.update({"quantised/stem/bias": torch.zeros(3)}), "stem is missing or of anot"),
        (lambda weights, header: weights.update({"quantised/x/bias": torch.zeros(3)}), "quantised/x/bias is no layer"),
        (lambda weights, header: weights["quantised/up/weight"].fill_(float("nan")), "quantised/up/weight is not fin"),
        (lambda weights, header: header["grid"]["weights"]["stem"].pop(), "other weight scales than its preset"),
        (lambda weights, header: header["grid"]["activations"].pop("stem"), "other steps than its preset"),
        (lambda weights, header: header.update(grid=7), "its int8 grid is broken"),
        (lambda weights, header: header.pop("grid"), "do not fit preset"),
    ],
)
def test_quantised_models_that_are_not_sound(start, network, tmp_path, change, says: str) -> None:
    model = load_model(start)
    quantized = calibrate(network.restorer, [(torch.rand(1, 3, 32, 32), torch.zeros(1, 7, 1, 1))], 64)
    file = tmp_path / "int8" / "model.safetensors"
    save_model(file, replace(model, quantized=quantized))
    loaded = load_model(file).quantized
    assert loaded is not None and loaded.grid == quantized.grid
    with safe_open(file, framework="pt") as opened:
        weights = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
        header = json.loads(opened.metadata()["amirnet"])
    change(weights, header)
    save_file(weights, file, metadata={"amirnet": json.dumps(header)})
    with pytest.raises(CheckpointError, match=r"model\.safetensors: ") as caught:
        load_model(file)
    assert says in str(caught.value) and "\n" not in str(caught.value)


def test_a_default_section_leaves_no_trace(make_config, short) -> None:
    """Runs and models from before there was such a section keep their fingerprints and their bytes."""
    assert "quantize" not in make_config().model_dump_json() and "quantize" not in dump(make_config())
    changed = short()
    assert "quantize" in changed.model_dump_json(exclude={"data": {"root", "workers"}})
    assert parse(json.loads(changed.model_dump_json()), "x") == changed


def test_the_commands(short, start, tmp_path, monkeypatch) -> None:
    config = short()
    file = tmp_path / "toy.yaml"
    file.write_text(dump(config))
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    arguments = ["train", str(file), "--quantize", "--from", str(start)]
    done = run(cli, arguments)
    assert done.exit_code == 0, done.output
    (line,) = done.stdout.splitlines()
    assert line.startswith(str(Path("runs/toy-int8/model.safetensors")) + ": quantized in 6 steps: int8 loses ")
    again = run(cli, arguments)
    assert again.exit_code == 2 and "add --resume" in again.stderr and again.stderr.count("\n") == 1
    missing = run(cli, ["train", str(file), "--quantize", "-o", "x"])
    assert missing.exit_code == 2 and "no such checkpoint" in missing.stderr and "toy" in missing.stderr

    data = ["--data", str(config.data.root)]
    table = run(loss.main, ["runs/toy-int8", *data])
    assert table.exit_code == 0, table.output
    assert table.stdout.splitlines()[0].split() == ["kind", "input", "float", "calibrated", "loss", "trained", "loss"]
    assert table.stdout.splitlines()[-1].split()[0] == "mean"
    for model in ("runs/toy-int8", str(start)):
        noise = run(sqnr.main, [model, *data])
        assert noise.exit_code == 0, noise.output
        assert noise.stdout.splitlines()[-1].startswith("worst alone: ")
    shutil.copytree(config.data.root, "damaged")
    for image in Path("damaged").rglob("*.png"):
        image.write_bytes(b"no image")
    for command in (loss.main, sqnr.main):
        bad = run(command, [str(start), "--data", "damaged"])
        assert bad.exit_code == 2 and bad.stderr.startswith("error: damaged/") and bad.stderr.count("\n") == 1
        broken = run(command, ["none", *data])
        assert broken.exit_code == 2 and broken.stderr.startswith("error: none") and broken.stderr.count("\n") == 1


def test_what_8_bits_cost_is_counted_in_pixels() -> None:
    """Results are rounded to 8 bits before they are compared, each kind has its own mean, the border is left out."""
    clean = torch.full((2, 3, 32, 32), 100 / 255)
    off = clean.clone()
    off[1] += 2.4 / 255  # rounds to two levels
    off[:, :, :2] = 1.0
    sample = loss.Sample(torch.tensor([0, 1]), off, clean, torch.zeros(2, 7, 1, 1))
    table = loss.measure({"float": lambda tile, code: tile}, [sample], ["none", "b"])
    two_levels = -20 * torch.log10(torch.tensor(2 / 255)).item()
    assert table["float"] == table["input"]
    assert table["float"]["none"] == 100 and table["float"]["b"] == pytest.approx(two_levels, abs=1e-3)
    assert table["float"]["mean"] == table["float"]["b"], "what nothing ails is not averaged in"
    clean_only = loss.measure({"float": lambda tile, code: tile}, [sample], ["none", "none"])
    assert clean_only["float"]["mean"] == clean_only["float"]["none"]
