"""The photos of the demo: what they show, what is wrong with them, whose they are.

The real ones first: `photos/real` holds crops of real pairs, the photo as a camera took it and how it should be, which
`python -m amirnet_benchmarks.real_photos` cut, and photos.json, which lists them. Then synthetic ones: `photos/clean`
has originals, `photos/degraded` the copies that `degrade_photos` made of them. All are package data, so the demo needs
no network and no data set.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "photos"
REAL = FOLDER / "real"
LISTED = REAL / "photos.json"


@dataclass(frozen=True)
class DemoPhoto:
    """One photo of the demo."""

    name: str
    """Of its files."""
    title: str
    """For the report."""
    trouble: str
    """What is wrong with it, in words for the report."""
    kind: str
    """What the tools are chosen by: noise, lowlight, defocus, motion or jpeg."""
    author: str
    """Whose it is."""
    licence: str
    """Under which it is here."""
    origin: str = ""
    """Of a real photo, its set and file; empty for a synthetic one."""
    worst: bool = False
    """A real photo that is here because it came back worst."""
    degradation: str = ""
    """Of a synthetic photo, a spec for `amirnet_training.degradations.parse`; empty for a real one."""
    seed: int = 0
    """Seeds the generator of the degradation: the same bytes on every machine."""

    @property
    def real(self) -> bool:
        """Whether a camera took it as it is."""
        return bool(self.origin)

    @property
    def group(self) -> str:
        """ "real", "worst" or "synthetic"."""
        if not self.real:
            return "synthetic"
        return "worst" if self.worst else "real"

    @property
    def clean(self) -> Path:
        """How it should be: an 8-bit RGB WebP without loss; of a synthetic one a JPEG of at most 640 pixels a side."""
        return REAL / f"{self.name}_target.webp" if self.real else FOLDER / "clean" / f"{self.name}.jpg"

    @property
    def degraded(self) -> Path:
        """How it came: an 8-bit RGB WebP without loss, or of a synthetic one a PNG; of the same size."""
        return REAL / f"{self.name}.webp" if self.real else FOLDER / "degraded" / f"{self.name}.png"

    @property
    def what(self) -> str:
        """Where it comes from, or how it was damaged."""
        return self.origin if self.real else f"synthetic, {self.degradation}"

    @property
    def credit(self) -> str:
        """Author and licence, as CREDITS.md gives them."""
        return f"{self.author}, {self.licence}"


def listed(path: Path = LISTED) -> tuple[DemoPhoto, ...]:
    """The real photos that a photos.json lists."""
    return tuple(DemoPhoto(**entry) for entry in json.loads(path.read_text(encoding="utf-8")))


SYNTHETIC = (
    DemoPhoto("coffee", "Coffee", "Taken in the dark", "lowlight", "Rachel Michetti", "CC0",
              degradation="lowlight:0.15", seed=2),
    DemoPhoto("chelsea_cat", "Chelsea", "Sensor noise", "noise", "Stefan van der Walt", "CC0",
              degradation="noise:25", seed=1),
    DemoPhoto("dandelions", "Dandelions", "Saved too small (JPEG 15)", "jpeg", "Clemens Engelhardt", "CC0",
              degradation="jpeg:15", seed=5),
)  # fmt: skip

DEMO_PHOTOS = (*listed(), *SYNTHETIC)

TIMED_PHOTO = next(photo for photo in SYNTHETIC if photo.name == "chelsea_cat")
"""The photo whose latency is measured: it stays the same, whatever real photos the demo shows."""
