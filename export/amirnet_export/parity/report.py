"""What a parity check found, in display levels, and whether that is enough."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from ..formats.format import Kind
from ..image_difference import ImageDifference


class Bar(NamedTuple):
    """What two engines may differ by."""

    max_levels: int
    """The largest difference, in levels of 0 to 255."""
    share_over_1: float
    """The share of the pixels that may be off by more than one level, 0 to 1."""

    def holds(self, found: ImageDifference | NodeDifference) -> bool:
        """Whether a difference is within the bar."""
        return found.max_levels <= self.max_levels and found.share_over_1 <= self.share_over_1


BARS: dict[Kind, Bar] = {"float": Bar(1, 0.0), "int8": Bar(2, 0.005)}
"""Precision -> what every pair of engines must keep at every node."""


@dataclass(frozen=True)
class NodeDifference:
    """Two engines at one node of the tree, on the core of one tile."""

    node: int
    """The node's id."""
    photo: str
    """The sample photo that the tile was cut from."""
    max_levels: int
    """As in ImageDifference; so are the two below."""
    share_over_1: float
    """The share of the pixels that differ by more than one level."""
    psnr: float
    """In dB; 100 where they are equal."""


@dataclass(frozen=True)
class PairReport:
    """Two engines in one precision over all nodes."""

    engines: tuple[str, str]
    """Their names."""
    precision: Kind
    """"float" or "int8"."""
    max_levels: int
    """The largest difference of any node, in levels."""
    share_over_1: float
    """The largest share of pixels off by more than one level of any node."""
    psnr: float
    """The smallest PSNR of any node, in dB."""
    node_agrees: bool
    """Both found the same node for every photo."""
    passed: bool
    """All nodes are within the bar, and the nodes that were found are the same."""
    nodes: tuple[NodeDifference, ...]
    """Node by node."""


@dataclass(frozen=True)
class PhotoReport:
    """Where each engine's encoder put a photo."""

    photo: str
    """Its name."""
    nodes: dict[str, int]
    """Engine -> the node's id."""
    margins: dict[str, float]
    """Engine -> how far the closest comparison of the walk was from flipping, 0 to 1."""
    code_steps: int
    """The largest difference of two engines' codes, in steps of the code's grid."""


@dataclass(frozen=True)
class HalfReport:
    """A float16 restorer with every sum kept in float16, against float32, on a photo with the code that the runtime
    gives it."""

    photo: str
    """Its name."""
    node: int
    """The node that it was put at."""
    largest: float
    """The largest value, or sum of products' sizes, on the way; beyond 65,504 float16 overflows."""
    max_levels: int
    """As in ImageDifference; so are the two below."""
    share_over_1: float
    """The share of the pixels that differ by more than one level."""
    psnr: float
    """In dB; 100 where they are equal."""


@dataclass(frozen=True)
class ParityReport:
    """All of a parity check."""

    model: str
    """The bundle's name."""
    identity: str
    """Hash of weights and grid, as in the manifest."""
    engines: dict[str, str]
    """Engine -> what runs, for people."""
    pairs: tuple[PairReport, ...]
    """Every two engines in every precision that both have."""
    photos: tuple[PhotoReport, ...]
    """Every sample photo."""
    half: tuple[HalfReport, ...]
    """A photo for each node that one reaches; empty where no engine's floats are float16."""
    failures: tuple[str, ...] = field(default=())
    """A line for everything that is beyond its bar."""

    @property
    def passed(self) -> bool:
        """Nothing is beyond its bar."""
        return not self.failures

    def to_json(self) -> dict[str, Any]:
        """As `amirnet parity --json` prints it and a bundle's parity.json holds it."""
        bars = {precision: bar._asdict() for precision, bar in BARS.items()}
        return {"passed": self.passed, "bars": bars, **asdict(self)}


def render(report: ParityReport) -> str:
    """The report as text: a row a pair, then the photos, then what failed."""
    width = max([18, *(len(" ".join(pair.engines)) + 2 for pair in report.pairs)])
    lines = [f"{'engines':<{width}}{'precision':<11}{'max levels':>11}{'over 1':>9}{'PSNR':>8}  same node"]
    for pair in report.pairs:
        name = " ".join(pair.engines)
        node, mark = "yes" if pair.node_agrees else "NO", "" if pair.passed else "  FAILED"
        numbers = f"{pair.max_levels:>11}{pair.share_over_1:>9.3%}{pair.psnr:>8.2f}"
        lines.append(f"{name:<{width}}{pair.precision:<11}{numbers}  {node}{mark}")
    if report.half:
        worst, largest = (max(getattr(row, name) for row in report.half) for name in ("max_levels", "largest"))
        share, psnr = max(row.share_over_1 for row in report.half), min(row.psnr for row in report.half)
        lines.append(f"{'float16':<{width}}{'fp16 sums':<11}{worst:>11}{share:>9.3%}{psnr:>8.2f}  "
                     f"largest value {largest:,.0f} of 65,504")  # fmt: skip
    if report.photos:
        margin, photo = min((min(p.margins.values()), p.photo) for p in report.photos)
        steps = max(p.code_steps for p in report.photos)
        lines.append(f"{len(report.photos)} photos; closest decision {margin:.4f} ({photo}); codes differ by at most "
                     f"{steps} step{'' if steps == 1 else 's'} of their grid")  # fmt: skip
    lines += [f"FAILED: {line}" for line in report.failures]
    lines.append("passed" if report.passed else "not passed")
    return "\n".join(lines)
