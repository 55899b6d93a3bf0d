"""Which steps 8 bits hurt: a table of signal-to-quantization-noise ratios.

`python -m amirnet_training.quantization.sqnr CHECKPOINT --data FOLDER`
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import click
import torch
from torch import Tensor

from amirnet.cli.command_group import errors_reported

from ..program.restorer import restore, step_names
from ..program.torch_steps import FloatSteps
from .borders import inner
from .calibration_data import Setting, calibration_samples, load_start, samples
from .grid import FIXED, HIGH, LOW
from .int8_steps import QuantizedRestorer
from .search import calibrate_by_result

WORST = 5
"""Steps that are named below the table."""


@dataclass(frozen=True)
class Row:
    """One step. All ratios are in dB, infinite where nothing was lost."""

    step: str
    """Its name in the program."""
    own: float
    """The step's float values against the same values on its grid: what its scale and its clipping lose."""
    carried: float
    """Its float values against what the whole int8 program computes there: what all steps so far have lost."""
    alone: float
    """PSNR between the float result and the result when this step and its weights alone are on their grid."""


@torch.no_grad()
def table(restorer: QuantizedRestorer, tile: Tensor, code: Tensor | None) -> list[Row]:
    """Ratios of every step for ``tile`` (N, 3, H, W) and ``code`` (N, K, 1, 1), in the program's order.

    The float reference computes with the restorer's own weights, unrounded, and clips what a photo clips.
    """
    exact = _Clipped(restorer.layers, restorer.blocks, keep=True)
    rounded = restorer.steps(keep=True)
    result = restore(exact, tile, code)
    restore(rounded, tile, code)
    assert exact.kept is not None and rounded.kept is not None
    rows = []
    for name in step_names(restorer.blocks, steered=code is not None):
        signal = inner(exact.kept[name])
        own = _ratio(signal, restorer.grid.activations[name].fake(signal))
        alone = restore(_OneStep(restorer, name), tile, code)
        error = float((inner(alone) - inner(result)).square().mean())
        psnr = -10 * math.log10(error) if error > 0 else math.inf
        rows.append(Row(name, own, _ratio(signal, inner(rounded.kept[name])), psnr))
    return rows


class _Clipped(FloatSteps):
    """Float, with the steps on a grid of pixels clipped to their range, but not rounded."""

    def _done(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        if name in FIXED:
            params = FIXED[name]
            low, high = ((end - params.zero_point) * params.scale for end in (LOW, HIGH))
            value = value.clamp(low, high)
        return super()._done(name, value, relu=relu)


class _OneStep(_Clipped):
    """Float but for one step, which has its weights and its result on the grid."""

    def __init__(self, restorer: QuantizedRestorer, only: str) -> None:
        layers = {name: (restorer.rounded() if name == only else restorer.layers)[name] for name in restorer.layers}
        super().__init__(layers, restorer.blocks)
        self.only, self.params = only, restorer.grid.activations[only]

    def _done(self, name: str, value: Tensor, *, relu: bool = False) -> Tensor:
        value = super()._done(name, value, relu=relu)
        return self.params.fake(value) if name == self.only else value


def _ratio(signal: Tensor, noisy: Tensor) -> float:
    power, noise = float(signal.square().mean()), float((noisy - signal).square().mean())
    if noise == 0:
        return math.inf
    return 10 * math.log10(power / noise) if power > 0 else -math.inf


def render(rows: list[Row]) -> str:
    """The table as text, and the steps whose rounding alone changes the result most."""
    width = max(len(row.step) for row in rows) + 2
    lines = [f"{'step':<{width}}{'own':>8}{'carried':>9}{'alone':>8}"]
    for row in rows:
        own, carried, alone = (_number(value) for value in (row.own, row.carried, row.alone))
        lines.append(f"{row.step:<{width}}{own:>8}{carried:>9}{alone:>8}")
    worst = sorted(rows, key=lambda row: row.alone)[:WORST]
    lines.append("worst alone: " + ", ".join(f"{row.step} {_number(row.alone)} dB" for row in worst))
    return "\n".join(lines)


def _number(ratio: float) -> str:
    return "exact" if ratio == math.inf else f"{ratio:.1f}"


@click.command()
@click.argument("checkpoint", type=click.Path(path_type=Path))
@click.option("--data", required=True, type=click.Path(path_type=Path), help="Folder of the training image sets.")
def main(checkpoint: Path, data: Path) -> None:
    """Print what each step of the restorer of CHECKPOINT loses in 8 bits, in dB.

    Columns: what the step's own grid loses, what all steps up to it lose together, and how far the result moves when
    that step alone is rounded (PSNR). A checkpoint that was not quantized is calibrated first.
    """
    with errors_reported():
        model, restorer, tree = load_start(checkpoint)
        config, items, codes = Setting.of(model, tree, data)
        quantized = model.quantized
        if quantized is None:
            quantized = calibrate_by_result(restorer, calibration_samples(codes, items, config), tree["grid"])
        last = config.quantize.batches
        (sample,) = samples(codes, items, config, range(last, last + 1))
        click.echo(render(table(quantized, sample.degraded, sample.code)))


if __name__ == "__main__":
    main()
