"""What the shipped model has to reach, and how far it is: `python -m amirnet_benchmarks.targets EVALUATION.json`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from amirnet.cli.command_group import errors_reported
from amirnet_training.evaluation import dark, measure

from .evaluation_file import Record, read, shipped, shipped_rows

Records = Mapping[str, Record]


@dataclass(frozen=True)
class Target:
    """One bar."""

    name: str
    """In the table."""
    value: Callable[[Records], float | None]
    """None where it was not measured."""
    bar: float
    """To be met."""
    moonshot: float | None = None
    """To be dreamt of; None without one."""
    at_least: bool = True
    """The good side of `bar` is above it."""
    digits: int = 2
    """After the point."""

    def verdict(self, value: float | None) -> str:
        """ "met", "met, and the moonshot", by how much it was missed, or "not measured"."""
        if value is None:
            return "not measured"
        # What the table prints is what is judged: a value that reads as the bar is not missed by nothing.
        missed = round(self.bar - value if self.at_least else value - self.bar, self.digits)
        if missed > 0:
            return f"missed by {missed:.{self.digits}f}"
        if self.moonshot is None:
            return "met"
        beyond = round(self.moonshot - value if self.at_least else value - self.moonshot, self.digits)
        return "met" if beyond > 0 else "met, and the moonshot"


def _psnr(name: str) -> Callable[[Records], float | None]:
    return lambda records: shipped(records[name], "psnr") if name in records else None


def _gain(name: str) -> Callable[[Records], float | None]:
    def gain(records: Records) -> float | None:
        record = records.get(name)
        return None if record is None else shipped(record, "psnr") - shipped(record, "psnr_input")

    return gain


def _rows(records: Records, choose: Callable[[Record], bool]) -> list[measure.Row]:
    return [measure.Row(**row) for record in records.values() if choose(record) for row in shipped_rows(record)]


def _real(records: Records) -> list[measure.Row]:
    return _rows(records, lambda record: record["group"] in ("real", "held-out"))


def _clean(records: Records) -> list[measure.Row]:
    return _rows(records, lambda record: record["group"] == "synthetic" and record["kind"] == "none")


def _dark(records: Records) -> list[measure.Row]:
    return _rows(records, lambda record: record["group"] == "dark")


def _of(
    choose: Callable[[Records], list[measure.Row]], number: Callable[[list[measure.Row]], float]
) -> Callable[[Records], float | None]:
    return lambda records: number(rows) if (rows := choose(records)) else None


def int8_losses(records: Records) -> dict[str, float]:
    """Set -> what int8 loses against float, in dB, over the damaged sets. Photos that nothing ails are near 100 dB, and
    what they gain or lose there would drown all else."""
    return {name: record["psnr"] - record["int8"]["psnr"] for name, record in records.items()
            if record["int8"] is not None and record["kind"] != "none" and record["group"] != "dark"}  # fmt: skip


def _int8(records: Records) -> float | None:
    lost = int8_losses(records)
    return sum(lost.values()) / len(lost) if lost else None


TARGETS = (
    Target("real pairs worse by more than 0.3 dB, in %",
           _of(_real, lambda rows: 100 * measure.worse(rows) / len(rows)), 2.0, at_least=False, digits=1),
    Target("largest loss of a real pair", _of(_real, measure.worst_loss), 2.0, at_least=False),
    Target("clean photos that come back below 40 dB",
           _of(_clean, lambda rows: sum(row.psnr < measure.UNHARMED for row in rows)), 0, at_least=False, digits=0),
    Target("dark photos brightened by more than a tenth", _of(_dark, dark.too_bright), 0, at_least=False, digits=0),
    Target("largest brightening of a dark photo, times", _of(_dark, lambda rows: max(map(dark.glow, rows))),
           dark.TOO_BRIGHT, at_least=False),
    Target("SIDD_val65", _psnr("SIDD_val65"), 35.0, 38.0),
    Target("SIDD_full256 held-out, gain", _gain("SIDD_full256 held-out"), 8.0, 11.0),
    Target("PolyU_orig256 held-out, gain", _gain("PolyU_orig256 held-out"), 2.0, 3.0),
    Target("LOL_eval15", _psnr("LOL_eval15"), 21.5, 23.5),
    Target("DPDD_test12, gain", _gain("DPDD_test12"), 0.6, 1.3),
    Target("REDS_720p_003, gain", _gain("REDS_720p_003"), 1.2, 2.2),
    Target("REDS_320x180, gain", _gain("REDS_320x180"), 1.2, 2.0),
    Target("CBSD68 noise:25", _psnr("CBSD68 noise:25"), 30.4, 31.2),
    Target("Kodak24 noise:25", _psnr("Kodak24 noise:25"), 31.0, 32.0),
    Target("Kodak24 noise:50", _psnr("Kodak24 noise:50"), 27.6, 28.5),
    Target("Kodak24 defocus:2.5, gain", _gain("Kodak24 defocus:2.5"), 2.0, 4.0),
    Target("Kodak24 motion:11:30, gain", _gain("Kodak24 motion:11:30"), 1.5, 4.0),
    Target("Kodak24 jpeg:20, gain", _gain("Kodak24 jpeg:20"), 0.9, 1.3),
    Target("int8 against float, mean loss", _int8, 0.10, 0.05, at_least=False, digits=3),
)  # fmt: skip


def against(other: Records) -> Target:
    """How much a smaller model may lose against another one's evaluation: the mean over the damaged sets of both."""

    def difference(records: Records) -> float | None:
        both = [name for name, record in records.items() if name in other and record["kind"] != "none"]
        lost = [shipped(records[name], "psnr") - shipped(other[name], "psnr") for name in both]
        return sum(lost) / len(lost) if lost else None

    return Target("against the larger model, mean", difference, -0.8, -0.5)


def render_targets(records: Sequence[Record], other: Sequence[Record] | None = None) -> str:
    """The bars as a Markdown table: target, value, bar with its moonshot, and met or by how much missed."""
    by_name = {record["set"]: record for record in records}
    targets = TARGETS if other is None else (*TARGETS, against({record["set"]: record for record in other}))
    lines = ["| target (dB unless it says otherwise) | value | bar | moonshot | |", "|---|---:|---:|---:|---|"]
    for target in targets:
        value = target.value(by_name)
        # + 0.0: no minus zero.
        shown = "-" if value is None else f"{round(value, target.digits) + 0.0:.{target.digits}f}"
        moonshot = "" if target.moonshot is None else f"{target.moonshot:.{target.digits}f}"
        side = "at least" if target.at_least else "at most"
        lines.append(f"| {target.name} | {shown} | {side} {target.bar:.{target.digits}f} | {moonshot} "
                     f"| {target.verdict(value)} |")  # fmt: skip
    return "\n".join(lines)


@click.command()
@click.argument("evaluation", type=click.Path(path_type=Path))
@click.option("--against", "larger", type=click.Path(path_type=Path), help="Evaluation of the model it may lose to.")
def main(evaluation: Path, larger: Path | None) -> None:
    """Print how far the model of EVALUATION is from its targets; EVALUATION is what the evaluation wrote."""
    with errors_reported():
        records = read(evaluation)[1]
        click.echo(render_targets(records, None if larger is None else read(larger)[1]))


if __name__ == "__main__":
    main()
