"""The command that made ``profile.json`` from measurements of the SIDD photos.

    python -m amirnet_training.degradations.make_profile --profile sidd_noise_profile.json

It reads, for each scene instance, rows of level, bias and deviation a channel, and keeps both at eight levels. Where
an instance has no pixels at a level, the mean course over all instances is continued from its nearest measured one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import numpy as np

KNOTS = (8, 24, 48, 80, 120, 160, 208, 248)
"""Levels (0-255) at which a course is kept."""
SHRUNK = 0.83
"""The copies that were measured had been resized; their deviation is this share of the full photos'."""


def _course(rows: list[list[float]], column: int) -> tuple[np.ndarray, np.ndarray]:
    """Values at `KNOTS`, and which of them lie within what was measured."""
    table = np.array(rows)
    inside = (table[0, 0] - 12 <= np.array(KNOTS)) & (np.array(KNOTS) <= table[-1, 0] + 12)
    return np.interp(KNOTS, table[:, 0], table[:, column]), inside


def compact(profile: dict[str, Any]) -> dict[str, Any]:
    """The package's data from the whole measurement."""
    instances = list(profile["instances"].values())
    courses = [[_course(one["level_bias_std"][c], 2) for c in "RGB"] for one in instances]
    values = np.array([[course for course, _ in one] for one in courses])  # (instances, 3, knots)
    inside = np.array([[known for _, known in one] for one in courses])
    logs = np.where(inside, np.log(np.maximum(values, 0.3)), np.nan)
    # By steps from level to level, so that it does not matter which levels an instance has.
    typical = np.pad(np.cumsum(np.nanmean(np.diff(logs, axis=2), axis=0), axis=1), ((0, 0), (1, 0)))
    for instance, channel in np.ndindex(values.shape[:2]):
        course, shape = values[instance, channel], np.exp(typical[channel])
        known = np.flatnonzero(inside[instance, channel])
        for knot in np.flatnonzero(~inside[instance, channel]):
            near = known[np.argmin(np.abs(known - knot))]
            course[knot] = course[near] * shape[knot] / shape[near]
    biases = np.array([[_course(one["level_bias_std"][c], 1)[0] for c in "RGB"] for one in instances])
    biases[~inside] = 0  # a shift that nobody measured is not made up
    return {
        "source": "Noise of the SIDD photos (Abdelhamed et al., CVPR 2018; MIT licence) as measured on copies: "
        "deviation and bias by level in tenths of a level (8-bit sRGB), red, green, blue, at the levels `knots`; "
        "correlations red-green, red-blue, green-blue in hundredths; `spatial`: correlations at dy, dx of -2..2.",
        "knots": KNOTS,
        "spatial": profile["spatial"],
        "instances": [
            {
                "iso": one["iso"],
                "deviation": np.rint(deviation / SHRUNK * 10).astype(int).ravel().tolist(),
                "bias": np.rint(bias * 10).astype(int).ravel().tolist(),
                "colours": [round(100 * value) for value in one["corr_RG_RB_GB"]],
            }
            for one, deviation, bias in zip(instances, values, biases, strict=True)
        ],
    }


@click.command()
@click.option("--profile", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path(__file__).with_name("profile.json"))
def main(profile: Path, out: Path) -> None:
    """Writes the compact profile."""
    text = json.dumps(compact(json.loads(profile.read_text())), separators=(",", ":"))
    out.write_text(text.replace('{"iso"', '\n{"iso"') + "\n")
    print(f"{out}: {len(text)} bytes")


if __name__ == "__main__":
    main()
