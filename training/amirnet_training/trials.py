"""Short runs that differ in one thing each, and their table: `python -m amirnet_training.trials FILE --data FOLDER`.

FILE is YAML: ``base``, a configuration; ``common``, values that all trials have; ``trials``, name -> what is different.
Values are named by their path: ``{network.levels: 1, train.ssim: 0.15}``. What failed stays in the table as well.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
import yaml

from amirnet.cli.command_group import errors_reported
from amirnet.photo.atomic_file import write_file

from . import config as configuration
from .config import Config
from .errors import ConfigError
from .pages import fill
from .runlog import read


def read_trials(path: Path) -> dict[str, Config]:
    """Name -> configuration, in the file's order.

    Raises:
        ConfigError: the file cannot be read, or a trial is not valid.
    """
    if path.exists() and not path.is_file():  # a pipe waits for ever, a device has no end
        raise ConfigError(f"{path}: not a file: name a YAML list of trials")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        base, common = content["base"], {**(content.get("common") or {})}
        trials = {str(name): {**common, **(changes or {})} for name, changes in content["trials"].items()}
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        reason = (str(error).splitlines() or [""])[0]
        raise ConfigError(f"{path}: no list of trials ({reason}): it needs 'base' and 'trials'") from None
    plain = configuration.dump(configuration.load(str(base)))
    found = {}
    for name, changes in trials.items():
        content = {**yaml.safe_load(plain), "name": name}
        for place, value in changes.items():
            _set(content, str(place).split("."), value, f"{path}: {name}")
        found[name] = configuration.parse(content, f"{path}: {name}")
    return found


def _set(content: dict[str, Any], place: list[str], value: Any, origin: str) -> None:
    for part in place[:-1]:
        if content.get(part) is None:  # a section that is not there yet, such as network.shape
            content[part] = {}
        content = content[part]
        if not isinstance(content, dict):
            raise ConfigError(f"{origin}: {'.'.join(place)} is no place in a configuration: mend its name")
    content[place[-1]] = value


def run(trials: dict[str, Config], folder: Path, jobs: int) -> Iterator[str]:
    """Trains every trial that has not been trained yet, ``jobs`` at a time, each in a process of its own; yields the
    name of each that is done."""

    def one(name: str) -> str:
        place = folder / name
        if not (place / "model.safetensors").exists():
            place.mkdir(parents=True, exist_ok=True)
            write_file(place / "trial.yaml", configuration.dump(trials[name]).encode())
            command = [sys.executable, "-m", "amirnet", "train", str(place / "trial.yaml"), "-o", str(place)]
            resume = ["--resume"] if (place / "checkpoint.pt").exists() else []
            (place / "failed.txt").unlink(missing_ok=True)  # of another try
            done = subprocess.run([*command, *resume], capture_output=True, text=True)
            if done.returncode:
                write_file(place / "failed.txt", done.stderr.encode())
        return name

    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(one, trials)


def table(names: list[str], folder: Path) -> str:
    """The trials' last validations as a Markdown table: PSNR in dB by group of held-out photos; "input" first."""
    rows: dict[str, dict[str, float]] = {}
    notes: dict[str, str] = {}
    for name in names:
        last, steps = _last(folder / name)
        if not last:
            notes[name] = "failed" if (folder / name / "failed.txt").exists() else "not trained"
            continue
        rows.setdefault("input", {key.removeprefix("input_"): v for key, v in last.items() if key.startswith("input_")})
        rows[name] = {key: value for key, value in last.items() if not key.startswith("input_")}
        seconds = [record["seconds"] for record in read(folder / name / "log.jsonl") if "seconds" in record]
        notes[name] = f"{steps} steps" + (f", {seconds[-1]:.0f} s" if seconds else "")
        if (folder / name / "failed.txt").exists():
            notes[name] += ", then failed"
    groups = sorted({group for row in rows.values() for group in row})
    lines = ["| trial | " + " | ".join(groups) + " | |", "|---|" + "---:|" * len(groups) + "---|"]
    for name in ["input", *names]:
        cells = [f"{rows[name][group]:.2f}" if group in rows.get(name, {}) else "" for group in groups]
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {notes.get(name, '')} |")
    return "\n".join(lines)


def _last(place: Path) -> tuple[dict[str, float], int]:
    """A trial's last validation, empty if there is none, and after how many steps it was made."""
    records = [record for record in read(place / "log.jsonl") if "validation" in record]
    return (records[-1]["validation"], records[-1]["step"]) if records else ({}, 0)


GAP = 0.1
"""Where the true kind of damage is worth less than so many dB, no share of it is told."""


def closed(trials: dict[str, Config], folder: Path) -> str:
    """How much of what the true kind of damage is worth (a trial with ``tree.code: kind`` against one with ``none``)
    the learned trees reach, by group of held-out photos, as a Markdown table; empty without two such trials."""
    found = {name: _last(folder / name)[0] for name in trials}
    least, most = (
        next((found[name] for name in trials if trials[name].tree.code == code and found[name]), {})
        for code in ("none", "kind")
    )
    groups = sorted(group for group in most if not group.startswith("input_") and most[group] - least[group] >= GAP)
    if not groups:
        return ""
    lines = ["| of the true kind's worth | " + " | ".join(groups) + " |", "|---|" + "---:|" * len(groups)]
    worth = [most[group] - least[group] for group in groups]
    lines.append("| in dB | " + " | ".join(f"{gap:.2f}" for gap in worth) + " |")
    for name, own in found.items():
        if own and trials[name].tree.code == "learned":
            shares = [(own[group] - least[group]) / gap for group, gap in zip(groups, worth, strict=True)]
            lines.append(f"| {name} | " + " | ".join(f"{share:.0%}" for share in shares) + " |")
    return "\n".join(lines)


@click.command()
@click.argument("trials", type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the image sets, instead of data.root.")
@click.option("-o", "--output", default=Path("runs/trials"), type=click.Path(path_type=Path), show_default=True)
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(min=1), help="Trials at a time.")
@click.option("--page", type=click.Path(path_type=Path), help="Put the table between this page's comments `trials`.")
@click.option("--show", is_flag=True, help="Train nothing: print the table of what has been trained.")
def main(trials: Path, data: Path | None, output: Path, jobs: int, page: Path | None, show: bool) -> None:
    """Train what TRIALS lists, as far as it is not trained yet, and print their table. With trials that are steered by
    the true kind of damage and by nothing, also how much of the difference the learned trees reach."""
    with errors_reported():
        found = read_trials(trials)
        if data is not None:
            found = {name: configuration.with_root(config, data) for name, config in found.items()}
        for name in () if show else run(found, output, jobs):
            click.echo(f"{name}: done", err=True)
        tables = "\n\n".join(filter(None, (table([*found], output), closed(found, output))))
        click.echo(tables)
        if page is not None:
            fill(page, "trials", tables)


if __name__ == "__main__":
    main()
