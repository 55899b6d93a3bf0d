"""`python -m amirnet_benchmarks.kills`: real SIGKILLs at random moments of exports, restorations and trainings. Nothing
may be lost by one, and nothing may be left behind after the next run."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import click

READY = "ready"
"""What a child prints before it begins what may be killed, over and over again."""
EXPORT = """
import sys
from pathlib import Path
from amirnet_benchmarks.kills import export_once
export_once(Path(sys.argv[1]), 0)
for number in range(1, 10_000):
    print("ready", flush=True)
    export_once(Path(sys.argv[1]), number)
"""
RESTORE = """
import sys
from amirnet import Restorer
restorer = Restorer.from_bundle("mobile")
result = restorer.restore(sys.argv[1])
for number in range(10_000):
    print("ready", flush=True)
    result.save(sys.argv[2])
"""
CONFIG = {
    "name": "kills",
    "network": {"preset": "tiny", "levels": 3},
    "data": {
        "patch": 32, "probes": 2, "items": 40, "holdout": 0.2, "workers": 0,
        "sources": [{"clean": ["clean"], "weight": 1.0, "degradations": {"none": 0.5, "noise": 0.5}}],
    },
    "tree": {"grow_at": [60, 120], "crops": 2, "prototype_from": 80, "prototype_share": 0.5},
    "train": {"seed": 3, "steps": 1_000_000, "batch": 4, "warmup": 2, "threads": 1, "log_every": 1,
              "checkpoint_every": 1, "validate_every": 1_000_000, "validation_items": 4},
}  # fmt: skip
"""A training that writes a checkpoint a step."""


class Kills(NamedTuple):
    """What was tried, and what came of it."""

    what: str
    """What was killed."""
    kills: int
    """How often."""
    lost: int
    """How many lost something."""
    left: int
    """After how many something was left behind by the next run."""


def export_once(target: Path, number: int) -> None:
    """Writes the shipped bundle under another name in its manifest."""
    from amirnet.bundle.bundle_files import MANIFEST
    from amirnet.bundle.model_bundle import SHIPPED
    from amirnet_export.bundle_writer import write_bundle

    folder = SHIPPED / "mobile"
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    manifest = json.loads(files.pop(MANIFEST))
    del manifest["files"]
    write_bundle(target, {**manifest, "name": f"export {number}"}, files)


def _environment() -> dict[str, str]:
    paths = os.pathsep.join(path for path in sys.path if path)
    return {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}


def kill(words: list[str], most: float, rng: random.Random) -> None:
    """Starts a child, and kills it at a random moment after it said that it is ready, at most so many seconds later."""
    child = subprocess.Popen([sys.executable, *words], env=_environment(), stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    while (line := child.stdout.readline()) and line.strip() != READY:
        pass
    if not line:
        raise click.ClickException(f"{words[-1]}: the child ended by itself, with status {child.wait()}")
    time.sleep(rng.uniform(0, most))
    child.send_signal(signal.SIGKILL)
    child.communicate()


def exports(count: int, folder: Path, rng: random.Random) -> Kills:
    """Of exports over an old bundle, folder and zip in turn, in their writing phase."""
    from amirnet.bundle.model_bundle import ModelBundle
    from amirnet.errors import AmirnetError

    lost = left = 0
    for number in range(count):
        target = folder / ("bundle" if number % 2 else "bundle.zip")
        kill(["-c", EXPORT, str(target)], 1.5, rng)
        try:
            ModelBundle.open(target)
        except AmirnetError:
            lost += 1
        export_once(target, number)
        left += any(path.name not in ("bundle", "bundle.zip") for path in folder.iterdir())
    return Kills("export", count, lost, left)


def restorations(count: int, folder: Path, rng: random.Random) -> Kills:
    """Of restored photos written over the last one."""
    import numpy as np
    from PIL import Image

    from amirnet.photo.atomic_file import write_file

    photo, output = folder / "photo.png", folder / "restored.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (300, 400, 3), np.uint8)).save(photo)
    before, expected = photo.read_bytes(), b""
    lost = left = 0
    for _ in range(count):
        kill(["-c", RESTORE, str(photo), str(output)], 0.3, rng)
        if output.exists():
            expected = expected or output.read_bytes()
            lost += output.read_bytes() != expected
        lost += photo.read_bytes() != before
        write_file(output, expected)
        left += len(list(folder.iterdir())) != 2
    return Kills("restore", count, lost, left)


def trainings(count: int, folder: Path, rng: random.Random) -> Kills:
    """Of one training, resumed after each."""
    import cv2
    import numpy as np
    import yaml

    from amirnet_training.run_folder import make
    from amirnet_training.runlog import read

    (folder / "data" / "clean").mkdir(parents=True)
    for seed in range(6):
        photo = np.random.default_rng(seed).integers(0, 256, (80, 96, 3)).astype(np.uint8)
        cv2.imwrite(str(folder / "data" / "clean" / f"{seed}.png"), photo)
    config, run = folder / "kills.yaml", folder / "run"
    config.write_text(yaml.safe_dump(CONFIG))
    lost = left = reached = 0
    for number in range(count):
        words = ["-m", "amirnet", "train", str(config), "--data", str(folder / "data"), "-o", str(run)]
        _kill_training([*words, *["--resume"] * (number > 0)], run / "log.jsonl", reached, rng)
        records = read(run / "log.jsonl")
        step = records[-1]["step"] if records else 0
        lost += step < reached or not (run / "checkpoint.pt").is_file()
        reached = step
        make(run)
        left += any(path.name.startswith(".") for path in run.iterdir())
    return Kills("train", count, lost, left)


def _kill_training(words: list[str], log: Path, reached: int, rng: random.Random) -> None:
    from amirnet_training.runlog import read

    child = subprocess.Popen([sys.executable, *words], env=_environment(), stderr=subprocess.PIPE, text=True)
    while child.poll() is None:
        records = read(log)
        if records and records[-1]["step"] > reached + 3:
            break
        time.sleep(0.02)
    time.sleep(rng.uniform(0, 0.3))
    child.send_signal(signal.SIGKILL)
    _, errors = child.communicate()
    if child.returncode != -signal.SIGKILL:
        raise click.ClickException(f"the training ended by itself: {errors.strip()[-300:]}")


@click.command()
@click.option("--export", "of_export", default=100, show_default=True, type=click.IntRange(0))
@click.option("--restore", "of_restore", default=30, show_default=True, type=click.IntRange(0))
@click.option("--train", "of_train", default=10, show_default=True, type=click.IntRange(0))
@click.option("--seed", default=1, show_default=True, help="Of the moments.")
def main(of_export: int, of_restore: int, of_train: int, seed: int) -> None:
    """Kill exports, restorations and trainings. Exit status 1 when something was lost or left behind."""
    rng = random.Random(seed)
    parts: list[tuple[int, Callable[[int, Path, random.Random], Kills]]] = [
        (of_export, exports), (of_restore, restorations), (of_train, trainings),
    ]  # fmt: skip
    failed = False
    for count, part in parts:
        if not count:
            continue
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            found = part(count, Path(folder), rng)
        failed = failed or bool(found.lost or found.left)
        click.echo(f"{found.what}: {found.kills} kills, {found.lost} lost, {found.left} left something behind, "
                   f"{time.monotonic() - start:.0f} s")  # fmt: skip
    sys.exit(failed)


if __name__ == "__main__":
    main()
