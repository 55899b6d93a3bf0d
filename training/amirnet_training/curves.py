"""A run's log as a picture: `python -m amirnet_training.curves RUN_FOLDER -o curves.png`."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import click
import matplotlib

from amirnet.cli.command_group import errors_reported
from amirnet.photo.atomic_file import write_file

from .errors import DataError
from .runlog import read

matplotlib.use("Agg")
from matplotlib import pyplot as plt


def draw(records: list[dict[str, Any]]) -> bytes:
    """PNG bytes: loss, PSNR of the training patches by kind, and gain over the input on held-out photos by kind."""
    steps = [record for record in records if "loss" in record]
    checks = [record for record in records if record.get("validation")]
    growth = [record["step"] for record in records if "growth" in record]
    figure, axes = plt.subplots(1, 3, figsize=(15, 4.6), constrained_layout=True)
    x = [record["step"] for record in steps]
    axes[0].plot(x, _smooth([record["loss"] for record in steps]), color="#334e68")
    axes[0].set_yscale("log")
    axes[0].set_title("loss (training patches)")
    for colour, kind in enumerate(sorted({kind for record in steps for kind in record["psnr_by_kind"]})):
        known = [(record["step"], record["psnr_by_kind"][kind]) for record in steps if kind in record["psnr_by_kind"]]
        if kind != "none":  # a clean patch scores 50 dB and more: it would flatten the others
            axes[1].plot([s for s, _ in known], _smooth([v for _, v in known]), label=kind, color=f"C{colour}")
        gains = [(r["step"], r["validation"][kind] - r["validation"][f"input_{kind}"])
                 for r in checks if kind in r["validation"] and kind != "none"]  # fmt: skip
        axes[2].plot([s for s, _ in gains], [v for _, v in gains], marker=".", label=kind, color=f"C{colour}")
    axes[1].set_title("PSNR of training patches, dB")
    axes[1].legend(fontsize="small")
    axes[2].set_title("gain over the input, dB (photos held out of training)")
    axes[2].axhline(0, color="#999999", linewidth=0.8)
    for axis in axes:
        axis.set_xlabel("step")
        axis.grid(alpha=0.3)
        for step in growth:
            axis.axvline(step, color="#c0a060", linewidth=0.8, linestyle=":")
    figure.suptitle("dotted: the tree grows a level", fontsize="small", x=0.01, ha="left")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    plt.close(figure)
    return buffer.getvalue()


def _smooth(values: list[float], window: int = 9) -> list[float]:
    return [sum(values[max(0, i - window + 1) : i + 1]) / len(values[max(0, i - window + 1) : i + 1])
            for i in range(len(values))]  # fmt: skip


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("curves.png"), show_default=True)
def main(run: Path, output: Path) -> None:
    """Draw the training log of the folder RUN."""
    with errors_reported():
        records = read(run / "log.jsonl")
        if not any("loss" in record for record in records):
            raise DataError(f"{run / 'log.jsonl'}: no training record in it: name the folder of a run")
        write_file(output, draw(records))


if __name__ == "__main__":
    main()
