"""What a parity check found, in display levels, and whether that is enough."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from ..levels import LevelDifference


class Bar(NamedTuple):
    """What two engines may differ by: levels of 0 to 255, and the share of pixels that may be off by more than one."""

    max_levels: int
    share_over_1: float

    def holds(self, found: LevelDifference | NodeDifference) -> bool:
        """Whether a difference is within the bar."""
        return found.max_levels <= self.max_levels and found.share_over_1 <= self.share_over_1


BARS = {"float": Bar(1, 0.0), "int8": Bar(2, 0.005)}
"""Precision -> what every pair of engines must keep at every node."""


@dataclass(frozen=True)
class NodeDifference:
    """Two engines at one node of the tree, on the core of one tile. The rest is as in LevelDifference."""

    node: int
    photo: str
    max_levels: int
    share_over_1: float
    psnr: float


@dataclass(frozen=True)
class PairReport:
    """Two engines in one precision over all nodes: the largest difference, the largest share of pixels off by more than
    one level and the smallest PSNR of any node; `node_agrees`: both found the same node for every photo."""

    engines: tuple[str, str]
    precision: str
    max_levels: int
    share_over_1: float
    psnr: float
    node_agrees: bool
    passed: bool
    nodes: tuple[NodeDifference, ...]


@dataclass(frozen=True)
class PhotoReport:
    """Where each engine's encoder put a photo. `margins`: how far the closest comparison of the walk was from flipping
    (0 to 1); `code_steps`: the largest difference of two engines' codes, in steps of the code's grid."""

    photo: str
    nodes: dict[str, int]
    margins: dict[str, float]
    code_steps: int


@dataclass(frozen=True)
class HalfReport:
    """Core ML's float16 restorer with every sum kept in float16, against float32, on a photo with the code that the
    runtime gives it. `largest`: the largest value or sum of products' sizes on the way; beyond 65,504 float16
    overflows."""

    photo: str
    node: int
    largest: float
    max_levels: int
    share_over_1: float
    psnr: float


@dataclass(frozen=True)
class ParityReport:
    """All of it. `failures` holds a line for everything that is beyond its bar; `passed` says that there is none."""

    model: str
    identity: str
    engines: dict[str, str]
    pairs: tuple[PairReport, ...]
    photos: tuple[PhotoReport, ...]
    half: tuple[HalfReport, ...]
    failures: tuple[str, ...] = field(default=())

    @property
    def passed(self) -> bool:
        return not self.failures

    def to_json(self) -> dict[str, Any]:
        """As `amirnet parity --json` prints it and a bundle's parity.json holds it."""
        bars = {precision: bar._asdict() for precision, bar in BARS.items()}
        return {"passed": self.passed, "bars": bars, **asdict(self)}


def render(report: ParityReport) -> str:
    """The report as text: a row a pair, then the photos, then what failed."""
    lines = [f"{'engines':<18}{'precision':<11}{'max levels':>11}{'over 1':>9}{'PSNR':>8}  same node"]
    for pair in report.pairs:
        name = " ".join(pair.engines)
        node, mark = "yes" if pair.node_agrees else "NO", "" if pair.passed else "  FAILED"
        lines.append(f"{name:<18}{pair.precision:<11}{pair.max_levels:>11}{pair.share_over_1:>9.3%}{pair.psnr:>8.2f}  "
                     f"{node}{mark}")  # fmt: skip
    if report.half:
        worst, largest = (max(getattr(row, name) for row in report.half) for name in ("max_levels", "largest"))
        share, psnr = max(row.share_over_1 for row in report.half), min(row.psnr for row in report.half)
        lines.append(f"{'coreml':<18}{'fp16 sums':<11}{worst:>11}{share:>9.3%}{psnr:>8.2f}  "
                     f"largest value {largest:,.0f} of 65,504")  # fmt: skip
    if report.photos:
        margin, photo = min((min(p.margins.values()), p.photo) for p in report.photos)
        steps = max(p.code_steps for p in report.photos)
        lines.append(f"{len(report.photos)} photos; closest decision {margin:.4f} ({photo}); codes differ by at most "
                     f"{steps} step{'' if steps == 1 else 's'} of their grid")  # fmt: skip
    lines += [f"FAILED: {line}" for line in report.failures]
    lines.append("passed" if report.passed else "not passed")
    return "\n".join(lines)
