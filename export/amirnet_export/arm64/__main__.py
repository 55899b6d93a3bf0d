"""`python -m amirnet_export.arm64`: parity between this processor and a phone's; `make parity-arm64` calls it."""

from __future__ import annotations

import platform
import sys
import tempfile
import time
from pathlib import Path

import click

from amirnet.cli.command_group import errors_reported

from ..parity.report import BARS
from .comparison import ARM64, compare
from .question import TILE, prepare
from .report import ENCODER_BAR, render


@click.command()
@click.argument("checkpoint", type=click.Path(path_type=Path))
@click.option("--python", "arm64_python", default="build/arm64/python", show_default=True,
              type=click.Path(path_type=Path), help="A Python on 64-bit ARM; .ci/arm64.sh makes it.")  # fmt: skip
@click.option("--tile", default=TILE, show_default=True, help="Side of a tile in pixels.")
def main(checkpoint: Path, arm64_python: Path, tile: int) -> None:
    """Compare what ONNX Runtime and LiteRT make of CHECKPOINT here and on 64-bit ARM, one tile a node.

    Exit status: 0 all within the bars, 1 something is not, 2 it could not be tried.
    """
    if platform.machine() in ARM64:
        click.echo("This machine is 64-bit ARM itself: all its tests run those kernels, nothing to compare.")
        return
    with errors_reported(), tempfile.TemporaryDirectory() as folder:
        question = prepare(checkpoint, Path(folder), tile)
        grid = "from the checkpoint" if question.trained else "calibrated on these tiles (the checkpoint has none)"
        click.echo(f"{len(question.nodes)} nodes, a tile of {tile} px each; int8 grid: {grid}")
        start = time.monotonic()
        report = compare(question, arm64_python)
        click.echo(render(report))
        click.echo(f"ARM64 against {platform.machine()}, {time.monotonic() - start:.0f} s. {_bars()}")
    sys.exit(not report.holds)


def _bars() -> str:
    tiles = "; ".join(f"{name} {bar.max_levels} levels, {bar.share_over_1:.1%} over 1" for name, bar in BARS.items())
    return f"Bars of a tile: {tiles}. Of the encoder: {ENCODER_BAR:g} and the same node."


if __name__ == "__main__":
    main()
