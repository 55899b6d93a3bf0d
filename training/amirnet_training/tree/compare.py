"""What each growing policy makes of the same features: `python -m amirnet_training.tree.compare CONFIG --data FOLDER`.

Trains the configured network for a few steps without growing, so that no policy has shaped the encoder, and then grows
the whole tree once with each policy. Kinds are known for synthetic degradations; they are used for the table only.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
import numpy as np

from amirnet.cli.command_group import errors_reported

from .. import progress as bars
from ..config import Config, load, with_root
from ..trainer import Trainer
from .features import item_features
from .growth import grow, purity
from .policy import POLICIES, Features


def table(features: Features, kinds: list[str], levels: int, min_share: float, seed: int) -> dict[str, list[float]]:
    """Policy -> purity by kind after each level below the root, in [0, 1]. Camera noise counts as noise."""
    merged = ["noise" if kind == "camera" else kind for kind in kinds]
    rows: dict[str, list[float]] = {}
    for policy in POLICIES:
        labels = np.zeros(len(features), dtype=np.int64)
        rows[policy] = []
        for _ in range(levels - 1):
            labels = grow(features, labels, policy, min_share, seed).labels
            rows[policy].append(purity(labels, merged))
    return rows


def early_features(config: Config, steps: int) -> tuple[Features, list[str]]:
    """Item features of an encoder trained for ``steps`` steps by restoration alone, and the items' kinds."""
    tree = config.tree.model_copy(update={"grow_at": []})
    train = config.train.model_copy(update={"steps": steps, "validation_items": 0})
    short = config.model_copy(update={"tree": tree, "train": train})
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(short, Path(folder) / "run")
        trainer.train()
        with bars.task("features", len(trainer.items)) as advance:
            found = item_features(trainer.averaged(), trainer.crops, tree.crops, steps, advance)
    return found.astype(np.float64), trainer.items.kinds


@click.command()
@click.argument("config", type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the image sets, instead of data.root.")
@click.option("--steps", default=400, show_default=True, type=click.IntRange(min=1))
def main(config: Path, data: Path | None, steps: int) -> None:
    """Print the purity that each growing policy reaches, level by level."""
    with errors_reported():
        settings = load(config)
        if data is not None:
            settings = with_root(settings, data)
        features, kinds = early_features(settings, steps)
    levels, tree = settings.network.levels, settings.tree
    click.echo(f"{'policy':<12}" + "".join(f"{2**level:>5} nodes" for level in range(1, levels)))
    for policy, values in table(features, kinds, levels, tree.min_share, settings.train.seed).items():
        click.echo(f"{policy:<12}" + "".join(f"{value:11.3f}" for value in values))


if __name__ == "__main__":
    main()
