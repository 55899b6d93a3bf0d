"""What the degradations cost: ``python -m amirnet_training.degradations.cost``."""

from __future__ import annotations

import time
from functools import partial

import click
import cv2
import numpy as np

from . import KINDS, draw
from .registry import Draw, variants


def cost(make: Draw, side: int, count: int) -> list[float]:
    """Milliseconds of ``count`` random degradations, each of a window of ``side`` pixels and its margin."""
    times = []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        degradation = make(rng)
        width = side + 2 * degradation.margin
        window = rng.integers(0, 256, (width, width, 3)).astype(np.uint8)
        begin = time.perf_counter()
        degradation(degradation.target(window), rng)
        times.append(1e3 * (time.perf_counter() - begin))
    return times


@click.command()
@click.option("--side", default=256, show_default=True, help="Pixels of a window, without its margin.")
@click.option("--count", default=60, show_default=True, help="Degradations timed of each variant.")
def main(side: int, count: int) -> None:
    """Prints mean and worst time on one core, for each variant and for each kind as it is drawn."""
    cv2.setNumThreads(1)
    print(f"ms a {side} px window        mean   worst")
    for kind in KINDS:
        rows: list[tuple[str, Draw]] = [(f"{kind}: {one.name}", one.draw) for one in variants(kind)]
        rows.append((f"{kind}, as drawn", partial(draw, kind, common_noise=0.4, recompressed=0.25)))
        for name, make in rows:
            times = cost(make, side, count)
            print(f"{name:26}{np.mean(times):7.1f} {max(times):7.1f}")


if __name__ == "__main__":
    main()
