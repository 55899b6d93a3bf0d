"""`amirnet train` and `amirnet evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from amirnet.cli.console import say

from .evaluate_command import evaluate

__all__ = ["evaluate", "train"]

if TYPE_CHECKING:
    from .config import Config


@click.command()
@click.argument("config", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Run folder. [default: runs/NAME of the config]")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the image sets, instead of data.root.")
@click.option("--resume", is_flag=True, help="Go on from the run folder's checkpoint.")
@click.option("--quantize", is_flag=True, help="Train the finished model's restorer on for 8 bits, as a new run.")
@click.option("--from", "start", type=click.Path(path_type=Path), metavar="CHECKPOINT",
              help="A model to train on from, tree included; for --quantize the finished one.")  # fmt: skip
def train(
    config: Path, output: Path | None, data: Path | None, resume: bool, quantize: bool, start: Path | None
) -> None:
    """Train the model that CONFIG describes: a YAML file, or the name of a shipped one such as mobile.

    The run folder gets checkpoint.pt (to resume from), log.jsonl, a TensorBoard log, and at the end model.safetensors,
    which `amirnet export` takes. Under torchrun all processes train together. With --from the weights and the tree of
    another model are trained on, for one's own camera say; a run that began so is resumed without it. With --quantize
    the run folder is runs/NAME-int8, and its model holds the float network as it was beside the restorer for 8 bits.
    """
    from .config import load, with_root

    settings = load(config)
    if data is not None:
        settings = with_root(settings, data)
    if quantize:
        _quantize(settings, start or Path("runs") / settings.name, output, resume)
        return
    from .trainer import Trainer

    folder = output or Path("runs") / settings.name
    trainer = Trainer(settings, folder, resume=resume, start=start)
    trainer.run()
    if trainer.fabric.is_global_zero:
        say(f"{folder / 'model.safetensors'}: trained {settings.train.steps} steps")


def _quantize(settings: Config, start: Path, output: Path | None, resume: bool) -> None:
    from .quantization.trainer import QuantizationTrainer

    folder = output or Path("runs") / f"{settings.name}-int8"
    trainer = QuantizationTrainer(settings, start, folder, resume=resume)
    trainer.run()
    if trainer.fabric.is_global_zero:
        lost = f": int8 loses {trainer.losses[-1]:.2f} dB on held-out photos" if trainer.losses else ""
        say(f"{folder / 'model.safetensors'}: quantized in {settings.quantize.steps} steps{lost}")
