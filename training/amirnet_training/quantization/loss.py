"""What 8 bits cost: PSNR by kind on photos held out of training, in float, after calibration alone and after training.

`python -m amirnet_training.quantization.loss CHECKPOINT --data FOLDER`
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import click
import torch
from torch import Tensor

from amirnet.cli.command_group import errors_reported

from ..config import Config
from ..data.items import Items
from ..losses import psnr
from .borders import inner
from .calibration_data import RuntimeCodes, Sample, Setting, calibration_samples, load_start, samples
from .search import calibrate_by_result

Restore = Callable[[Tensor, Tensor], Tensor]
"""Tile (N, 3, H, W) and code (N, K, 1, 1) -> restored."""
Table = dict[str, dict[str, float]]
"""Name of a restorer -> kind -> mean PSNR in dB; "mean" is over the kinds of damage: what nothing ails scores so high
that it would hide them."""


@torch.no_grad()
def measure(restorers: dict[str, Restore], batches: Iterable[Sample], kinds: list[str]) -> Table:
    """PSNR of results rounded to 8 bits, as the runtime rounds them; "input" is the photo as it was.

    Args:
        restorers: by name.
        batches: held-out samples.
        kinds: of every item.
    """
    ways: dict[str, Restore] = {"input": lambda tile, code: tile, **restorers}
    values: dict[str, dict[str, list[float]]] = {name: {} for name in ways}
    for sample in batches:
        clean = inner(sample.clean)
        for name, way in ways.items():
            pixels = torch.floor(way(sample.degraded, sample.code).clamp(0, 1) * 255 + 0.5) / 255
            for item, value in zip(sample.item.tolist(), psnr(inner(pixels), clean).tolist(), strict=True):
                values[name].setdefault(kinds[item], []).append(value)
    table = {name: {kind: sum(v) / len(v) for kind, v in sorted(found.items())} for name, found in values.items()}
    return {name: {**row, "mean": _mean(row)} for name, row in table.items()}


def _mean(row: dict[str, float]) -> float:
    counted = [value for kind, value in row.items() if kind != "none"] or [*row.values()]
    return sum(counted) / len(counted)


def held_out(codes: RuntimeCodes, config: Config) -> tuple[Iterable[Sample], list[str]]:
    """The samples that training validates on, and the kind of every item."""
    items = Items(config.data, max(1, config.train.validation_items), config.train.seed + 1, validation=True)
    return samples(codes, items, config, range(-(-len(items) // config.train.batch))), items.kinds


def render(table: Table) -> str:
    """The table as text: a row a kind, the loss against float beside each PSNR."""
    lossy = [name for name in table if name not in ("input", "float")]
    head = f"{'kind':<12}{'input':>8}{'float':>8}" + "".join(f"{name:>12}{'loss':>7}" for name in lossy)
    lines = [head]
    for kind, before in table["input"].items():
        exact = table["float"][kind]
        cells = "".join(f"{table[name][kind]:12.2f}{exact - table[name][kind]:7.2f}" for name in lossy)
        lines.append(f"{kind:<12}{before:8.2f}{exact:8.2f}{cells}")
    return "\n".join(lines)


@click.command()
@click.argument("checkpoint", type=click.Path(path_type=Path))
@click.option("--data", required=True, type=click.Path(path_type=Path), help="Folder of the training image sets.")
def main(checkpoint: Path, data: Path) -> None:
    """Measure what 8 bits cost the restorer of CHECKPOINT (a model.safetensors or its run folder).

    PSNR in dB of patches from photos held out of training, by kind: restored in float, on the grid of a calibration
    alone, and, if CHECKPOINT was quantized, on the grid that it holds.
    """
    with errors_reported():
        model, restorer, tree = load_start(checkpoint)
        config, items, codes = Setting.of(model, tree, data)
        calibrated = calibrate_by_result(restorer, calibration_samples(codes, items, config), tree["grid"])
        ways: dict[str, Restore] = {"float": restorer, "calibrated": calibrated}
        if model.quantized is not None:
            ways["trained"] = model.quantized
        click.echo(render(measure(ways, *held_out(codes, config))))


if __name__ == "__main__":
    main()
